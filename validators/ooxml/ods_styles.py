"""The styles of an OpenDocument sheet: number formats as Excel's codes, texts raised or struck."""

from __future__ import annotations

from dataclasses import dataclass, field

from .formats import Formats, formats_of_codes

FREE = 3  # where the indexes of formats begin: 1 is a date, 2 a percentage
_KINDS = ("number", "currency", "percentage", "date", "time", "text", "boolean")
_TEXTS = ("text", "currency-symbol", "embedded-text")
_PLAIN = ([">0", "<0", "=0"], [">0", "<0"], [">=0"])  # conditions that a code need not say
_LONGEST = 400  # characters of a format's code that are kept
_DEEP = 20  # styles that are made from one another


@dataclass
class _Format:
    code: str = ""
    maps: list[tuple[str, str]] = field(default_factory=list)  # a condition, and whose code holds


class OdsStyles:
    """Takes the elements of ``styles.xml``, then of ``content.xml``, that stand before the sheets.

    ``runs`` are the text styles that are raised or struck through.
    """

    def __init__(self) -> None:
        self.runs: dict[str, str] = {}
        self._formats: dict[str, _Format] = {}
        self._of: dict[str, tuple[str, str]] = {}  # a cell's style: its format, its parent
        self._indexes: dict[str, int] = {}  # a format's code: the index of the cells that have it
        self._known: dict[str, int] = {}
        self._style = ""
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
            self._style = attrs.get("name", "")
            default = local == "default-style" and attrs.get("family") == "table-cell"
            if attrs.get("family") == "table-cell":
                parent = "" if default else attrs.get("parent-style-name", "Default")
                parent = "" if parent == self._style else parent
                self._of[self._style] = attrs.get("data-style-name", ""), parent
                # by this name a conditional format calls it
                self._of.setdefault(attrs.get("display-name", ""), self._of[self._style])
        elif local == "text-properties":
            self._of_text(attrs)

    def _of_format(self, local: str, attrs: dict[str, str]) -> None:
        current = self._format
        assert current is not None
        if local == "map":
            condition = attrs.get("condition", "").replace(" ", "").removeprefix("value()")
            current.maps.append((condition.replace("!=", "<>"), attrs.get("apply-style-name", "")))
        elif len(current.code) > _LONGEST:
            return
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
        """The index of a cell's number format, by its style and the kind of its value."""
        found = self._known.get(style)
        if found is None:
            code = self._code(style)
            found = self._indexes.setdefault(code, FREE + len(self._indexes)) if code else 0
            self._known[style] = found
        return found or 2 * (kind == "percentage")

    def formats(self) -> Formats:
        """The formats of the indexes that were handed out."""
        looks = formats_of_codes({index: code for code, index in self._indexes.items()})
        return Formats(looks.dated | {1}, {**looks.altering, 2: "0%"})

    def code_of(self, style: str) -> str:
        """The number format of a style; nothing where it shows numbers as they are."""
        code = self._code(style)
        looks = formats_of_codes({0: code}) if code else Formats()
        return code if looks.altering or looks.dated else ""

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
