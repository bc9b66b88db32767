"""Tables of a page that no rules divide: their cells are told by where the numbers stand.

A line of several numbers begins a table; numbers that stand over each other are a column. What
stands left of the columns are labels, those of several lines put together; a row has the label
beside it. What cannot be told stays out: too few cells are read as no row of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .labels import begins, is_title, known

Word = dict[str, Any]

NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七]\s*、|[（(]\s*[一二三四五六七]\s*[）)]|[1-8]\s*[.．、])"
)
_VALUE = re.compile(r"[-+]?[0-9０-９][0-9０-９,]*(?:\.[0-9]+)?件?|[/—–-]")
_NEAR = 0.25  # of a character's size between two characters of a word, at most
_LINE = 0.4  # of a word's height: words whose middles are no farther apart stand on a line
_SPACE = 0.8  # of a word's height between two cells, at least
_LEAD = 1.9  # of a word's height from line to line of a label, at most
_COLUMNS = 4  # numbers side by side that are a row of a table
_ROWS = 3  # such rows are a table
_WIDE = 12  # numbers side by side that are a table though they are its only row
_HEADS = 9  # lines of heads, at most


@dataclass(frozen=True)
class Grid:
    """A table with its rows of cells, heads first, and the height of the page that it takes."""

    top: float
    bottom: float
    rows: list[list[str]]


@dataclass
class _Line:
    """The words that stand on one line, from left to right."""

    words: list[Word]
    values: list[Word] = field(default_factory=list)  # numbers with nothing but numbers after

    @property
    def middle(self) -> float:
        return middle(self.words[0])

    @property
    def title(self) -> bool:
        """Whether it is the title of a section."""
        return is_title("".join(w["text"] for w in self.words))


@dataclass
class _Piece:
    """A cell of text, of one line or several."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    high: float

    def beside(self, row: _Line) -> bool:
        """Whether the row stands within its height."""
        return self.top - 1 <= row.middle <= self.bottom + 1

    def shares(self, x0: float, x1: float) -> float:
        """How much of the narrower of the two widths is common."""
        common = min(self.x1, x1) - max(self.x0, x0)
        return common / max(1.0, min(self.x1 - self.x0, x1 - x0))


def words_of(page: Any) -> list[Word]:
    """The words of a page; numbers of two cells beside each other are two."""
    words: list[Word] = page.extract_words(x_tolerance_ratio=_NEAR)
    return words


def grids(words: Sequence[Word]) -> list[Grid]:
    """The tables that the words of a page make."""
    lines = _lines(words)
    made: list[Grid] = []
    for found in _regions(lines):
        below = made[-1].bottom if made else 0.0
        grid = _grid([line for line in lines if line.middle > below], [lines[n] for n in found])
        if grid is not None:
            made.append(grid)
    return made


def is_value(text: str) -> bool:
    """Whether a word can stand in a number's cell."""
    return _VALUE.fullmatch(text) is not None


def side_by_side(words: Sequence[Word]) -> bool:
    """Whether words hold the numbers of several cells: beside each other, or many below."""
    lines = _lines([w for w in words if is_value(w["text"])])
    return len(lines) > _COLUMNS + 2 or any(
        b["x0"] - a["x1"] >= _SPACE * _high(a) for line in lines for a, b in pairwise(line.words)
    )


def middle(word: Word) -> float:
    """The height at which a word stands."""
    return float(word["top"] + word["bottom"]) / 2


def _high(word: Word) -> float:
    return float(word["bottom"] - word["top"])


def _lines(words: Sequence[Word]) -> list[_Line]:
    lines: list[_Line] = []
    for word in sorted(words, key=middle):
        if lines and abs(middle(word) - lines[-1].middle) <= _LINE * _high(word):
            lines[-1].words.append(word)
        else:
            lines.append(_Line([word]))
    for line in lines:
        line.words.sort(key=lambda w: w["x0"])
        for word in reversed(line.words):
            after = line.values[0]["x0"] if line.values else word["x1"] + 2 * _high(word)
            if not is_value(word["text"]) or after - word["x1"] < _SPACE * _high(word) / 2:
                break
            line.values.insert(0, word)
    return lines


def _regions(lines: Sequence[_Line]) -> Iterator[list[int]]:
    """The lines with numbers of each table: no text goes across them in between."""
    found: list[int] = []
    left = 0.0
    for n, line in enumerate(lines):
        if len(line.values) >= _COLUMNS:
            left = min(left, line.values[0]["x0"]) if found else line.values[0]["x0"]
            found.append(n)
        elif found:
            words = [w for w in line.words if w not in line.values]
            if any(w["x1"] > left + 1 for w in words):
                yield found
                found = []
            elif line.values and line.values[-1]["x1"] > left:
                found.append(n)
    if found:
        yield found


def _grid(lines: Sequence[_Line], rows: Sequence[_Line]) -> Grid | None:
    """The table whose numbers stand on ``rows`` of the ``lines``; None for none."""
    most = max(len(row.values) for row in rows)
    if sum(len(row.values) >= _COLUMNS for row in rows) < _ROWS and most < _WIDE:
        return None
    columns = _columns([w for row in rows for w in row.values])
    if len(columns) < _COLUMNS:
        return None
    first, last = lines.index(rows[0]), lines.index(rows[-1])
    labels = _labels(lines, first, last, columns[0][0])
    heads, top = _heads(lines, first, columns, min((p.top for p in labels), default=1e9))
    bottom = max([p.bottom for p in labels] + [w["bottom"] for w in rows[-1].words])
    top = min([top] + [p.top for p in labels] + [w["top"] for w in rows[0].words])
    return Grid(top - 0.5, bottom + 0.5, [*heads, *_rows(rows, labels, columns)])


def _columns(values: Sequence[Word]) -> list[tuple[float, float]]:
    """From where to where numbers stand over each other."""
    columns: list[tuple[float, float]] = []
    for word in sorted(values, key=lambda w: w["x0"]):
        if columns and word["x0"] < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], word["x1"])
        else:
            columns.append((word["x0"], word["x1"]))
    return columns


def _pieces(words: Sequence[Word]) -> Iterator[_Piece]:
    """The texts of a line, told apart by the space between them."""
    held: _Piece | None = None
    for word in words:
        if held is not None and word["x0"] - held.x1 < _SPACE * _high(word):
            held.text += word["text"]
            held.x1 = word["x1"]
            continue
        if held is not None:
            yield held
        held = _Piece(
            word["text"], word["x0"], word["x1"], word["top"], word["bottom"], _high(word)
        )
    if held is not None:
        yield held


def _labels(lines: Sequence[_Line], first: int, last: int, left: float) -> list[_Piece]:
    """The texts left of the columns; lines that belong together are one."""
    begin, end = first, last + 1
    while begin > 0 and _goes_on(lines[begin - 1], lines[begin], left):
        begin -= 1
    while end < len(lines) and _goes_on(lines[end], lines[end - 1], left):
        end += 1
    done: list[_Piece] = []
    for line in lines[begin:end]:
        for piece in _pieces([w for w in line.words if w["x1"] <= left]):
            label = _label(piece, done)
            if label is None:
                done.append(piece)
                continue
            label.text += piece.text
            label.x0, label.x1 = min(label.x0, piece.x0), max(label.x1, piece.x1)
            label.bottom = piece.bottom
    return [
        p
        for p in done
        if NUMBERED.match(p.text) or any(p.beside(line) for line in lines[first : last + 1])
    ]


def _label(piece: _Piece, before: Sequence[_Piece]) -> _Piece | None:
    """The label that a text goes on; None for a new one.

    The forms' labels tell, and where they do not, a number begins a label.
    """
    above = sorted(
        (
            p
            for p in before
            if 0 < piece.top - p.bottom + p.high < _LEAD * piece.high
            and p.shares(piece.x0, piece.x1) >= 0.5
        ),
        key=lambda p: (p.bottom, p.shares(piece.x0, piece.x1)),
        reverse=True,
    )
    told = next((p for p in above if begins(p.text + piece.text)), None)
    if told is not None or NUMBERED.match(piece.text) or begins(piece.text):
        return told
    return next((p for p in above if not known(p.text)), None)


def _goes_on(line: _Line, beside: _Line, left: float) -> bool:
    """Whether one of two lines that follow each other, outside of the rows, is a label's."""
    near = abs(line.middle - beside.middle) < _LEAD * _high(line.words[0])
    return near and not line.title and all(w["x1"] <= left for w in line.words)


def _rows(
    rows: Sequence[_Line], labels: Sequence[_Piece], columns: Sequence[tuple[float, float]]
) -> Iterator[list[str]]:
    """The rows with their labels, and the labels beside which no number stands."""
    own: dict[int, list[_Line]] = {id(p): [r for r in rows if p.beside(r)] for p in labels}
    left = sorted(labels, key=lambda p: (p.top, p.x0))
    for row in rows:
        lone = [p for p in labels if len(own[id(p)]) == 1 and own[id(p)][0] is row]
        label = max(lone, key=lambda p: p.x0, default=None)
        before = [p for p in left if p is not label and p.top <= row.middle and p not in lone]
        for piece in before:
            yield [piece.text, *_empty(piece, own, columns)]
        aside = [p.text for p in sorted(lone, key=lambda p: p.x0) if p is not label]
        left = [p for p in left if p not in before and p not in lone]
        cells = [
            " ".join(w["text"] for w in row.values if w["x0"] < x1 and w["x1"] > x0)
            for x0, x1 in columns
        ]
        yield [*aside, *([label.text] if label is not None else []), *cells]
    for piece in left:
        yield [piece.text, *_empty(piece, own, columns)]


def _empty(
    label: _Piece, own: dict[int, list[_Line]], columns: Sequence[tuple[float, float]]
) -> list[str]:
    """The cells of a row without a number: its label is whole, and no row beside it."""
    return [""] * len(columns) if known(label.text) and not own[id(label)] else []


def _heads(
    lines: Sequence[_Line], first: int, columns: Sequence[tuple[float, float]], labels: float
) -> tuple[list[list[str]], float]:
    """The heads over the columns, those of several lines put together, and where they begin.

    Where a column has none, which head is whose is not known: then they are one text, which
    tells of no order.
    """
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    bounds = [2 * columns[0][0] - middles[0], *middles, 1e9]
    over = [""] * len(columns)
    others: list[list[str]] = []
    top = lines[first].middle
    for line in reversed(lines[max(0, first - _HEADS) : first]):
        if line.middle >= labels and all(w["x1"] <= columns[0][0] for w in line.words):
            continue
        pieces = [*_pieces(line.words)]
        across = [p for p in pieces if p.x0 < bounds[0] and p.x1 > columns[1][0]]
        far = top - line.middle > 2 * _LEAD * _high(line.words[0])
        if across or far or line.values or line.title or any("。" in p.text for p in pieces):
            break
        wide = []
        for piece in pieces:
            place = _column(piece, columns, bounds)
            if place is None:
                wide.append(piece.text)
            else:
                over[place] = piece.text + over[place]
        if wide:
            others.insert(0, wide)
        top = min(w["top"] for w in line.words)
    said = "".join(over)
    return [*others, *([over] if all(over) else [[said]] if said else [])], top


def _column(
    piece: _Piece, columns: Sequence[tuple[float, float]], bounds: Sequence[float]
) -> int | None:
    """The column over which a head stands; None over several, or none."""
    found = [n for n, (x0, x1) in enumerate(columns) if piece.x0 < x1 and piece.x1 > x0]
    if not found:
        found = [
            n for n in range(len(columns)) if bounds[n] <= piece.x0 and piece.x1 <= bounds[n + 1]
        ]
    return found[0] if len(found) == 1 else None
