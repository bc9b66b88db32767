"""Draws how a marked workbook looks for kinds of error: python docs/which_cell_pictures.py.

Needs soffice and pdftoppm. One picture each in docs/pictures: two numbers exchanged, a shifted
column, an error that two cells could explain alike, one in 表四.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.templates.workbook import write
from gouji.validators.office import check_files, flag_file

ROOT = Path(__file__).resolve().parents[1]
# A small county: what came in, and what became of it.
NATURAL = {
    "new": 52,
    "carried_in": 3,
    "granted": 21,
    "partial": 9,
    "refused_law": 2,
    "unable_not_held": 14,
    "unable_unclear": 1,
    "rejected_petition": 4,
    "other_other": 2,
    "carried_out": 2,
}
BUSINESS = {"new": 7, "granted": 4, "partial": 1, "unable_not_held": 2}
REVIEW = {"upheld": 6, "corrected": 2, "pending": 1}


def county() -> dict[str, float]:
    """A report in which every relation holds."""
    form = load("2021")
    values: dict[str, float] = dict.fromkeys(form.fields, 0.0)
    values |= {f"t3.{row}.natural": float(n) for row, n in NATURAL.items()}
    values |= {f"t3.{row}.business": float(n) for row, n in BUSINESS.items()}
    values |= {f"t4.review.{result}": float(n) for result, n in REVIEW.items()}
    return computed_totals(form, {k: v for k, v in values.items() if k not in form.totals})


def cases() -> dict[str, tuple[int, bool, Mapping[str, float]]]:
    """Name → page of the picture, whether totals are formulas, the numbers that were mistyped."""
    rows = ["partial", "refused_secret", "refused_law", "refused_safety"]
    right = county()
    column = [f"t3.{row}.natural" for row in rows]
    shifted = {column[0]: 0.0} | {b: right[a] for a, b in pairwise(column)}
    return {
        "exchange": (4, False, {"t3.granted.natural": 9.0, "t3.partial.natural": 21.0}),
        "shifted-column": (4, False, shifted),
        "formula-tie": (4, True, {"t3.new.natural": 57.0}),
        "table-4": (5, False, {"t4.review.upheld": 60.0}),
    }


def main() -> None:
    """Every picture."""
    images = ROOT / "docs" / "pictures"
    images.mkdir(exist_ok=True)
    form = load("2021")
    with tempfile.TemporaryDirectory() as name:
        for title, (page, formulas, wrong) in cases().items():
            values = county() | dict(wrong)
            if formulas:
                leaves = {k: v for k, v in values.items() if k not in form.totals}
                values = computed_totals(form, leaves)
            book = Path(name) / f"{title}.xlsx"
            write(form, book, year=2024, unit="某县", values=values, typed_totals=not formulas)
            (result,) = check_files([book])
            flag_file(result)
            convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", name, str(book)]
            subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
            draw = [
                "pdftoppm",
                "-r",
                "70",
                "-f",
                str(page),
                "-l",
                str(page),
                "-png",
                "-singlefile",
                str(book.with_suffix(".pdf")),
            ]
            subprocess.run([*draw, str(images / title)], check=True)


if __name__ == "__main__":
    main()
