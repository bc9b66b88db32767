"""The styles of an OpenDocument sheet: number formats as Excel's codes, texts raised or struck."""

from __future__ import annotations

from dataclasses import dataclass, field

from .formats import TINY, WHITE, Formats, ShownLook, formats_of_codes
from .unseen import SLIT

FREE = 2  # where the indexes of formats begin: 1 is a date
_KINDS = ("number", "currency", "percentage", "date", "time", "text", "boolean")
_TEXTS = ("text", "currency-symbol", "embedded-text")
_PLAIN = ([">0", "<0", "=0"], [">0", "<0"], [">=0"])  # conditions that a code need not say
_LONGEST = 400  # characters of a format's code that are kept
_DEEP = 20  # styles that are made from one another
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "pc": 12.0, "px": 0.75}
_MAPS = 50  # conditions of one style


@dataclass
class _Format:
    code: str = ""
    maps: list[tuple[str, str]] = field(default_factory=list)  # a condition, and whose code holds


class OdsStyles:
    """Takes the elements of ``styles.xml``, then of ``content.xml``, that stand before the sheets.

    ``runs`` are the text styles that are raised or struck through, ``slits`` the rows and columns
    in which nothing can be read; ``maps`` are the conditions of a cell's style: what holds, the
    style that it then has, the cell of which it is said.
    """

    def __init__(self) -> None:
        self.runs: dict[str, str] = {}
        self.slits: set[str] = set()
        self.maps: dict[str, list[tuple[str, str, str]]] = {}
        self._drawn: dict[str, dict[str, str]] = {}  # a cell's style: ink, ground, size
        self._formats: dict[str, _Format] = {}
        self._of: dict[str, tuple[str, str]] = {}  # a cell's style: its format, its parent
        self._indexes: dict[tuple[str, bool], int] = {}  # code, faint: the index of such cells
        self._known: dict[tuple[str, bool], int] = {}
        self._style = self._family = ""
        self._format: _Format | None = None
        self._percent = False
        self._said: list[str] | None = None

    def start(self, local: str, attrs: dict[str, str]) -> None:
        """An element begins; ``attrs`` by their local names."""
        kind, _, rest = local.rpartition("-")
        if rest == "style" and kind in _KINDS:
            self._format, self._percent = _Format(), kind == "percentage"
            self._formats[attrs.get("name", "")] = self._format
        elif self._format is not None:
            self._of_format(local, attrs)
        elif local in ("style", "default-style"):
            self._style, self._family = attrs.get("name", ""), attrs.get("family", "")
            if self._family == "table-cell":
                parent = (
                    "" if local == "default-style" else attrs.get("parent-style-name", "Default")
                )
                parent = "" if parent == self._style else parent
                self._of[self._style] = attrs.get("data-style-name", ""), parent
                # by this name a conditional format calls it
                if "display-name" in attrs:
                    self._of.setdefault(attrs["display-name"], ("", self._style))
        elif self._family == "table-cell" and local.endswith("-properties"):
            self._of_cell(local, attrs)
        elif local == "map" and self._family == "table-cell":
            maps = self.maps.setdefault(self._style, [])
            if len(maps) < _MAPS:
                names = ("condition", "apply-style-name", "base-cell-address")
                maps.append(tuple(attrs.get(n, "") for n in names))  # type: ignore[arg-type]
        elif local in ("table-row-properties", "table-column-properties"):
            size = _points(attrs.get("row-height", attrs.get("column-width", "")))
            if size is not None and size < SLIT:
                self.slits.add(self._style)
        elif local == "text-properties":
            self._of_text(attrs)

    def _of_cell(self, local: str, attrs: dict[str, str]) -> None:
        drawn = self._drawn.setdefault(self._style, {})
        if local == "table-cell-properties":
            here = {"ground": attrs.get("background-color")}
        elif local == "text-properties":
            legible = attrs.get("use-window-font-color") == "true"  # whatever the ground is
            here = {
                "ink": "" if legible else attrs.get("color"),
                "size": attrs.get("font-size"),
            }
        else:
            return
        drawn.update({what: how for what, how in here.items() if how is not None})

    def _of_format(self, local: str, attrs: dict[str, str]) -> None:
        current = self._format
        assert current is not None
        if local == "map":
            condition = attrs.get("condition", "").replace(" ", "").removeprefix("value()")
            current.maps.append((condition.replace("!=", "<>"), attrs.get("apply-style-name", "")))
        elif len(current.code) > _LONGEST:
            return
        elif local == "text-properties":
            if _colour(attrs.get("color", "")) == WHITE:
                current.code = "[White]" + current.code
        elif local == "number":
            current.code += _number(attrs)
        elif local in _TEXTS:
            self._said = []
        else:
            current.code += _CODES.get(local, "")

    def _of_text(self, attrs: dict[str, str]) -> None:
        moved = (attrs.get("text-position", "").split() or ["0%"])[0]
        line = attrs.get("text-line-through-type", "none")  # alone where it is a plain line
        if attrs.get("text-line-through-style", line) != "none":
            self.runs[self._style] = "struck"
        elif moved in ("super", "sub") or moved.rstrip("%").lstrip("-") not in ("", "0"):
            self.runs[self._style] = "raised"

    def text(self, content: str) -> None:
        """Characters that a format adds to the number."""
        if self._said is not None and len(self._said) < _LONGEST:
            self._said.append(content[:_LONGEST])

    def end(self, local: str) -> None:
        """An element ends."""
        if local.endswith("-style") and local.removesuffix("-style") in _KINDS:
            self._format = None
        elif self._said is not None and self._format is not None and local in _TEXTS:
            self._format.code += _quoted("".join(self._said), self._percent)
            self._said = None

    def index(self, style: str, kind: str) -> int:
        """The index of a cell's look, by its style and the kind of its value."""
        percent = kind == "percentage"
        found = self._known.get((style, percent))
        if found is None:
            code = self._code(style) or ("0%" if percent else "")
            look, size = self._look(style, code), self._declared(style, "size")
            points = _points(size)
            faint = look.is_faint or (points is not None and str(int(points)) in TINY)
            at = FREE + len(self._indexes)
            found = self._indexes.setdefault((code, faint), at) if code or faint else 0
            self._known[style, percent] = found
        return found

    def formats(self) -> Formats:
        """The formats of the indexes that were handed out."""
        looks = formats_of_codes({index: code for (code, _), index in self._indexes.items()})
        faint = frozenset(index for (_, faint), index in self._indexes.items() if faint)
        return Formats(looks.dated | {1}, looks.altering, faint=faint)

    def code_of(self, style: str) -> str:
        """The number format of a style; nothing where it shows numbers as they are, or not."""
        code = self._code(style)
        return code if code and self._look(style, code).alters else ""

    def hides(self, style: str) -> bool:
        """Whether nothing of a number shows in a style that a condition gives."""
        return self._look(style, self._code(style)).hides

    def _look(self, style: str, code: str) -> ShownLook:
        ink, ground = self._declared(style, "ink"), self._declared(style, "ground")
        return ShownLook(_colour(ink), _colour(ground) or WHITE, code)

    def _declared(self, style: str, what: str) -> str:
        """What a style says of itself, or the nearest that it is made from."""
        for _ in range(_DEEP):
            found = self._drawn.get(style, {}).get(what)
            if found is not None or style not in self._of:
                return found or ""
            style = self._of[style][1]
        return ""

    def _code(self, style: str) -> str:
        for _ in range(_DEEP):
            data, parent = self._of.get(style, ("", ""))
            if data or style not in self._of:
                return self._whole(data)
            style = parent
        return ""

    def _whole(self, name: str) -> str:
        declared = self._formats.get(name)
        if declared is None:
            return ""
        known = [(c, self._formats.get(other, _Format()).code) for c, other in declared.maps[:3]]
        plain = [c for c, _ in known] in _PLAIN
        parts = [code if plain else f"[{c}]{code}" for c, code in known]
        return ";".join([*parts, declared.code])


_CODES = {
    "scientific-number": "0.00E+00",
    "fraction": "# ?/?",
    "text-content": "@",
    "year": "yyyy",
    "month": "m",
    "day": "d",
    "day-of-week": "ddd",
    "hours": "h",
    "minutes": "mm",
    "seconds": "ss",
    "era": "e",
    "quarter": "m",
    "week-of-year": "m",
}


def _points(length: str) -> float | None:
    """A length in points; None for what is none."""
    try:
        return float(length[:-2]) * _POINTS[length[-2:]]
    except (KeyError, ValueError):
        return None


def _colour(text: str) -> str:
    """``#ffffff`` as the six digits of it; nothing for what is no colour."""
    return text[1:].upper() if len(text) == 7 and text[0] == "#" else ""


def _number(attrs: dict[str, str]) -> str:
    """``#,##0.00,``: digits, places, and a comma for each thousand that it is divided by."""
    factor = attrs.get("display-factor", "1")
    scaled = "," * ((len(factor) - 1) // 3) if factor.strip("0") == "1" else ""
    if not scaled and "decimal-places" not in attrs:
        return "General"
    least = attrs.get("min-integer-digits", "1")
    digits = "#" if least == "0" else "#,##0" if attrs.get("grouping") == "true" else "0"
    places = attrs.get("decimal-places", "0")
    shown = "." + "0" * min(int(places), 9) if places.isdecimal() and int(places[:3]) else ""
    return digits + shown + scaled


def _quoted(text: str, percent: bool) -> str:
    """A text as a code says it; the sign of a percentage multiplies the number."""
    pieces = text.replace('"', "").split("%") if percent else [text.replace('"', "")]
    return "%".join(f'"{piece}"' if piece else "" for piece in pieces)
