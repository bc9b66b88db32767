"""Where everything of a table stands on its sheet: derived from the edition, nothing drawn.

Rows and columns are 0-based, as XlsxWriter and python-calamine count them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256

from .a1 import Place
from .edition import Edition
from .form import Axis, Block, Instance, Table
from .relations import leaves

TOP = 3  # title, unit and year, hint


@dataclass(frozen=True)
class Span:
    """A rectangle of label cells, merged when larger than one."""

    row: int
    col: int
    last_row: int
    last_col: int
    text: str
    style: str  # caption, corner, head, label


@dataclass
class SheetLayout:
    """One table on its sheet.

    ``cells`` maps a field key to (row, col, last_col); ``checks`` maps (rule id, instance key)
    to the cell that shows the live verdict: above the table's head, beside it, or below.
    """

    table: Table
    spans: list[Span] = field(default_factory=list)
    cells: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    checks: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    check_heads: list[tuple[int, int, str]] = field(default_factory=list)
    last_row: int = 0
    last_col: int = 0
    label_cols: int = 0

    @cached_property
    def labels(self) -> list[tuple[tuple[int, int], str]]:
        """Where each label is printed: its first row and column, its text."""
        return [((span.row, span.col), span.text) for span in self.spans]

    @cached_property
    def bottom(self) -> int:
        """The last row that holds anything: of the table, or of the checks below it.

        Templates before 0.2 put every row of checks below.
        """
        rows = sum(col <= self.last_col for _, col, _ in self.check_heads)
        return self.last_row + (1 + rows if rows else 0)

    @cached_property
    def right(self) -> int:
        """The last column that holds anything: of the table, or of the checks beside it."""
        return max([self.last_col, *(col for _, col in self.checks.values())])


@dataclass(frozen=True, eq=False)
class Layout:
    """Every sheet of an edition's template that holds a table.

    ``typed`` says whether its totals are typed numbers; else they are the sheet's own sums, and
    the relations that hold by those sums have no live check.
    """

    edition: Edition
    sheets: tuple[SheetLayout, ...]
    typed: bool = False

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The fields whose cells are filled in."""
        totals = () if self.typed else self.edition.totals
        return tuple(key for key in self.cells if key not in totals)

    def filled_in(self, terms: Iterable[str]) -> Counter[str]:
        """The cells to fill in that ``terms`` add up, each with how many times."""
        found: Counter[str] = Counter()
        for term in terms:
            found.update(self._leaves.get(term, (term,)))
        return found

    @cached_property
    def _leaves(self) -> dict[str, Counter[str]]:
        return leaves({} if self.typed else self.edition.sums)

    @cached_property
    def cells(self) -> dict[str, Place]:
        """Where each field stands, by key."""
        return {
            key: Place(s.table.sheet, row, col)
            for s in self.sheets
            for key, (row, col, _) in s.cells.items()
        }

    @cached_property
    def checks(self) -> dict[tuple[str, str], Place]:
        """Where each live verdict stands, by rule id and the instance's key."""
        return {
            at: Place(s.table.sheet, row, col)
            for s in self.sheets
            for at, (row, col) in s.checks.items()
        }

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that change when a field, a label or a place changes."""
        parts = [self.edition.id]
        parts += [f"{k}={tuple(v)}" for k, v in self.cells.items()]
        parts += [f"{s.row},{s.col}:{s.text}" for sheet in self.sheets for s in sheet.spans]
        return sha256("\n".join(parts).encode()).hexdigest()[:12]


@lru_cache(maxsize=8)
def layout_of(edition: Edition, typed: bool = False) -> Layout:
    """The layout of every table of ``edition``; with ``typed`` the totals are typed numbers."""
    sheets = tuple(_lay_out(table) for table in edition.tables)
    layout = Layout(edition, sheets, typed)
    for sheet in sheets:
        for rule in edition.rules:
            own = [i for i in rule.instances if not i.sources and i.target in sheet.cells]
            if rule.relation != "~":  # what is the same cells by the sheet's own sums cannot fail
                own = [i for i in own if layout.filled_in(i.left) != layout.filled_in(i.right)]
            if own:
                _place_checks(sheet, rule.id, own)
    return layout


def _lay_out(table: Table) -> SheetLayout:
    sheet = SheetLayout(table)
    # rows of which none is labelled have no column of labels
    labelled = [b for b in table.blocks if any(r.label for r in b.rows)]
    sheet.label_cols = max((len(r.path) for b in labelled for r in b.rows), default=0)
    sheet.last_col = sheet.label_cols + max(len(b.columns) for b in table.blocks) - 1
    row = TOP
    for block in table.blocks:
        row = _block(sheet, block, row)
    sheet.last_row = row - 1
    return sheet


def _block(sheet: SheetLayout, block: Block, row: int) -> int:
    def label(style: str, text: str, top: int, left: int, bottom: int, right: int) -> None:
        sheet.spans.append(Span(top, left, bottom, right, text, style))

    if block.caption:
        label("caption", block.caption, row, 0, row, sheet.last_col)
        row += 1
    depth = max(len(c.path) for c in block.columns)
    first = sheet.label_cols
    if first:
        label("corner", block.corner, row, 0, row + depth - 1, first - 1)
    lasts = [first + i for i in range(len(block.columns))]
    lasts[-1] = sheet.last_col
    for top, left, bottom, right, text in _tree(block.columns, depth):
        label("head", text, row + top, first + left, row + bottom, lasts[right])
    row += depth
    for top, left, bottom, right, text in _tree(block.rows, first) if first else ():
        # the tree of rows is that of columns, turned
        label("label", text, row + left, top, row + right, bottom)
    for r, axis in enumerate(block.rows):
        for c, column in enumerate(block.columns):
            key = ".".join(p for p in (sheet.table.id, axis.key, column.key) if p)
            sheet.cells[key] = (row + r, first + c, lasts[c])
    return row + len(block.rows)


def _tree(axes: Sequence[Axis], depth: int) -> Iterator[tuple[int, int, int, int, str]]:
    """The label tree of ``axes``: (top, left, bottom, right, text), ``depth`` levels high.

    A path shorter than ``depth`` is stretched at its innermost group when all paths of the
    group are equally short (行政复议 over two rows), else at its leaf (自然人 over two rows).
    """
    paths = []
    for axis in axes:
        spare = depth - len(axis.path)
        same = [a for a in axes if a.path[: len(axis.path) - 1] == axis.path[:-1]]
        grow = len(axis.path) - 1
        if len(axis.path) > 1 and all(len(a.path) == len(axis.path) for a in same):
            grow -= 1
        paths.append([(p, 1 + spare if i == grow else 1) for i, p in enumerate(axis.path)])
    done: set[tuple[int, int]] = set()
    for index, path in enumerate(paths):
        top = 0
        for level, (text, height) in enumerate(path):
            if (index, level) not in done:
                right = index
                while right + 1 < len(paths) and paths[right + 1][: level + 1] == path[: level + 1]:
                    right += 1
                done.update((i, level) for i in range(index, right + 1))
                yield top, index, top + height - 1, right, text
            top += height


def _place_checks(sheet: SheetLayout, rule: str, instances: Sequence[Instance]) -> None:
    """A column beside the table when the targets differ by row, else a row.

    The first row stands above the head, where it stays in sight, the others below the table.
    """
    targets = [sheet.cells[i.target] for i in instances]
    if len({t[0] for t in targets}) == len(targets):
        used = [col for _, col in sheet.checks.values() if col > sheet.last_col + 1]
        col = max(used, default=sheet.last_col + 1) + 1
        sheet.check_heads.append((TOP, col, rule))
        for inst, target in zip(instances, targets, strict=True):
            sheet.checks[inst.rule, inst.key] = (target[0], col)
        return
    used = [row for row, col in sheet.checks.values() if col <= sheet.last_col]
    row = max([sheet.last_row + 1, *used]) + 1 if used else TOP - 1
    head_col = max(0, sheet.label_cols - 1)
    sheet.check_heads.append((row, head_col, rule))
    for inst, target in zip(instances, targets, strict=True):
        sheet.checks[inst.rule, inst.key] = (row, target[1])
