"""Finds the form's tables in a stream of tokens, by their labels and the count of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ....templates.edition import Edition
from ....templates.errors import InputError
from ....templates.form import Axis, Block, Table
from ....templates.forms import ANY, Forms
from ...report import ABSENT, Place, Remark, Report, Stamp, Standing, Value
from ..remarks import missing_fields
from ..spelling import normal
from .narrative import sections, title
from .tokens import Line, Token

_PARTS = 6  # a label may be spread over so many tokens
_TELLING = 8  # a label so long needs no column heads to be recognised
_ROW = 200  # a row without a label, heads and all, has at most so many tokens
_WINDOW = 120  # and the next row's label stands within so many


@dataclass
class Match:
    """What was found for one edition."""

    edition: Edition
    values: dict[str, Value] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)


def report_of(lines: Sequence[Line], path: Path, forms: Forms = ANY) -> Report:
    """The report in ``lines``; ``InputError`` when no table of the form is in them."""
    tokens = [t for line in lines for t in line.tokens]
    unit, year = title(lines)
    matches = [_match(e, tokens) for e in forms.candidates]
    matches.sort(
        key=lambda m: (len(m.values), year is not None and m.edition.fits_year(year)),
        reverse=True,
    )
    best = matches[0]
    edition = best.edition
    if not best.values:
        names = "、".join(f"{t.sheet}“{t.title}”" for t in edition.tables)
        row = next(r.label for t in edition.tables for r in t.blocks[0].rows if r.label)
        raise InputError(
            f"{path} 里没有找到{names}（要找的行如“{row}”，后面应有数字）。请核对是不是全文。",
            f"None of {names} was found in {path} (rows such as {row!r} followed by numbers): "
            "check that it is the whole text of the report.",
        )
    cells = {k: (v.place.sheet, 0, 0) for k, v in best.values.items() if v.place}
    return Report(
        path=str(path),
        edition=edition,
        unit=unit,
        year=year,
        values={k: best.values.get(k, ABSENT) for k in edition.fields},
        unit_class=edition.class_of(unit),
        stamp=Stamp(origin="import"),
        remarks=(*best.remarks, *missing_fields(edition, cells)),
        narrative=tuple(sections(edition, lines, best.spans)),
    )


def _match(edition: Edition, tokens: Sequence[Token]) -> Match:
    match = Match(edition)
    start = 0
    for table in edition.tables:
        found = _table(match, table, tokens, start)
        start = max(start, found)
    return match


def _table(match: Match, table: Table, tokens: Sequence[Token], start: int) -> int:
    at = start
    first = None
    for block in table.blocks:
        for row in block.rows:
            hit = _row(match, table, block, row, tokens, at, first is None)
            if hit is None:
                continue
            label_at, at = hit
            first = label_at if first is None else first
    if first is None:
        return start
    match.spans.append((_head_line(table, tokens, first, start), tokens[at - 1].line))
    return at


def _head_line(table: Table, tokens: Sequence[Token], first: int, start: int) -> int:
    """The line on which the table's heads begin, going back from its first row."""
    labels = {normal(p) for b in table.blocks for c in b.columns for p in c.path}
    labels |= {normal(b.corner) for b in table.blocks} | {normal(b.caption) for b in table.blocks}
    labels.discard("")
    line = tokens[first].line
    for index in range(first - 1, max(start - 1, first - 80), -1):
        token = tokens[index]
        if token.label and any(token.label in known for known in labels):
            line = token.line
        elif token.label and len(token.label) > 12:
            break
    return line


def _row(
    match: Match,
    table: Table,
    block: Block,
    row: Axis,
    tokens: Sequence[Token],
    start: int,
    first: bool,
) -> tuple[int, int] | None:
    """Finds one row from ``start`` on and keeps its values: (label's index, index after)."""
    if not row.label:
        return _unlabelled(match, table, block, tokens, start)
    stop = len(tokens) if first else min(len(tokens), start + _WINDOW)
    needed = len(block.columns)
    short: tuple[int, int, list[Token]] | None = None
    spellings = [normal(s) for s in (row.label, *row.aliases)]
    for index in range(start, stop):
        after = _label_ends(tokens, index, spellings)
        if after is None:
            continue
        held, end = _run(tokens, after)
        run = _fitted(held, needed)
        if len(run) == needed and any(t.standing is not Standing.BLANK for t in run):
            if first and len(spellings[0]) < _TELLING and not _has_heads(block, tokens, index):
                continue
            _keep(match, table, block, row, run, tokens[index])
            return index, end
        if run and short is None:
            short = (index, end, run)
    if short is not None:
        index, end, run = short
        shown = "、".join(t.text or "空" for t in run[:8])
        match.remarks.append(
            Remark(
                "error",
                f"{table.sheet}“{row.label}”后面有{len(run)}个数（{shown}），应有{needed}个，"
                "未采用。"
                "请对照原文补填。",
                f"{table.sheet} {row.label!r} is followed by {len(run)} values ({shown}), not "
                f"{needed}; they were not used: fill them in from the source.",
                Place(table.sheet, f"第{tokens[index].line}行"),
            )
        )
    return None


def _label_ends(tokens: Sequence[Token], index: int, spellings: Sequence[str]) -> int | None:
    """The index after the label that begins at ``index``, None when none begins there."""
    joined = ""
    for end in range(index, min(index + _PARTS, len(tokens))):
        piece = tokens[end].label
        if not piece and tokens[end].standing is not Standing.BLANK:
            return None
        joined += piece
        if any(joined == s for s in spellings):
            return end + 1
        if not any(s.startswith(joined) for s in spellings):
            return None
    return None


def _fitted(run: list[Token], needed: int) -> list[Token]:
    """Without the blank cells that merged heads leave before and after the numbers."""
    while len(run) > needed and run[-1].standing is Standing.BLANK:
        run.pop()
    while len(run) > needed and run[0].standing is Standing.BLANK:
        run.pop(0)
    return run


def _has_heads(block: Block, tokens: Sequence[Token], before: int) -> bool:
    """Whether the column heads stand before the first row: its first and last leaf label."""
    near = "".join(t.label for t in tokens[max(0, before - 60) : before])
    wanted = (block.columns[0], block.columns[-1])
    return all(any(normal(s) in near for s in (column.label, *column.aliases)) for column in wanted)


def _keep(
    match: Match, table: Table, block: Block, row: Axis, run: Sequence[Token], label: Token
) -> None:
    for column, value in zip(block.columns, run, strict=True):
        key = ".".join(p for p in (table.id, row.key, column.key) if p)
        kind = match.edition.fields[key].kind
        standing = value.standing
        if kind == "amount" and value.text.endswith("万元") and value.number is not None:
            standing = Standing.NUMBER
        match.values[key] = Value(
            standing, value.number, value.text, Place(table.sheet, f"第{value.line}行")
        )
    printed = normal(row.label)
    if not printed.startswith(label.label[:2]):
        match.remarks.append(
            Remark(
                "warning",
                f"标签写作“{label.text}”，格式上是“{row.label}”，已按此读取。",
                f"The label reads {label.text!r}, the form says {row.label!r}; it was read so.",
                Place(table.sheet, f"第{label.line}行"),
            )
        )


def _unlabelled(
    match: Match, table: Table, block: Block, tokens: Sequence[Token], start: int
) -> tuple[int, int] | None:
    """A row without a label: as many leaf heads in the form's order, then as many numbers.

    Heads and numbers may also alternate group by group.
    """
    for index in range(start, len(tokens)):
        hit = _heads_then_values(block, tokens, index)
        if hit is not None:
            run, end = hit
            _keep_unlabelled(match, table, block, run)
            return index, end
    return None


def _heads_then_values(
    block: Block, tokens: Sequence[Token], index: int
) -> tuple[list[Token], int] | None:
    """The values of the row whose heads begin at ``index``, and the index after them.

    What may come next is told by what came before: the next head; after a head, as many values
    as heads wait for one; between groups, a head that stands over several.
    """
    if _label_ends(tokens, index, [normal(block.columns[0].label)]) is None:
        return None
    labels = [[normal(s) for s in (c.label, *c.aliases)] for c in block.columns]
    parents = [normal(p) for c in block.columns for p in c.path[:-1]]
    values: list[Token] = []
    heads, at = 0, index
    while at < min(len(tokens), index + _ROW):
        after = _label_ends(tokens, at, labels[heads]) if heads < len(labels) else None
        if after is not None:
            at, heads = after, heads + 1
        elif tokens[at].is_value:
            waiting = heads - len(values)
            if not waiting and tokens[at].standing is not Standing.BLANK:
                return None  # a number under no head
            run, at = _run(tokens, at)
            group = _group(run, waiting)
            if group is None:
                return None
            values += group
            if len(values) == len(labels):
                return values, at
        elif _stands_over(tokens[at].label, parents):
            at += 1
        else:
            return None
    return None


def _run(tokens: Sequence[Token], start: int) -> tuple[list[Token], int]:
    """The values that follow one another from ``start`` on, and the index after them."""
    end = start
    while end < len(tokens) and tokens[end].is_value:
        end += 1
    return list(tokens[start:end]), end


def _group(run: list[Token], waiting: int) -> list[Token] | None:
    """Those of ``run`` that belong to ``waiting`` heads: none of mere blanks, None for a misfit."""
    if all(t.standing is Standing.BLANK for t in run):
        return []
    fitted = _fitted(run, waiting)
    return fitted if len(fitted) == waiting else None


def _stands_over(label: str, parents: Sequence[str]) -> bool:
    return bool(label) and any(label in p or p in label for p in parents)


def _keep_unlabelled(match: Match, table: Table, block: Block, run: Sequence[Token]) -> None:
    for column, value in zip(block.columns, run, strict=True):
        key = ".".join(p for p in (table.id, column.key) if p)
        place = Place(table.sheet, f"第{value.line}行")
        match.values[key] = Value(value.standing, value.number, value.text, place)
