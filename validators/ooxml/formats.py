"""Number formats of cells: which show a number as a date, or as another number, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .limits import Budget
from .stream import parse

# Numbers of the built-in formats that show a date or a time, the Chinese ones among them.
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT = {"9": "0%", "10": "0.00%"}  # the built-in formats that multiply
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_SAID = r'"[^"]*"?|[\\!_*].?'
_LITERAL = re.compile(_SAID + r"|\[[^\]]*\]?")
_UNTIMED = re.compile(_SAID + r"|\[(?![hms])[^\]]*\]?", re.DOTALL | re.IGNORECASE)  # not [h]
_PIECE = re.compile(r'"[^"]*"?|[\\!].?|.', re.DOTALL)
WHITE = "FFFFFF"
_INDEXED = {"1": WHITE, "9": WHITE, "65": WHITE, "0": "000000", "8": "000000", "64": "000000"}
_THEME = {"0": WHITE, "1": "000000"}
_LONGEST = 255  # characters that Excel takes; a longer code is looked at where it is shown
_WHITE_INK = re.compile(r"\[(?:white|白色|color ?2|颜色 ?2)\]", re.IGNORECASE)
_HEX = re.compile("[0-9A-F]{6}\\Z")
_NEAR = 24  # red, green and blue together
TINY = ("1", "2", "0")  # points of a font
_SCALED = re.compile(r"[0#?.],+(?![0#?,])")


@dataclass(frozen=True)
class Formats:
    """By the index of a cell's format: the dates, and the codes that may alter what is shown.

    ``struck`` are those whose text is struck through, ``faint`` those in the colour of their
    ground; ``hiding`` are the conditional formats, by their own index, under which nothing shows;
    ``years`` are dates that show their year alone. ``conditional`` are the codes of conditional
    formats that show a number as another, by the index that their rules name.
    """

    dated: frozenset[int] = frozenset()
    altering: Mapping[int, str] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()
    faint: frozenset[int] = frozenset()
    hiding: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()
    conditional: Mapping[str, str] = field(default_factory=dict)


def formats_of(data: bytes, budget: Budget) -> Formats:
    """The formats in the part of the styles."""
    reader = _Styles()
    parse([data], budget, reader.start)
    codes, styles = reader.codes, reader.styles
    dates = {str(n) for n in _DATES} - set(codes)
    odd: dict[str, str] = {}
    used = {s.get("numFmtId", "0") for s in styles}
    for number, code in (_PERCENT | codes).items():
        if number in used:
            budget.tick()  # a code may be long, and there may be many
            if shows_date(code):
                dates.add(number)
            elif _is_odd(code):
                odd[number] = code
    numbers = [s.get("numFmtId", "0") for s in styles]
    fonts = [s.get("fontId", "0") for s in styles]
    return Formats(
        frozenset(i for i, n in enumerate(numbers) if n in dates),
        {i: odd[n] for i, n in enumerate(numbers) if n in odd},
        struck=frozenset(i for i, n in enumerate(fonts) if n in reader.struck),
        faint=frozenset(i for i, s in enumerate(styles) if reader.is_faint(s)),
        hiding=frozenset(i for i, look in enumerate(reader.conditional) if look.hides),
        years=frozenset(
            i for i, n in enumerate(numbers) if n in dates and shows_year(codes.get(n, ""))
        ),
        conditional={str(i): look.code for i, look in enumerate(reader.conditional) if look.alters},
    )


@dataclass
class ShownLook:
    """What a conditional format makes of a cell: colours and a number format, where it has them."""

    ink: str = ""
    ground: str = WHITE
    code: str = ""

    @property
    def is_faint(self) -> bool:
        """Whether it is drawn in the colour of its ground."""
        return is_alike(self.ink, self.ground)

    @property
    def hides(self) -> bool:
        """Whether nothing of a number shows."""
        return self.is_faint or (";" in self.code and not _section(self.code, 1).strip())

    @property
    def alters(self) -> bool:
        """Whether a number shows as a date or as another number."""
        return not self.hides and (shows_date(self.code) or _is_odd(self.code))


class _Styles:
    """Takes expat's events of the styles' part."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.styles: list[dict[str, str]] = []
        self.struck: set[str] = set()
        self.inks: list[str] = []
        self.tiny: set[int] = set()
        self.grounds: list[str] = []
        self.conditional: list[ShownLook] = []
        self._part = self._child = ""
        self._solid = False

    def start(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        if depth == 2:
            self._part = local
        elif local == "numFmt" and depth == 3:
            self.codes[attrs.get("numFmtId", "")] = attrs.get("formatCode", "")[:1000]
        elif local == "xf" and depth == 3 and self._part == "cellXfs":
            self.styles.append(attrs)
        elif self._part == "fonts":
            self._font(depth, local, attrs)
        elif self._part == "fills":
            self._fill(depth, local, attrs)
        elif self._part == "dxfs":
            self._condition(depth, local, attrs)

    def _font(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        if depth == 3:
            self.inks.append("000000")
        elif local == "strike" and attrs.get("val") not in ("0", "false"):
            self.struck.add(str(len(self.inks) - 1))
        elif local == "color":
            self.inks[-1] = _colour(attrs)
        elif local == "sz" and attrs.get("val", "").partition(".")[0] in TINY:
            self.tiny.add(len(self.inks) - 1)

    def _fill(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        if depth == 3:
            self.grounds.append(WHITE)
        elif local == "patternFill":
            self._solid = attrs.get("patternType") == "solid"
        elif local == "fgColor" and self._solid:
            self.grounds[-1] = _colour(attrs)

    def _condition(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        if depth == 3:
            self.conditional.append(ShownLook())
        elif depth == 4:
            self._child = local
            if local == "numFmt":
                self.conditional[-1].code = attrs.get("formatCode", "")[:1000]
        elif local == "color" and self._child == "font":
            self.conditional[-1].ink = _colour(attrs)
        elif local in ("bgColor", "fgColor") and self._child == "fill":
            self.conditional[-1].ground = _colour(attrs)

    def is_faint(self, style: Mapping[str, str]) -> bool:
        """Whether the ink of a cell's format is the colour of its ground."""
        ink, ground = style.get("fontId", ""), style.get("fillId", "0")
        if not (ink.isdecimal() and int(ink) < len(self.inks)):
            return False
        known = ground.isdecimal() and int(ground) < len(self.grounds)
        drawn = self.inks[int(ink)], self.grounds[int(ground)] if known else WHITE
        return int(ink) in self.tiny or is_alike(*drawn)


def is_alike(ink: str, ground: str) -> bool:
    """Whether two colours cannot be told apart on a screen."""
    if ink == ground or not (_HEX.match(ink) and _HEX.match(ground)):
        return ink == ground
    pairs = zip(bytes.fromhex(ink), bytes.fromhex(ground), strict=True)
    return sum(abs(a - b) for a, b in pairs) <= _NEAR


def _colour(attrs: Mapping[str, str]) -> str:
    """A colour by what it comes to: the last six digits, or the theme's number and tint."""
    if "rgb" in attrs:
        return attrs["rgb"][-6:].upper()
    index, theme = attrs.get("indexed", ""), attrs.get("theme", "")
    plain = _INDEXED.get(index) if index else _THEME.get(theme)
    return plain if plain and not attrs.get("tint") else f"{index} {theme} {attrs.get('tint')}"


def formats_of_codes(codes: Mapping[int, str]) -> Formats:
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


def shows_year(code: str) -> bool:
    """Whether a format shows of a date nothing but its year.

    >>> [shows_year(c) for c in ('yyyy"年"', "yyyy", 'yyyy"年"m"月"', "0")]
    [True, True, False, False]
    """
    plain = _UNTIMED.sub("", code.split(";")[0]).lower()
    return "y" in plain and not any(c in plain for c in "mdhsa")


def _is_odd(code: str) -> bool:
    """Whether a number may be shown as another, or of money; one too long is looked at later."""
    return (
        len(code) > _LONGEST
        or "元" in code
        or any(alters(code, n) for n in (1.0, 20.0, -3.0, 5000.0, 1e7))
    )


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
    if (
        _WHITE_INK.search(section)
        or "%" in plain
        or _SCALED.search(plain)
        or not re.search("[0#?]", plain)
    ):
        return True
    return any(re.search("[0-9]", text) for text in _LITERAL.findall(section) if text[0] in '"\\!')


def _section(code: str, number: float) -> str:
    """The part of a format that holds for a number."""
    parts = _parts(code)
    conditions = [_CONDITION.search(p) for p in parts[:2]]
    if any(conditions):
        for part, condition in zip(parts, conditions, strict=False):
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
