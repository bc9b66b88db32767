"""Makes the templates in ``templates/ready``, for whoever wants only the file: ``make ready``."""

from __future__ import annotations

from pathlib import Path

from gouji.templates.disk import put
from gouji.templates.edition import edition_ids, load
from gouji.templates.workbook import build

FOLDER = Path(__file__).parents[1] / "templates" / "ready"


def books() -> dict[str, bytes]:
    """Name → content of every ready template."""
    made = {}
    for edition in map(load, edition_ids()):
        made[f"年报模板-{edition.id}格式.xlsx"] = build(edition)
        made[f"年报模板-{edition.id}格式-带台账.xlsx"] = build(edition, ledgers=True)
    return made


if __name__ == "__main__":
    for name, data in books().items():
        put(FOLDER / name, data)
