"""What a paragraph of a Word document shows: its runs with their styles, its fields' results.

Guards against wrong numbers: what is deleted, hidden, struck out, or is a note's raised mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...ooxml.runs import raised
from .look import Lifted, joined

_OFF = ("0", "false", "off", "none", "baseline")
_LOOKS = ("vanish", "strike", "dstrike", "vertAlign", "position")
_GONE = ("del", "moveFrom", "rt")
_BASED = 20  # styles one on the other

RunLook = Mapping[str, bool]


def name_of(element: Any) -> str:
    """The element's name without its namespace; ``""`` for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Any, name: str = "val") -> str:
    """An attribute, without its namespace; ``""`` where the element has none."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def children(element: Any, name: str) -> Any:
    """What the child of that name holds; nothing where there is none."""
    return next((child for child in element if name_of(child) == name), ())


def _look(properties: Any) -> RunLook:
    """What the properties of a run say, not what they said before a tracked change."""
    return {name_of(e): (value(e) or "on") not in _OFF for e in properties if name_of(e) in _LOOKS}


class Styles:
    """The styles of a document, by their ids: whether they hide, strike out, raise."""

    def __init__(self, sheet: Any = ()) -> None:
        self._styles = {value(style, "styleId"): style for style in sheet}

    def look(self, properties: Any, kind: str) -> RunLook:
        """What the style that ``properties`` name says, and those that it is based on.

        ``kind`` is ``rStyle`` for a run, ``pStyle`` for a paragraph.
        """
        key = next((value(e) for e in properties if name_of(e) == kind), "")
        chain: list[RunLook] = []
        while key in self._styles and key and len(chain) < _BASED:
            style = self._styles[key]
            chain.append(_look(children(style, "rPr")))
            key = next((value(e) for e in style if name_of(e) == "basedOn"), "")
        return {k: v for look in reversed(chain) for k, v in look.items()}


class Paragraphs:
    """Reads the paragraphs of a document that has these ``styles``."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._fields: list[bool] = []  # those that are open, of each whether its result has begun

    def read(self, paragraph: Any) -> tuple[str, list[Any]]:
        """What a paragraph shows, and the text boxes that are anchored in it, each once.

        Deleted, hidden and struck text is left out, inserted text is kept. Raised marks are of
        notes: they are no part of a number. Of a field the result is shown.
        """
        self._fields = []
        boxes: list[Any] = []
        look = self.styles.look(children(paragraph, "pPr"), "pStyle")
        return joined([*self._pieces(paragraph, look, boxes)]), boxes

    def _pieces(self, element: Any, look: RunLook, boxes: list[Any]) -> Iterator[str]:
        for child in element:
            name = name_of(child)
            if name == "t" and all(self._fields):
                yield from _text(child.text or "", look)
            elif name == "txbxContent":
                boxes.append(child)
            elif name == "AlternateContent":
                yield from self._alternative(child, look, boxes)
            elif name == "fldChar":
                self._mark(value(child, "fldCharType"))
            elif name in ("br", "cr", "tab") and name_of(element) == "r":
                yield " " if name == "tab" else "\n"
            elif name == "noBreakHyphen":
                yield "-"
            elif name not in _GONE:
                inner = look
                if name == "r":
                    own = children(child, "rPr")
                    inner = {**look, **self.styles.look(own, "rStyle"), **_look(own)}
                elif name in ("sup", "sub"):
                    inner = {**look, "vertAlign": True}
                elif name == "den":
                    yield "/"  # a fraction is no number of two digits
                yield from self._pieces(child, inner, boxes)

    def _alternative(self, both: Any, look: RunLook, boxes: list[Any]) -> Iterator[str]:
        """The newer form of a drawing; of the older one its text boxes where that has none."""
        before = len(boxes)
        for child in both:
            if name_of(child) == "Choice":
                yield from self._pieces(child, look, boxes)
        if len(boxes) == before:
            for _ in self._pieces(children(both, "Fallback"), look, boxes):
                pass

    def _mark(self, kind: str) -> None:
        """A field begins, shows its result from here on, or ends."""
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()


def _text(text: str, look: RunLook) -> list[str]:
    """A text as its run shows it."""
    if any(look.get(k) for k in ("vanish", "strike", "dstrike")):
        return []
    if look.get("vertAlign"):
        return [raised(text)]
    return [Lifted(text) if look.get("position") else text]
