"""The class of a unit as a formula: what ``Edition.class_of`` decides, live in the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from .edition import Edition
from .form import Rule

NO_CLASS = "-"  # a formula whose value is an empty text is a number to some programs
_MARK = "|"  # stands before a text for the same reason
UNKNOWN = "?"  # the name's pattern is none that a formula can look for
_MOST = 200  # endings of a pattern


def endings(pattern: str) -> tuple[str, ...] | None:
    """The texts that a pattern ``…$`` finds at the end of a name; None where they are no list.

    Known are letters, ``(one|other)`` and ``?``; ``(?!)``, which fits nothing, has no texts.

    >>> endings("(乡|镇)(政府)?$")
    ('乡政府', '乡', '镇政府', '镇')
    """
    if pattern == "(?!)":
        return ()
    found = _Endings(pattern.removesuffix("$")).all() if pattern.endswith("$") else None
    return found if found and all(found) and len(found) <= _MOST else None


class _Endings:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def all(self) -> tuple[str, ...] | None:
        """Every text of the whole pattern; None where it holds another sign."""
        try:
            found = self._either()
        except ValueError:
            return None
        return tuple(dict.fromkeys(found)) if self._at == len(self._pattern) else None

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _either(self) -> list[str]:
        found = self._row()
        while self._next() == "|":
            self._at += 1
            found += self._row()
        return found

    def _row(self) -> list[str]:
        found = [""]
        while (sign := self._next()) and sign not in "|)":
            self._at += 1
            if sign == "(":
                part = self._either()
                if self._next() != ")":
                    raise ValueError(self._pattern)
                self._at += 1
            elif sign.isalnum():
                part = [sign]
            else:
                raise ValueError(sign)
            if self._next() == "?":
                self._at += 1
                part = [*part, ""]
            found = [a + b for a, b in product(found, part)]
            if len(found) > _MOST:
                raise ValueError(self._pattern)
        return found


def trimmed(cell: str) -> str:
    """A formula of the cell's text as reading takes it: no blanks around it, ``|`` before it."""
    return f'"{_MARK}"&TRIM(SUBSTITUTE(CLEAN({cell}),"　"," "))'


def trimmed_value(text: str) -> str:
    """What the formula ``trimmed`` gives for ``text``."""
    return _MARK + text.strip()


def class_formula(edition: Edition, name: str, declared: str) -> str:
    """The id of the class, ``-`` for none; ``name`` and ``declared`` are cells of trimmed text."""
    by_name = f'"{NO_CLASS}"'
    for unit_class in reversed(edition.unit_classes):
        ends = endings(unit_class.name.pattern)
        if ends is None:
            by_name = f'"{UNKNOWN}"'
        elif ends:
            fits = ",".join(f"RIGHT({name},{len(e)})={_quoted(e)}" for e in ends)
            by_name = f'IF(OR({fits}),"{unit_class.id}",{by_name})'
    formula = f'IF({declared}<>"{_MARK}","{NO_CLASS}",{by_name})'
    for unit_class in reversed(edition.unit_classes):
        if unit_class.declared:
            is_declared = _one_of(declared, (_MARK + d for d in unit_class.declared))
            formula = f'IF({is_declared},"{unit_class.id}",{formula})'
    return formula


def is_class(cell: str, classes: Iterable[str]) -> str:
    """A condition: the class in ``cell`` is one of ``classes``, ``""`` standing for none."""
    return _one_of(cell, (c or NO_CLASS for c in classes))


def _one_of(cell: str, words: Iterable[str]) -> str:
    return f"OR({','.join(f'{cell}={_quoted(w)}' for w in words)})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def severities(edition: Edition, rule: Rule, table: str) -> dict[str, str]:
    """The severity of a live relation of ``table`` by class of unit, ``""`` for units of none."""
    classes = ["", *(c.id for c in edition.unit_classes)]
    return {c: rule.severity_for(c, table) for c in classes}
