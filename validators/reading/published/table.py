"""One table of the form found in a stream of tokens: its rows one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ....templates.edition import Edition
from ....templates.form import Axis, Block, Table
from ....templates.words import Words
from ...report import Passage, Remark, Standing, Value
from ..spelling import reading as amount
from . import noticed, order, unlabelled
from .doubt import doubted
from .groups import printed_as_one
from .labels import Index, spellings, starts_at
from .rows import (
    Reading,
    Row,
    as_printed,
    lacks_its_last,
    like_neighbour,
    reading_of,
    run_from,
    spaced_out,
    sums_right,
)
from .tokens import Line, Token

_TELLING = 8  # a label so long needs no column heads to be recognised
_WINDOW = 250  # the next row's label stands within so many tokens
_SPACINGS = ((1, 1), (2, 1), (2, 2))  # line breaks from cell to cell, and those of an empty cell


@dataclass
class Match:
    """What was found for one edition; ``heads`` counts the heads that only it has."""

    edition: Edition
    others: Sequence[Edition]
    lines: dict[int, Line]
    values: dict[str, Value] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    heads: int = 0

    def remark(self, kind: str, table: Table, line: int, words: Words) -> None:
        """Notes something about a line of ``table``."""
        place = Passage(table.sheet, self.lines[line].where)
        self.remarks.append(Remark(kind, words, place))


def find(match: Match, table: Table, index: Index, start: int) -> int:
    """Keeps what ``table`` says from ``start`` on; the index after it, ``start`` for nothing."""
    return _Finder(match, table, index, start).find()


class _Finder:
    def __init__(self, match: Match, table: Table, index: Index, start: int) -> None:
        self.match, self.table, self.index, self.start = match, table, index, start
        self.tokens = index.tokens
        self.rows: list[Row] = []
        self.heads: dict[int, Sequence[Token]] = {}
        self.first: int | None = None
        self.end = start

    def find(self) -> int:
        headed = False
        for block in self.table.blocks:
            if not block.rows[0].label:
                self._without_label(block)
                continue
            begin = self.end
            rows = [*self._block(block)]
            if rows:
                heads = order.heads_before(self.tokens, rows[0].hit.start, begin)
                self.heads[id(block)] = heads
                headed = headed or order.present(block, heads)
                if self._foreign(block, rows, heads):
                    continue
                self.rows += rows
        if self.rows and self._believed(headed):
            self._like_neighbours()
            self._space()
            self._read()
            self._as_one()
        if self.first is None:
            return self.start
        self._span()
        return self.end

    def _block(self, block: Block) -> Iterator[Row]:
        """The rows of ``block``, each looked for after the one before."""
        for axis in block.rows:
            keys = tuple(
                ".".join(p for p in (self.table.id, axis.key, c.key) if p) for c in block.columns
            )
            row = self._row(block, axis, keys, near=False) or self._row(
                block, axis, keys, near=True
            )
            if row is not None:
                self.first = row.hit.start if self.first is None else self.first
                self.end = max(row.run.end, row.hit.end)
                yield row

    def _row(self, block: Block, axis: Axis, keys: tuple[str, ...], near: bool) -> Row | None:
        """The row's label with the right count of cells after it, else with too few or many."""
        begin = self.end if self.first is not None else self.start
        stop = len(self.tokens) if self.first is None else min(len(self.tokens), begin + _WINDOW)
        misfit = None
        for at in self.index.starts(axis, near, begin, stop):
            hit = starts_at(self.tokens, at, axis, near)
            if hit is None or (near and hit.exact):
                continue
            run = run_from(self.match.edition, self.tokens, hit.end, len(keys), self.match.lines)
            row = Row(block, axis, keys, hit, run)
            row.reading = reading_of(run, keys, self.match.edition, None)
            if row.reading is not None:
                return row
            if misfit is None and self._could_be(row, near):
                misfit = row
        return misfit

    def _could_be(self, row: Row, near: bool) -> bool:
        """Whether a label without the right cells is the row's all the same."""
        if self.first is None and len(spellings(row.axis)[0]) < _TELLING:
            return False
        return bool(row.run.cells) or (not near and self.first is not None)

    def _foreign(self, block: Block, rows: Sequence[Row], heads: Sequence[Token]) -> bool:
        """Whether the block has another edition's heads: then its numbers mean other things."""
        other = order.of_another(self.match.edition, block, heads, self.match.others)
        if not other:
            own = order.of_another(self.match.others[0], block, heads, [self.match.edition])
            self.match.heads += bool(own)
            return False
        words = noticed.foreign(self.table, [r.axis for r in rows], other)
        self.match.remark("foreign", self.table, self.tokens[rows[0].hit.start].line, words)
        return True

    def _believed(self, headed: bool) -> bool:
        """A short label such as 规章 is a row's only with heads, or beside other rows."""
        read = [r for r in self.rows if r.reading is not None]
        if headed or len(read) > 1:
            return bool(self.rows)
        believed = any(len(spellings(r.axis)[0]) >= _TELLING for r in self.rows)
        if not believed:
            self.first = None
        return believed

    def _like_neighbours(self) -> None:
        """Rows of one line with as many cells as a row beside them that is certain."""
        certain = [
            r
            for r in self.rows
            if r.reading is not None and not r.reading.witness and self._one_line(r)
        ]
        lacking = {id(r.block) for r in self.rows if lacks_its_last(r)}
        for row in self.rows:
            shaky = row.reading is not None and row.reading.witness and self._one_line(row)
            if shaky and id(row.block) in lacking:
                row.reading = None
            if row.reading is None and self._one_line(row):
                beside = [(o.run, o.reading) for o in certain if o.block is row.block and o.reading]
                every = (like_neighbour(row.run, run, reading) for run, reading in beside)
                row.reading = next((reading for reading in every if reading is not None), None)
                if row.reading is None and row.run.open and id(row.block) not in lacking:
                    row.reading = as_printed(row.run, row.keys, self.match.edition)

    def _one_line(self, row: Row) -> bool:
        cells = row.run.cells
        return bool(cells) and {self.tokens[row.hit.start].line} == {c.line for c in cells}

    def _space(self) -> None:
        """Empty cells that only line breaks tell of, where one way to count them fits the rows."""
        short = [r for r in self.rows if r.reading is None and len(r.run.cells) < len(r.keys)]
        if not short or any(r.run.sure for r in short):
            return
        fitting = []
        for step, unit in _SPACINGS:
            spaced = {
                n: s
                for n, r in enumerate(self.rows)
                if (s := spaced_out(self.tokens, r.hit.end - 1, r.run, step, unit)) is not None
                and len(s) == len(r.keys)
            }
            told = [sums_right(s, self.rows[n].keys, self.match.edition) for n, s in spaced.items()]
            exact = sum(self.rows[n].reading is not None for n in spaced)
            if (
                False not in told
                and (True in told or exact > 1)
                and any(self.rows[n] in short for n in spaced)
            ):
                fitting.append(spaced)
        if len(fitting) == 1:
            for n, row in fitting[0].items():
                self.rows[n].spaced = row

    def _read(self) -> None:
        columns: dict[int, tuple[int, ...] | None] = {}
        for row in self.rows:
            if row.reading is None and row.spaced is not None:
                row.reading = Reading(tuple(row.spaced), witness=True)
        for row in doubted(self.rows, self.tokens, self.match.edition):
            row.reading = None
        for row in self.rows:
            if row.reading is None:
                self._refuse(row)
        for block in self.table.blocks:
            rows = [r for r in self.rows if r.block is block and r.reading is not None]
            if rows:
                heads = self.heads[id(block)]
                line = self.tokens[rows[0].hit.start].line
                self._other_words(order.other_words(block, heads), line)
                columns[id(block)] = self._order(block, rows, order.printed_order(block, heads))
        for row in self.rows:
            if row.reading is not None:
                self._keep(row, columns[id(row.block)])

    def _order(
        self, block: Block, rows: Sequence[Row], printed: tuple[int, ...] | None
    ) -> tuple[int, ...] | None:
        """The columns' printed order; the form's where the sums speak for that one."""
        usual = tuple(range(len(block.columns)))
        if printed is None or printed == usual:
            return None
        told = {o: [self._sums(r, o) for r in rows] for o in (printed, usual)}
        if False in told[printed] and False not in told[usual]:
            return None
        labels = [block.columns[n].label for n in printed]
        line = self.tokens[rows[0].hit.start].line
        self.match.remark("reordered", self.table, line, noticed.reordered(self.table, labels))
        return printed

    def _sums(self, row: Row, columns: Sequence[int]) -> bool | None:
        assert row.reading is not None
        keys = [row.keys[c] for c in columns]
        return sums_right(row.reading.cells, keys, self.match.edition)

    def _refuse(self, row: Row) -> None:
        cells = [t for t in row.run.cells if not t.faint] or [*row.run.cells]
        words = noticed.refused(self.table, row.axis, cells, len(row.keys))
        self.match.remark("unplaced", self.table, self.tokens[row.hit.start].line, words)

    def _as_one(self) -> None:
        span, read = (self.start, self.end), [r.axis for r in self.rows]
        for group, rows, cells in printed_as_one(
            self.match.edition, self.table, self.index, self.match.lines, span, read
        ):
            words = noticed.as_one(self.table, group, len(rows), cells)
            self.match.remark("merged", self.table, cells[0].line, words)

    def _keep(self, row: Row, columns: Sequence[int] | None) -> None:
        assert row.reading is not None
        placed = zip(columns or range(len(row.keys)), row.reading.cells, strict=True)
        for column, cell in placed:
            self._value(row.keys[column], cell)
        line = self.tokens[row.hit.start].line
        if row.hit.printed != spellings(row.axis)[0]:
            printed = "".join(t.text for t in self.tokens[row.hit.start : row.hit.end])
            self._other_words([(printed[:40], row.axis.label)], line)
        if row.reading.witness:
            words = noticed.by_its_sum(self.table, row.axis)
            self.match.remark("witness", self.table, line, words)

    def _other_words(self, pairs: Sequence[tuple[str, str]], line: int) -> None:
        """Notes labels that are printed otherwise than in the form."""
        for printed, label in pairs:
            self.match.remark("label", self.table, line, noticed.otherwise(printed, label))

    def _value(self, key: str, cell: Token) -> None:
        standing, number = cell.standing, cell.number
        if self.match.edition.fields[key].kind == "amount" and cell.text.endswith("万元"):
            told, number = amount(cell.text, "amount")
            standing = Standing.NUMBER if told is Standing.TEXT_NUMBER else told
        place = Passage(self.match.edition.fields[key].sheet, self._where(cell))
        self.match.values[key] = Value(standing, number, cell.text, place)

    def _where(self, cell: Token) -> str:
        """The line of a cell, and which cell of it where several stand there."""
        line = self.match.lines[cell.line]
        if len(line.tokens) == 1:
            return line.where
        return f"{line.where}第{next(n for n, t in enumerate(line.tokens, 1) if t is cell)}格"

    def _without_label(self, block: Block) -> None:
        keys = [".".join(p for p in (self.table.id, c.key) if p) for c in block.columns]
        found = unlabelled.find(self.match.edition, block, keys, self.tokens, self.end)
        if found is None:
            return
        for key, cell in zip(keys, found.cells, strict=True):
            self._value(key, cell)
        self.first = found.start if self.first is None else self.first
        self.end = found.end
        if words := noticed.placed(self.table, found.how):
            line = self.tokens[found.end - 1].line
            self.match.remark("placed", self.table, line, words)

    def _span(self) -> None:
        """Notes the lines that the table takes, its heads included: they are no narrative."""
        assert self.first is not None
        first = self.tokens[self.first].line
        known = order.head_names(self.table)
        for index in range(self.first - 1, max(self.start - 1, self.first - 80), -1):
            token = self.tokens[index]
            if token.label and any(token.label in name for name in known):
                first = token.line
            elif token.label and len(token.label) > 12:
                break
        self.match.spans.append((first, self.tokens[self.end - 1].line))
