"""How an element of a web page looks: whether it is there, is seen, is struck out, is raised.

What tells is its tag, its style, and the plain classes of the page's own style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...ooxml.runs import raised

_SILENT = {
    *("script", "style", "head", "template", "noscript", "svg", "object", "select", "textarea"),
    *("del", "s", "strike", "rt", "rp"),
}
_INLINE = {*("span", "font", "a", "em", "b", "strong", "i", "u", "small", "label", "big")}
_CLASS = re.compile(r"[a-z0-9]*\.([\w-]+)\Z")
_NOTE = re.compile(r"(?:foot|end)note-?ref", re.IGNORECASE)
_ZERO = re.compile(r"[+-]?0*(?:\.0*)?(?:[a-z]+|%)?\Z")
_LENGTH = re.compile(r"[+-]?[0-9.]+(?:[a-z]+|%)?\Z")
_FAR = re.compile(r"-[0-9]{3,}(?:\.[0-9]+)?(?:px|pt|em|rem|cm)?\Z")
_OF_PARENT = re.compile(r"(?:[0-9.]em|%)\Z")
_HIDDEN, _TINY = 1, 2
_SHOWN = {"visible": 0, "hidden": _HIDDEN, "collapse": _HIDDEN}
_MEDIA = ("", "all", "screen")
_TYPED = ("", "text", "number", "tel")
_TELLING = {
    *("display", "visibility", "opacity", "font-size", "text-decoration", "text-decoration-line"),
    *("text-indent", "vertical-align", "left", "top", "mso-hide", "mso-text-raise"),
}

Style = Mapping[str, str]


class Lifted(str):
    """A text set above or below its line, if there is a line: alone in its cell it is none."""

    __slots__ = ()


def joined(pieces: Sequence[str]) -> str:
    """The pieces of a text; what is lifted beside others is a note's number, no digit."""
    alone = not any(p.strip() for p in pieces if not isinstance(p, Lifted))
    return "".join(raised(p) if isinstance(p, Lifted) and not alone else p for p in pieces)


@lru_cache(maxsize=4096)
def declared(text: str) -> Style:
    """What a style declares of the properties that tell, without case and ``!important``."""
    found: dict[str, str] = {}
    for declaration in text.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon and (name := name.strip()) in _TELLING:
            found[name] = value.replace("!important", "").strip()
    return found


class Look:
    """The looks of a page's elements."""

    def __init__(self, root: Any) -> None:
        self.classes: dict[str, Style] = {}
        self._known: dict[str, Style] = {}  # by the text that names an element's classes
        for sheet in root.iter("style"):
            if (sheet.get("media") or "").strip().lower() in _MEDIA:
                self._sheet(sheet.text or "")

    def _sheet(self, text: str) -> None:
        """Keeps what a style sheet says of plain classes, whatever the medium."""
        depth, selector, said = 0, "", ""
        for piece in re.split(r"([{}])", text):
            if piece == "{":
                depth, selector = depth + 1, said if depth == 0 else selector
            elif piece == "}":
                if depth == 1:
                    self._rule(selector, said)
                depth = max(0, depth - 1)
            said = piece if piece not in ("{", "}") else ""

    def _rule(self, selector: str, said: str) -> None:
        style = declared(said)
        for one in selector.rpartition("*/")[2].rpartition("-->")[2].split(","):
            name = _CLASS.match(one.strip().lower().removeprefix("<!--").strip())
            if name:
                self.classes[name[1]] = {**self.classes.get(name[1], {}), **style}

    def style(self, element: Any) -> Style:
        """What the element's classes and its own style declare."""
        own = declared(element.get("style") or "")
        named = element.get("class") if self.classes else None
        known = self._of_classes(named) if named else {}
        return {**known, **own} if known else own

    def _of_classes(self, named: str) -> Style:
        """What the classes of an element declare, looked up once for the same classes."""
        if named not in self._known:
            held = [self.classes[n] for n in named.lower().split() if n in self.classes]
            self._known[named] = {k: v for one in held for k, v in one.items()}
        return self._known[named]

    def absent(self, element: Any) -> bool:
        """Whether the element takes no place: a script, something that is not displayed."""
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            return True
        return element.get("hidden") is not None or self.style(element).get("display") == "none"

    def gone(self, element: Any) -> bool:
        """Whether nothing in the element counts: it is absent, struck out or moved out of sight."""
        if self.absent(element):
            return True
        style = self.style(element)
        struck = any(
            k.startswith("text-decoration") and "line-through" in v for k, v in style.items()
        )
        inline = element.tag in _INLINE
        return (
            struck
            or style.get("mso-hide") == "all"
            or "msodel" in (element.get("class") or "").lower().split()
            or (inline and "opacity" in style and bool(_ZERO.match(style["opacity"])))
            or (
                inline and any(_FAR.match(style.get(k, "")) for k in ("left", "top", "text-indent"))
            )
        )

    def unseen(self, element: Any, around: int) -> int:
        """What keeps the element's own text from being seen: 0 for nothing.

        Its visibility or its size; ``around`` is what keeps the text around it.
        """
        style = self.style(element)
        shown = style.get("visibility", "")
        if shown in _SHOWN:
            around = (around & ~_HIDDEN) | _SHOWN[shown]
        size = style.get("font-size", "")
        if _ZERO.match(size) and size:
            return around | _TINY
        return around & ~_TINY if _LENGTH.match(size) and not _OF_PARENT.search(size) else around

    def set_off(self, element: Any, pieces: Sequence[str]) -> Sequence[str]:
        """The texts of an element, raised where it is a note's mark, lifted where it may be."""
        if element.tag in ("sup", "sub"):
            return [raised(p) for p in pieces]
        if element.tag not in _INLINE:
            return pieces
        style = self.style(element)
        align = style.get("vertical-align", "")
        if align in ("super", "sub") or _NOTE.search(element.get("class") or ""):
            return [raised(p) for p in pieces]
        moved = align in ("text-top", "text-bottom") or any(
            _LENGTH.match(v) and not _ZERO.match(v)
            for v in (align, style.get("mso-text-raise", ""))
        )
        return [Lifted(p) for p in pieces] if moved else pieces


def typed(element: Any) -> str | None:
    """What a field of a form shows in a cell; None for an element that is no such field."""
    if element.tag == "input":
        kind = (element.get("type") or "").lower()
        return str(element.get("value") or "") if kind in _TYPED else ""
    if element.tag == "textarea":
        return str(element.text_content())
    if element.tag == "select":
        options = [*element.iter("option")]
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        return str(chosen[-1].text_content()) if chosen else ""
    return None
