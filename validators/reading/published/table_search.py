"""One table of the form found in a stream of tokens: its rows one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ....templates.edition import Edition
from ....templates.form import Axis, Block, Table
from ....templates.words import Words
from ...report import Passage, Remark, RemarkKind, Standing, Value
from ..money import converted, units_in
from ..spelling import normal
from ..spelling import reading as amount
from . import column_heads, table_remarks
from .printed_rows import PrintedRow, as_printed, doubted, lacks_its_last, reading_of, run_from
from .row_labels import Index, spellings, starts_at
from .tokens import TextLine, Token, normal_number
from .unlabelled_row import UnlabelledSearch

_TELLING = 8  # a label so long needs no column heads to be recognised
_HEADS = 20  # tokens before an amount among which its unit is named
_MONEY = re.compile(r"([0-9.,]+)(?:亿|千万|百万|千|)元")
_WINDOW = 250  # the next row's label stands within so many tokens


@dataclass
class Match:
    """What was found for one edition.

    ``heads`` counts the heads that only it has; ``mixed``: a row stands twice in a table, with
    other numbers, as where two years are printed beside each other.
    """

    edition: Edition
    others: Sequence[Edition]
    lines: dict[int, TextLine]
    values: dict[str, Value] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    heads: int = 0
    mixed: bool = False

    def remark(self, kind: RemarkKind, table: Table, line: int, words: Words) -> None:
        """Notes something about the line of that number, which is one of ``table``.

        ``kind`` tells how grave it is (``severity_if`` of S-TEMPLATE), ``words`` what it is.
        """
        place = Passage(table.sheet, self.lines[line].where)
        self.remarks.append(Remark(kind, words, place))


class TableSearch:
    """The search for ``table`` among the report's tokens, from the index ``start`` on."""

    def __init__(self, match: Match, table: Table, index: Index, start: int) -> None:
        self.match, self.table, self.index, self.start = match, table, index, start
        self.tokens = index.tokens
        self.rows: list[PrintedRow] = []
        self.first: int | None = None
        self.end = start

    def find(self) -> int:
        """Keeps in the match what the table says in the report.

        The index after the table's last token is returned, ``start`` where it was not found.
        """
        headed = False
        for block in self.table.blocks:
            if not block.rows[0].label:
                self._without_label(block)
                continue
            begin = self.end
            rows = [*self._block(block)]
            if rows:
                above = column_heads.heads_before(self.tokens, rows[0].hit.start, begin)
                headed = headed or column_heads.are_present(block, above)
                if not self._is_foreign(block, rows, above):
                    self.rows += rows
                    self._read(block, rows, above)
        if self.rows and self._is_believed(headed):
            for row in [*doubted(self.rows, self.tokens, self.match.edition)]:
                row.reading = None
            for row in self.rows:
                self._keep(row)
                self.match.mixed = self.match.mixed or self._stands_twice(row)
            self._printed_as_one()
        if self.first is None:
            return self.start
        self._span()
        return self.end

    def _block(self, block: Block) -> Iterator[PrintedRow]:
        """The rows of ``block``, each looked for after the one before."""
        for axis in block.rows:
            begin = self.end if self.first is not None else self.start
            stop = len(self.tokens) if self.first is None else begin + _WINDOW
            row = self._row(block, axis, begin, stop) or self._row(
                block, axis, begin, stop, near=True
            )
            if row is not None:
                self.first = row.hit.start if self.first is None else self.first
                self.end = max(row.run.end, row.hit.end)
                yield row

    def _row(
        self, block: Block, axis: Axis, begin: int, stop: int, near: bool = False
    ) -> PrintedRow | None:
        """The row with the right count of cells after its label, else with too few or many.

        Its label begins between the indices ``begin`` and ``stop``; ``near``: a misspelt one.
        """
        misfit = None
        keys = self._keys(block, axis)
        for at in self.index.starts(axis, near, begin, min(stop, len(self.tokens))):
            hit = starts_at(self.tokens, at, axis, near)
            if hit is None or (near and hit.exact):
                continue
            run = run_from(
                self.match.edition, self.tokens, hit.end, needed=len(keys), lines=self.match.lines
            )
            reading = reading_of(run, keys, self.match.edition)
            row = PrintedRow(block, axis, keys, hit=hit, run=run, reading=reading)
            if reading is not None:
                return row
            if misfit is None and self._could_be(row, near):
                misfit = row
        return misfit

    def _keys(self, block: Block, axis: Axis) -> tuple[str, ...]:
        """The keys of a row's fields."""
        parts = ((self.table.id, axis.key, column.key) for column in block.columns)
        return tuple(".".join(filter(None, key)) for key in parts)

    def _could_be(self, row: PrintedRow, near: bool) -> bool:
        """Whether a label without the right cells is the row's all the same."""
        if self.first is None and len(spellings(row.axis)[0]) < _TELLING:
            return False
        return bool(row.run.cells) or (not near and self.first is not None)

    def _is_foreign(self, block: Block, rows: Sequence[PrintedRow], above: Sequence[Token]) -> bool:
        """Whether the block has another edition's heads: then its numbers mean other things."""
        other = column_heads.of_another(self.match.edition, block, above, self.match.others)
        if not other:
            own = column_heads.of_another(self.match.others[0], block, above, [self.match.edition])
            self.match.heads += bool(own)
            return False
        words = table_remarks.foreign(self.table, [r.axis for r in rows], other)
        self.match.remark(RemarkKind.FOREIGN, self.table, self._line(rows[0]), words)
        return True

    def _read(self, block: Block, rows: Sequence[PrintedRow], above: Sequence[Token]) -> None:
        """Decides which rows of a block are read where its heads, or rows beside them, tell."""
        lacking = any(map(lacks_its_last, rows))
        for row in rows:
            on_one_line = {c.line for c in row.run.cells} == {self._line(row)}
            if lacking and on_one_line and row.reading is not None and row.reading.witness:
                row.reading = None
            if row.reading is None and on_one_line and row.run.open and not lacking:
                row.reading = as_printed(row.run, row.keys, self.match.edition)
            if not column_heads.in_order(block, above):
                row.reading = None
        if any(row.reading for row in rows):
            self._other_words(column_heads.other_words(block, above), self._line(rows[0]))

    def _is_believed(self, headed: bool) -> bool:
        """A short label such as 规章 is a row's only with heads, or beside other rows."""
        long = any(len(spellings(r.axis)[0]) >= _TELLING for r in self.rows)
        if headed or long or sum(r.reading is not None for r in self.rows) > 1:
            return True
        self.first = None
        return False

    def _line(self, row: PrintedRow) -> int:
        """The number of the line on which a row's label begins."""
        return self.tokens[row.hit.start].line

    def _keep(self, row: PrintedRow) -> None:
        line = self._line(row)
        if row.reading is None:
            cells = [t for t in row.run.cells if not t.faint] or [*row.run.cells]
            words = table_remarks.refused(self.table, row.axis, cells, len(row.keys))
            self.match.remark(RemarkKind.UNPLACED, self.table, line, words)
            return
        for key, cell in zip(row.keys, row.reading.cells, strict=True):
            self._value(key, cell)
            if self.match.edition.fields[key].kind == "amount":
                self._in_one_unit(row, key, cell)
        if row.hit.printed != spellings(row.axis)[0]:
            printed = "".join(t.text for t in self.tokens[row.hit.start : row.hit.end])
            self._other_words([(printed[:40], row.axis.label)], line)
        if row.reading.witness:
            words = table_remarks.by_its_sum(self.table, row.axis)
            self.match.remark(RemarkKind.WITNESS, self.table, line, words)

    def _stands_twice(self, row: PrintedRow) -> bool:
        """Whether the row stands in the table once more, with other numbers."""
        other = self._row(row.block, row.axis, row.run.end, self.end + 1)
        if row.reading is None or other is None or other.reading is None:
            return False
        return [c.number for c in row.reading.cells] != [c.number for c in other.reading.cells]

    def _printed_as_one(self) -> None:
        """Notes groups of which no row was found, but numbers beside the group's own name."""
        found = [row.axis for row in self.rows]
        for block in self.table.blocks:
            grouped = [axis for axis in block.rows if len(axis.path) > 1 and normal(axis.path[-2])]
            for path, members in groupby(grouped, key=lambda axis: axis.path[:-1]):
                rows = [*members]
                if len(rows) < 2 or any(axis in found for axis in rows):
                    continue
                group = Axis("", path, path[-1])
                row = self._row(block, group, self.start, self.end + _WINDOW)
                if row is not None and row.reading and not all(c.is_blank for c in row.run.cells):
                    words = table_remarks.as_one(self.table, group, len(rows), row.reading.cells)
                    self.match.remark(RemarkKind.MERGED, self.table, row.run.cells[0].line, words)

    def _other_words(self, pairs: Sequence[tuple[str, str]], line: int) -> None:
        """Notes labels that are printed otherwise than in the form."""
        for printed, label in pairs:
            self.match.remark(
                RemarkKind.LABEL, self.table, line, table_remarks.otherwise(printed, label)
            )

    def _value(self, key: str, cell: Token) -> None:
        standing, number = cell.standing, cell.number
        if self.match.edition.fields[key].kind == "amount" and cell.text.endswith("万元"):
            standing, number = amount(cell.text, "amount")
            standing = Standing.NUMBER if standing is Standing.TEXT_NUMBER else standing
        place = Passage(self.match.edition.fields[key].sheet, self._where(cell))
        self.match.values[key] = Value(standing, number, cell.text, place)

    def _in_one_unit(self, row: PrintedRow, key: str, cell: Token) -> None:
        """An amount in 元 or 亿元 becomes one in 万元; where two units are named it is refused."""
        near = self.tokens[max(self.start, row.hit.start - _HEADS) : row.hit.end]
        units = units_in("".join(t.text for t in near if not t.is_value)) | units_in(cell.text)
        own = _MONEY.fullmatch(normal_number(cell.text))
        number = float(own[1].replace(",", "")) if own else cell.number
        if units <= {"万"} or not number:
            return
        if len(units) > 1:
            del self.match.values[key]
            words = table_remarks.several_units(self.table, cell.text)
            self.match.remark(RemarkKind.UNPLACED, self.table, cell.line, words)
            return
        (unit,) = units
        amount_ = converted(number, unit)
        place = self.match.values[key].place
        self.match.values[key] = Value(Standing.NUMBER, amount_, f"{amount_:.15g}", place)
        words = table_remarks.in_ten_thousands(cell.text, unit, amount_)
        self.match.remark(RemarkKind.LABEL, self.table, cell.line, words)

    def _where(self, cell: Token) -> str:
        """The line of a cell, and which cell of it where several stand there."""
        line = self.match.lines[cell.line]
        if len(line.tokens) == 1:
            return line.where
        return f"{line.where}第{next(n for n, t in enumerate(line.tokens, 1) if t is cell)}格"

    def _without_label(self, block: Block) -> None:
        keys = self._keys(block, block.rows[0])
        found = UnlabelledSearch(self.match.edition, block, keys, self.tokens).find(self.end)
        if found is None:
            return
        for key, cell in zip(keys, found.cells, strict=True):
            self._value(key, cell)
        self.first = found.start if self.first is None else self.first
        self.end = found.end
        if not found.headed:
            line = self.tokens[found.end - 1].line
            self.match.remark(RemarkKind.PLACED, self.table, line, table_remarks.placed(self.table))

    def _span(self) -> None:
        """Notes the lines that the table takes, its heads included: they are no narrative."""
        assert self.first is not None
        first = self.tokens[self.first].line
        known = column_heads.head_names(self.table)
        for index in range(self.first - 1, max(self.start - 1, self.first - 80), -1):
            token = self.tokens[index]
            if token.label and any(token.label in name for name in known):
                first = token.line
            elif token.label and len(token.label) > 12:
                break
        self.match.spans.append((first, self.tokens[self.end - 1].line))
