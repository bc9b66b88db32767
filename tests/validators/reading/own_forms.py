"""Own forms made at random, with what a person reads in them: the differential test of reading."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.templates.layout import layout_of

from ...builders import consistent

FORM = load("2021")
SHEETS = {s.table.id: s for s in layout_of(FORM).sheets}
YEAR = 2025
Cells = dict[tuple[int, int], Any]


@dataclass
class Page:
    """One sheet: what stands where, what is merged, where each field stands."""

    name: str
    cells: Cells = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False

    def open_row(self, at: int) -> None:
        """An empty row before ``at``."""
        self._move(lambda r, c: (r + (r >= at), c))

    def open_column(self, at: int) -> None:
        """An empty column before ``at``."""
        self._move(lambda r, c: (r, c + (c >= at)))

    def _move(self, to: Callable[[int, int], tuple[int, int]]) -> None:
        self.cells = {to(*at): v for at, v in self.cells.items()}
        self.fields = {k: to(*at) for k, at in self.fields.items()}
        self.merges = [(*to(a, b), *to(c, d)) for a, b, c, d in self.merges]

    def put(self, values: dict[str, float]) -> None:
        """The numbers of the fields."""
        self.cells |= {at: values[k] for k, at in self.fields.items()}


@dataclass
class OwnForm:
    """A form: its pages, what a person reads in it, and what is wrong with it."""

    rng: random.Random
    values: dict[str, float]
    other: dict[str, float]
    pages: dict[str, Page]
    beside: list[Page] = field(default_factory=list)
    wrong: bool = False
    unclear: set[str] = field(default_factory=set)  # tables that nobody can read for certain
    kinds: list[str] = field(default_factory=list)

    def data(self) -> bytes:
        """The workbook."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        pages = [*self.pages.values()]
        for page in self.beside:
            pages.insert(self.rng.randint(0, len(pages)), page)
        for page in pages:
            sheet = book.create_sheet(page.name)
            for (r, c), content in page.cells.items():
                sheet.cell(r + 1, c + 1, content)
            for a, b, c, d in page.merges:
                sheet.merge_cells(
                    start_row=a + 1, start_column=b + 1, end_row=c + 1, end_column=d + 1
                )
            sheet.sheet_state = "hidden" if page.hidden else "visible"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def page_of(table: str, values: dict[str, float]) -> Page:
    """A table as the form prints it."""
    sheet = SHEETS[table]
    page = Page(sheet.table.sheet)
    for s in sheet.spans:
        page.cells[s.row, s.col] = s.text
        if (s.row, s.col) != (s.last_row, s.last_col):
            page.merges.append((s.row, s.col, s.last_row, s.last_col))
    page.fields = {key: (row, col) for key, (row, col, _) in sheet.cells.items()}
    page.put(values)
    return page


def several_rows(form: OwnForm) -> None:
    """表四 with last year, branches or nothing told beside the report's row."""
    page, rng = form.pages["t4"], form.rng
    page.open_column(0)
    row = next(iter(page.fields.values()))[0]
    kind = rng.choice(["year", "number", "this", "parts", "nothing"])
    words: list[Any] = {
        "year": [f"{YEAR - 1}年", f"{YEAR}年"],
        "number": [YEAR - 1, YEAR],
        "this": ["上年数", "本年数"],
        "parts": ["下属单位", "合计"],
        "nothing": [None, None],
    }[kind]
    own = 1 if kind == "nothing" else rng.randint(0, 1)
    if own == 0:
        words = words[::-1]
    page.open_row(row + 1)
    for key, (r, c) in page.fields.items():
        held = (form.other, form.values) if own else (form.values, form.other)
        page.cells[r, c], page.cells[r + 1, c] = held[0][key], held[1][key]
    page.cells[row, 0], page.cells[row + 1, 0] = words
    if kind == "nothing":
        form.unclear.add("t4")


def numbered(form: OwnForm) -> None:
    """A line that numbers the columns, or one of words, under the heads of 表四."""
    page = form.pages["t4"]
    row = next(iter(page.fields.values()))[0]
    page.open_row(row)
    if form.rng.random() < 0.5:
        for n, (_, c) in enumerate(page.fields.values(), 1):
            page.cells[row, c] = n
    else:
        page.cells[row, 0] = "（单位：件）"


def two_columns(form: OwnForm) -> None:
    """表三 with last year beside this year under each head."""
    page, own = form.pages["t3"], form.rng.randint(0, 1)
    merged = form.rng.random() < 0.5
    heads = sorted({c for _, c in page.fields.values()}, reverse=True)
    top = min(r for r, _ in page.fields.values())
    page.open_row(top)
    for column in heads:
        page.open_column(column + 1)
        page.cells[top, column], page.cells[top, column + 1] = ("本年", "上年") if own == 0 else (
            "上年", "本年")  # fmt: skip
        if merged:
            level = next(r for r in range(top - 1, -1, -1) if (r, column) in page.cells)
            page.merges = [m for m in page.merges if m[:2] != (level, column)]
            page.merges.append((level, column, top - 1, column + 1))
        for key, (r, c) in list(page.fields.items()):
            if c == column:
                page.cells[r, c + 1 - own] = form.other[key]
                page.cells[r, c + own] = form.values[key]
                page.fields[key] = (r, c + own)


def hidden_copy(form: OwnForm) -> None:
    """Another sheet with one of the tables: hidden, an example, of last year."""
    table = form.rng.choice(["t2", "t3", "t4"])
    page = page_of(table, form.other)
    page.name, page.hidden = form.rng.choice(
        [("旧表", True), (f"{YEAR - 1}{page.name}", False), ("填表示例", False), ("上年数据", True)]
    )
    form.beside.append(page)


def subtotals(form: OwnForm) -> None:
    """A column 小计 of the organisations in 表三."""
    page = form.pages["t3"]
    at = next(c for k, (_, c) in page.fields.items() if k.endswith(".business"))
    page.open_column(at)
    first = min(r for r, _ in page.fields.values())
    page.cells[first - 1, at] = "小计"
    for row in {r for r, _ in page.fields.values()}:
        held = [v for k, v in form.values.items() if page.fields.get(k, (-1, 0))[0] == row
                and k.split(".")[-1] not in ("natural", "total")]  # fmt: skip
        page.cells[row, at] = sum(held)


def extra_line(form: OwnForm) -> None:
    """A row of 表三 that the form does not have, in the totals."""
    page, number = form.pages["t3"], float(form.rng.randint(1, 5))
    row = page.fields["t3.total.natural"][0]
    page.open_row(row)
    natural, total = (page.fields[f"t3.total.{c}"][1] for c in ("natural", "total"))
    page.cells[row, page.fields["t3.total.natural"][1] - 1] = "4.申请人撤回申请"
    for column in (natural, total):
        page.cells[row, column] = number
    for column in ("natural", "total"):
        form.values[f"t3.other_other.{column}"] += number
        for key in ("t3.total", "t3.new"):
            form.values[f"{key}.{column}"] += number
            page.cells[page.fields[f"{key}.{column}"]] = form.values[f"{key}.{column}"]
    form.wrong = True


def money(form: OwnForm) -> None:
    """The amount in 元, 亿元 or another unit."""
    page, key = form.pages["t2"], "t2.fees.amount"
    if not form.values[key]:
        return
    unit, tenths = form.rng.choice([("元", 4), ("千元", 1), ("亿元", -4)])
    at = page.fields[key]
    label = next(at for at, v in page.cells.items() if isinstance(v, str) and "万元" in v)
    page.cells[label] = form.rng.choice(
        [f"本年收费金额（单位：{unit}）", f"本年收费金额（{unit}）"]
    )
    page.cells[at] = round(form.values[key] * 10.0**tenths, 10)
    form.wrong = True


def renamed(form: OwnForm) -> None:
    """Tabs of other names."""
    for n, page in enumerate(form.pages.values(), 1):
        page.name = form.rng.choice([f"Sheet{n}", f"{page.name}（{YEAR}）", f"附表{n}"])


def stacked(form: OwnForm) -> None:
    """Last year's 表三 below this year's, or above."""
    page, below = form.pages["t3"], page_of("t3", form.other)
    own, gap = form.rng.randint(0, 1), max(r for r, _ in page.cells) + 4
    years = (YEAR, YEAR - 1) if own == 0 else (YEAR - 1, YEAR)
    page.put(form.values if own == 0 else form.other)
    below.put(form.other if own == 0 else form.values)
    page.cells[0, 0], below.cells[0, 0] = (f"表三（{y}年）" for y in years)
    page.cells |= {(r + gap, c): v for (r, c), v in below.cells.items()}
    page.merges += [(a + gap, b, c + gap, d) for a, b, c, d in below.merges]
    if own:
        page.fields = {k: (r + gap, c) for k, (r, c) in below.fields.items()}


KINDS: dict[str, Callable[[OwnForm], None]] = {
    "several rows": several_rows,
    "numbered": numbered,
    "two columns": two_columns,
    "hidden copy": hidden_copy,
    "subtotals": subtotals,
    "extra line": extra_line,
    "money": money,
    "renamed": renamed,
    "stacked": stacked,
}
_ALONE = ({"two columns", "subtotals", "extra line", "stacked"}, {"several rows", "numbered"})


def own_form(seed: int) -> OwnForm:
    """A form of one's own with one to three peculiarities; every second has a wrong number."""
    rng = random.Random(seed)
    values, other = consistent(FORM, rng), consistent(FORM, rng)
    values["t2.fees.amount"] = rng.choice([0.0, 282.1, 5.0])
    form = OwnForm(rng, values, other, {t: page_of(t, values) for t in SHEETS})
    form.pages["t2"].cells[0, 0] = f"清河县民政局{YEAR}年政府信息公开工作年度报告"
    wanted = rng.sample([*KINDS], rng.randint(1, 3))
    for group in _ALONE:
        both = [k for k in wanted if k in group]
        wanted = [k for k in wanted if k not in both[1:]]
    if rng.random() < 0.5 and "extra line" not in wanted:
        _spoil(form)
    for kind in KINDS:
        if kind in wanted:
            KINDS[kind](form)
            form.kinds.append(kind)
    return form


def _spoil(form: OwnForm) -> None:
    """One number of 表三 or 表四 that breaks a relation."""
    keys = [k for k, f in FORM.fields.items() if f.table in ("t3", "t4")]
    key = form.rng.choice(keys)
    form.values[key] += form.rng.choice([1.0, 9.0, 10.0])
    assert computed_totals(FORM, form.values) != form.values or key.startswith(
        ("t3.new", "t3.carried")
    )
    form.pages[FORM.fields[key].table].put(form.values)
    form.wrong = True
    form.kinds.append("wrong number")
