"""What a document holds in its order, texts and tables' rows, numbered as lines."""

from __future__ import annotations

from collections.abc import Iterable

from .decoding import simplified
from .tokens import TextLine, row, split

Part = tuple[str, str | list[str]]
"""Where it stands (``""``: by its line) and a text, or the cells of a table's row."""

_MOST = 200_000  # parts of a document


def lines(parts: Iterable[Part]) -> list[TextLine]:
    """The parts as lines. A cell that a row above reaches into is not one of a row's cells."""
    found: list[TextLine] = []
    for place, content in [*parts][:_MOST]:
        number = found[-1].number + 1 if found else 1
        if isinstance(content, str):
            found += split(simplified(content), number, place)
        else:
            found.append(row([simplified(c) for c in content], number, place))
    return found
