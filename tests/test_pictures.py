"""The pictures of the documentation show what is drawn today, as far as a coarse look can tell.

Pictures are taken down to tiles of some twenty points and the colours of tiles are compared:
another page, a table or a chart that is missing, a heading in another colour are seen; a word that
is said otherwise, or another version of a font, is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docs import pictures

from .conftest import ROOT
from .pages import MOST_UNLIKE, unlike

image: Any = pytest.importorskip("PIL.Image")
DOCS = ROOT / "docs"


@pytest.mark.slow(first=True)
@pytest.mark.apps("soffice-calc", "soffice-writer", "pdftoppm", "chromium", "chinese-font")
def test_make_pictures_draws_what_the_documentation_shows(tmp_path: Path) -> None:
    for name in ("images", "pictures"):
        (tmp_path / name).mkdir()
    pictures.main(tmp_path)
    drawn = sorted(tmp_path.rglob("*.png"))
    assert len(drawn) > 6
    for path in drawn:
        share = unlike(DOCS / path.relative_to(tmp_path), path)
        assert share <= MOST_UNLIKE, f"{path.name}: {share:.1%} of it is otherwise; make pictures"


def test_what_a_coarse_look_sees_and_what_not(tmp_path: Path) -> None:
    shown = image.open(DOCS / "pictures" / "html-output.png").convert("RGB")
    wide, high = shown.size

    def seen(changed: Any) -> bool:
        changed.save(tmp_path / "a.png")
        return unlike(DOCS / "pictures" / "html-output.png", tmp_path / "a.png") > MOST_UNLIKE

    assert seen(shown.crop((0, 0, wide, high * 9 // 10)))
    assert seen(shown.rotate(180))
    lost = shown.copy()
    lost.paste("white", (0, high // 3, wide, high))
    assert seen(lost)
    assert not seen(shown.resize((wide * 99 // 100, high * 99 // 100)))
    moved = image.new("RGB", shown.size, "white")
    moved.paste(shown, (2, 2))  # as another version of a font would
    assert not seen(moved)
