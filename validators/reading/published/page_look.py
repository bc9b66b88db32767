"""How an element of a web page looks: whether it is seen, struck out, raised.

Guards against wrong numbers: a digit that nobody sees, or that is a note's, stands beside a number
in its cell. What tells is the tag, the style, and the plain classes of the page's style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...ooxml.runs import raised

_SILENT = {
    *("script", "style", "head", "template", "noscript", "svg", "object", "select", "textarea"),
    *("del", "s", "strike", "rt", "rp"),
}
_INLINE = {*("span", "font", "a", "em", "b", "strong", "i", "u", "small", "label", "big")}
_COMMENT = re.compile(r"<!--|-->|/\*[^*]*\*/")
_MEDIA = re.compile(r"@[^{}]{0,200}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_BRACE = re.compile(r"[{}]")
_CLASS = re.compile(r"[a-z0-9]*\.([\w-]+)\Z")
_NOTE = re.compile(r"(?:foot|end)note-?ref", re.IGNORECASE)
_ZERO = re.compile(r"[+-]?0*(?:\.0*)?(?:[a-z]+|%)?\Z")
_LENGTH = re.compile(r"[+-]?[0-9.]+(?:[a-z]+|%)?\Z")
_SIZE = re.compile(r"[+-]?[0-9.]+(?:px|pt|rem|cm|mm|in|pc)\Z")  # not of the text around it
_FAR = re.compile(r"-[0-9]{3,}(?:\.[0-9]+)?(?:px|pt|em|rem|cm)?\Z")

Style = Mapping[str, str]


class Lifted(str):
    """A text set above or below its line, if there is a line: alone in its cell it is none."""

    __slots__ = ()


def joined(pieces: Sequence[str]) -> str:
    """The pieces of a text; what is lifted beside others is a note's number, no digit."""
    alone = not any(p.strip() for p in pieces if not isinstance(p, Lifted))
    return "".join(raised(p) if isinstance(p, Lifted) and not alone else p for p in pieces)


def declared(text: str) -> Style:
    """The properties that a style declares, without case and ``!important``."""
    pairs = (one.partition(":") for one in text.lower().replace("!important", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


class PageLook:
    """The looks of the elements under a page's ``root``."""

    def __init__(self, root: Any) -> None:
        self.classes: dict[str, Style] = {}
        for sheet in root.iter("style"):
            if (sheet.get("media") or "all").strip().lower() in ("all", "screen"):
                rules = _BRACE.split(_MEDIA.sub("", _COMMENT.sub("", sheet.text or "")))
                for selectors, text in zip(rules[::2], rules[1::2], strict=False):
                    for selector in selectors.lower().split(","):
                        if name := _CLASS.match(selector.strip()):
                            style = {**self.classes.get(name[1], {}), **declared(text)}
                            self.classes[name[1]] = style

    def style(self, element: Any) -> Style:
        """What the element's classes and its own style declare."""
        own = element.get("style")
        names = (element.get("class") or "").lower().split() if self.classes else []
        style = {k: v for n in names for k, v in self.classes.get(n, {}).items()}
        return {**style, **declared(own)} if own else style

    def is_absent(self, element: Any) -> bool:
        """Whether the element takes no place: a script, something that is not displayed."""
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            return True
        return element.get("hidden") is not None or self.style(element).get("display") == "none"

    def is_gone(self, element: Any) -> bool:
        """Whether nothing in the element counts: absent, hidden, struck out, out of sight."""
        if self.is_absent(element):
            return True
        style = self.style(element)
        return (
            any("line-through" in v for k, v in style.items() if k.startswith("text-decoration"))
            or style.get("mso-hide") == "all"
            or style.get("visibility") in ("hidden", "collapse")
            or "msodel" in (element.get("class") or "").lower().split()
            or (element.tag in _INLINE and _is_out_of_sight(style))
        )

    def is_tiny(self, element: Any, around: bool) -> bool:
        """Whether the element's own text has no size; ``around``: whether the text around it."""
        size = self.style(element).get("font-size", "")
        return (bool(size) and _ZERO.match(size) is not None) or (around and not _SIZE.match(size))

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


def _is_out_of_sight(style: Style) -> bool:
    clear = "opacity" in style and _ZERO.match(style["opacity"])
    return bool(clear) or any(_FAR.match(style.get(k, "")) for k in ("left", "top", "text-indent"))
