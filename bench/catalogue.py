"""Makes the binary catalogue of click's sentences in Chinese from its text: ``make words``."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[1] / "validators" / "cli" / "locale" / "zh" / "LC_MESSAGES"


def binary() -> bytes:
    """What ``messages.mo`` should hold."""
    with (FOLDER / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


if __name__ == "__main__":
    (FOLDER / "messages.mo").write_bytes(binary())
