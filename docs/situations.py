"""Draws how a marked workbook looks in twelve situations: python docs/situations.py FOLDER.

Needs soffice, pdftoppm and Pillow. The workbooks are left in FOLDER; the pictures go to
docs/pictures, and what `gouji check` says first of each is printed as the rows of the table in
docs/figures.md (Cards).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from pathlib import Path

from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.templates.ledger import outcomes
from gouji.templates.workbook import write
from gouji.validators.finding import Card, Result
from gouji.validators.office import check_files, flag_file

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.builders import cases_entered  # noqa: E402
from tests.validators.judging.test_which_cell import county  # noqa: E402

FORM, YEAR, UNIT = load("2021"), 2024, "某某区司法局"
Values = dict[str, float | str]


def made(
    folder: Path,
    name: str,
    *,
    formulas: bool = False,
    wrong: Mapping[str, float | str] = {},
    blank: Collection[str] = (),
    prose: Mapping[str, str] = {},
) -> Path:
    """A workbook of the county's numbers, with what is ``wrong`` and without those in ``blank``."""
    values: Values = {k: v for k, v in (county() | dict(wrong)).items() if k not in blank}
    return written(folder / f"{name}.xlsx", values, formulas=formulas, prose=prose)


def written(
    path: Path,
    values: Values,
    *,
    formulas: bool,
    prose: Mapping[str, str] = {},
    ledgers: bool = False,
) -> Path:
    """A workbook in which the cover and the narrative are filled in too."""
    narrative = {s.title: "本节照实写了。" for s in FORM.sections} | dict(prose)
    leaves = {k: v for k, v in values.items() if k not in FORM.totals}
    return write(
        FORM,
        path,
        year=YEAR,
        unit=UNIT,
        unit_class="政府部门",
        values=leaves if formulas else values,
        narrative=narrative,
        typed_totals=not formulas,
        ledgers=ledgers,
    )


def with_ledger(folder: Path, name: str) -> Path:
    """A granted request that the ledger has and the table lacks."""
    granted, partial, *_ = outcomes(FORM)
    rows = [granted] * 3 + [partial] * 2
    values: Values = {k: 0.0 for k in FORM.fields if k not in FORM.totals}
    values |= {"t3.new.natural": 5.0, "t3.granted.natural": 2.0, "t3.partial.natural": 2.0}
    path = written(folder / f"{name}.xlsx", values, formulas=True, ledgers=True)
    cases_entered(path, FORM, rows, YEAR)
    return path


def last_year(folder: Path) -> Path:
    """Last year's report, which carried one more out than this year's carried in."""
    values = county()
    values |= {"t3.carried_out.natural": 4.0, "t3.new.natural": 54.0}
    values = computed_totals(FORM, {k: v for k, v in values.items() if k not in FORM.totals})
    prior = folder / "上年"
    prior.mkdir(exist_ok=True)
    return write(FORM, prior / "上年.xlsx", year=YEAR - 1, unit=UNIT, values=values)


def shifted() -> Mapping[str, float]:
    """The numbers of four rows, each one row too far down."""
    rows = ("partial", "refused_secret", "refused_law", "refused_safety")
    right, column = county(), [f"t3.{row}.natural" for row in rows]
    return {column[0]: 0.0} | {b: right[a] for a, b in pairwise(column)}


ZEROS = [k for k, v in county().items() if not v and k not in FORM.totals]
HALF = [k for k in FORM.fields if k.startswith(("t3.rejected", "t3.other", "t3.unable", "t4"))]
CHOSEN = next(s.title for s in FORM.sections if not s.table)
# Name → the situation in Chinese, the page of the picture, how its workbook is made.
CASES: dict[str, tuple[str, int, Callable[[Path, str], Path]]] = {
    "leaf-typed": (
        "一格填错，总计是手填的",
        4,
        lambda f, n: made(f, n, wrong={"t3.granted.natural": 12.0}),
    ),
    "formula-tie": (
        "一格填错，总计是公式",
        4,
        lambda f, n: made(f, n, formulas=True, wrong={"t3.new.natural": 57.0}),
    ),
    "total-off": (
        "手填的总计差1",
        4,
        lambda f, n: made(f, n, wrong={"t3.total.natural": 54.0}),
    ),
    "exchange": (
        "两个数填颠倒",
        4,
        lambda f, n: made(f, n, wrong={"t3.granted.natural": 9.0, "t3.partial.natural": 21.0}),
    ),
    "half-filled": ("填了一半", 4, lambda f, n: made(f, n, formulas=True, blank=HALF)),
    "zeros-blank": ("没有的空着没填0", 4, lambda f, n: made(f, n, formulas=True, blank=ZEROS)),
    "with-unit": (
        "数字后面写了“件”",
        4,
        lambda f, n: made(f, n, formulas=True, wrong={"t3.granted.natural": "21件"}),
    ),
    "fraction": (
        "件数写成小数",
        4,
        lambda f, n: made(f, n, formulas=True, wrong={"t3.other_other.natural": 2.5}),
    ),
    "carry": ("与上年的结转对不上", 4, lambda f, n: made(f, n, formulas=True)),
    "narrative": (
        "正文与表对不上",
        4,
        lambda f, n: made(
            f, n, formulas=True, prose={CHOSEN: "本年共收到政府信息公开申请72件，予以公开25件。"}
        ),
    ),
    "three-errors": (
        "一份报告里三处错",
        4,
        lambda f, n: made(
            f,
            n,
            wrong={
                "t3.granted.business": 5.0,
                "t3.rejected_petition.natural": 40.0,
                "t4.review.total": 8.0,
            },
        ),
    ),
    "ledger": ("台账能分清", 4, with_ledger),
    "shifted-column": ("一段数字错了一行", 4, lambda f, n: made(f, n, wrong=shifted())),
    "table-4": (
        "表四一格多了一位",
        5,
        lambda f, n: made(f, n, wrong={"t4.review.upheld": 60.0}),
    ),
}


def first_words(cards: tuple[Card, ...]) -> str:
    """What a person has read when it is known what to do: of a certain change its title."""
    card = cards[0]
    if "change" in card.acts:
        return card.title.zh
    return f"{card.title.zh}；{(card.question or card.how).zh}"


def told(name: str, situation: str, result: Result) -> str:
    """A row of the table: the situation, how many cards, how long one reads, what is read."""
    assert result.verdict is not None
    cards = result.verdict.cards
    read = first_words(cards)
    return f"| [{situation}](pictures/{name}.png) | {len(cards)} | {len(read)} | {read}"


def main() -> None:
    """Every workbook, its picture and its row."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (situation, page, make) in CASES.items():
        book = make(folder, name)
        (result,) = check_files([book], prior=last_year(folder) if name == "carry" else None)
        print(told(name, situation, result))
        flag_file(result)
        convert = [
            "soffice",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(book),
        ]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        only = ["-f", str(page), "-l", str(page), "-png", "-singlefile"]
        image = ROOT / "docs" / "pictures" / name
        subprocess.run(
            ["pdftoppm", "-r", "70", *only, str(book.with_suffix(".pdf")), str(image)], check=True
        )


if __name__ == "__main__":
    main()
