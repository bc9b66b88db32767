"""Number formats of cells: which show a number as a date, or as another number, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .budget import Budget
from .stream import parse

# Numbers of the built-in formats that show a date or a time, the Chinese ones among them.
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT = {"9": "0%", "10": "0.00%"}  # the built-in formats that multiply
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_SAID = r'"[^"]*"?|[\\!_*].?'
_LITERAL = re.compile(_SAID + r"|\[[^\]]*\]?")
_UNTIMED = re.compile(_SAID + r"|\[(?![hms])[^\]]*\]?", re.DOTALL | re.IGNORECASE)  # not [h]
_PIECE = re.compile(r'"[^"]*"?|[\\!].?|.', re.DOTALL)
_LONGEST = 255  # characters that Excel takes; a longer code is looked at where it is shown
_SCALED = re.compile(r"[0#?.],+(?![0#?,])")


@dataclass(frozen=True)
class Formats:
    """By the index of a cell's format: the dates, and the codes that may alter what is shown.

    ``conditional`` are such codes of conditional formats, by the index that their rules name.
    """

    dated: frozenset[int] = frozenset()
    altering: Mapping[int, str] = field(default_factory=dict)
    conditional: Mapping[str, str] = field(default_factory=dict)


def formats_of(data: bytes, budget: Budget) -> Formats:
    """The formats in the part of the styles."""
    codes: dict[str, str] = {}
    styles: list[str] = []
    conditional: dict[str, str] = {}
    inside = False
    count = -1

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        nonlocal inside, count
        if depth == 2:
            inside, dxfs = local == "cellXfs", local == "dxfs"
            count = -1 if dxfs else count
        elif local == "dxf" and depth == 3:
            count += 1
        elif local == "numFmt" and depth == 4 and (code := attrs.get("formatCode", "")[:1000]):
            if shows_date(code) or _is_odd(code):
                conditional[str(count)] = code
        elif local == "numFmt" and depth == 3:
            codes[attrs.get("numFmtId", "")] = attrs.get("formatCode", "")[:1000]
        elif local == "xf" and depth == 3 and inside:
            styles.append(attrs.get("numFmtId", "0"))

    parse([data], budget, start)
    dates = {str(n) for n in _DATES} - set(codes)
    odd: dict[str, str] = {}
    used = set(styles)
    for number, code in (_PERCENT | codes).items():
        if number in used:
            budget.tick()  # a code may be long, and there may be many
            if shows_date(code):
                dates.add(number)
            elif _is_odd(code):
                odd[number] = code
    return Formats(
        frozenset(i for i, n in enumerate(styles) if n in dates),
        {i: odd[n] for i, n in enumerate(styles) if n in odd},
        conditional,
    )


def told(codes: Mapping[int, str]) -> Formats:
    """The formats that are told by their codes, each with the index of the cells that have it."""
    dates = frozenset(i for i, code in codes.items() if shows_date(code))
    return Formats(dates, {i: c for i, c in codes.items() if i not in dates and _is_odd(c)})


def shows_date(code: str) -> bool:
    """Whether a format code shows a number as a date or a time.

    >>> [shows_date(c) for c in ('yyyy"年"m"月"', "[h]:mm", '0.00"元"', "#,##0;[Red]-0", "General")]
    [True, True, False, False, False]
    """
    plain = _UNTIMED.sub("", code.split(";")[0]).lower()
    bare = plain.replace("general", "").replace("s.0", "s").replace("s00", "s")
    named = "aaa" in bare or any(c in bare for c in "ymdhse")
    return named and not any(c in bare for c in "0#?")


def _is_odd(code: str) -> bool:
    """Whether some number may be shown as another; a code too long to say is looked at later."""
    return len(code) > _LONGEST or any(alters(code, n) for n in (1.0, 20.0, -3.0, 5000.0, 1e7))


@lru_cache(maxsize=1024)
def alters(code: str, number: float) -> bool:
    """Whether a format shows something else than the number: a percentage, thousands, nothing.

    >>> [alters(c, 18) for c in ("0%", "0,", ";;;", '"8"', '0"0"', '[>9]"多";0', '0!.0,"万"')]
    [True, True, True, True, True, True, True]
    >>> [alters(c, 18) for c in ("0", "#,##0", "General", "@", '0"件"', "0_ ;[Red]-0", "0;;")]
    [False, False, False, False, False, False, False]
    """
    if not number:
        return False  # 0 may be shown as a dash or left out
    section = _section(code, number)
    plain = _LITERAL.sub("", section).lower()
    if "general" in plain or "通用格式" in plain or plain.strip() == "@" or not section.strip():
        return not section.strip() and ";" in code
    if "%" in plain or _SCALED.search(plain) or not re.search("[0#?]", plain):
        return True
    return any(re.search("[0-9]", said) for said in _LITERAL.findall(section) if said[0] in '"\\!')


def _section(code: str, number: float) -> str:
    """The part of a format that holds for a number."""
    parts = _parts(code)
    told = [_CONDITION.search(p) for p in parts[:2]]
    if any(told):
        for part, condition in zip(parts, told, strict=False):
            if condition is None or _holds(condition[1], number, float(condition[2])):
                return str(part)
        return str(parts[min(len(parts) - 1, 2)])
    if number < 0 and len(parts) > 1:
        return str(parts[1])
    return str(parts[0])


@lru_cache(maxsize=1024)
def _parts(code: str) -> tuple[str, ...]:
    """A format cut at each ``;`` that is not said or escaped."""
    parts = [""]
    for piece in _PIECE.findall(code):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(parts)


def _holds(sign: str, number: float, limit: float) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[sign]
