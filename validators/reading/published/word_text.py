"""What a paragraph of a Word document shows: its runs with their styles, its fields' results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...ooxml.runs import raised
from .look import Lifted, joined

_OFF = ("0", "false", "off", "none", "baseline")
_TOLD = ("vanish", "strike", "dstrike", "vertAlign", "position")
_GONE = ("del", "moveFrom", "Fallback", "txbxContent", "rt")
_BASED = 20  # styles one on the other

Look = Mapping[str, bool]


def name_of(element: Any) -> str:
    """The element's name without its namespace; ``""`` for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def above(element: Any, name: str, within: Any = None) -> Any:
    """The nearest element of that name around this one, ``within`` another; None for none."""
    for around in element.iterancestors():
        if around is within:
            return None
        if name_of(around) == name:
            return around
    return None


def value(element: Any) -> str | None:
    """The ``val`` of a property; None where it has none."""
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "val"), None)


def _look(properties: Any) -> Look:
    """What the properties of a run say, not what they said before a tracked change."""
    return {name_of(e): (value(e) or "on") not in _OFF for e in properties if name_of(e) in _TOLD}


def _held(element: Any, name: str) -> Any:
    """The child of that name, or nothing to go through."""
    return next((e for e in element if name_of(e) == name), ())


class Styles:
    """The styles of a document, by their ids: whether they hide, strike out, raise."""

    def __init__(self, sheet: Any = ()) -> None:
        self._own: dict[str, Look] = {}
        self._base: dict[str, str] = {}
        for style in sheet:
            key = next((v for k, v in style.attrib.items() if k.endswith("}styleId")), "")
            if name_of(style) == "style" and key:
                self._own[key] = _look(_held(style, "rPr"))
                based = (value(e) for e in style if name_of(e) == "basedOn")
                self._base[key] = next(based, None) or ""

    def look(self, key: str | None) -> Look:
        """What the style says, and those that it is based on."""
        chain: list[str] = []
        while key and key in self._own and len(chain) < _BASED:
            chain.append(key)
            key = self._base[key]
        return {k: v for one in reversed(chain) for k, v in self._own[one].items()}

    def of_run(self, run: Any, around: Look) -> Look:
        """How a run looks in a paragraph whose style looks so."""
        properties = _held(run, "rPr")
        style = next((value(e) for e in properties if name_of(e) == "rStyle"), None)
        return {**around, **self.look(style), **_look(properties)}

    def of_paragraph(self, paragraph: Any) -> Look:
        """How a paragraph's style looks."""
        held = _held(paragraph, "pPr")
        return self.look(next((value(e) for e in held if name_of(e) == "pStyle"), None))


def paragraph(element: Any, styles: Styles | None = None) -> str:
    """What a paragraph shows: deleted, hidden and struck text left out, inserted text kept.

    Raised marks are of notes: they are no part of a number. Of a field the result is shown.
    """
    styles = styles or Styles()
    around = styles.of_paragraph(element)
    said: list[str] = []
    fields = _Fields()
    run: Any = None
    look = around
    for child in element.iter():
        name = name_of(child)
        if name == "fldChar":
            fields.mark(child)
        elif name == "t" and fields.shown and not _unseen(child, element):
            if child.getparent() is not run:
                run = child.getparent()
                look = styles.of_run(run, around)
            said += _text(child, look)
        elif name in ("br", "tab", "cr") and name_of(child.getparent()) == "r":
            said.append("\n" if name != "tab" else " ")
        elif name in ("noBreakHyphen", "den"):
            said.append("-" if name != "den" else "/")  # a fraction is no number of two digits
    return joined(said)


class _Fields:
    """The fields that are open in a paragraph."""

    def __init__(self) -> None:
        self._begun: list[bool] = []  # of each whether its result has begun
        self._waiting = 0

    @property
    def shown(self) -> bool:
        """Whether a text here is a field's result, or in no field."""
        return self._waiting == 0

    def mark(self, mark: Any) -> None:
        """A field begins, shows its result from here on, or ends."""
        kind = next((v for k, v in mark.attrib.items() if k.endswith("}fldCharType")), "")
        if kind == "begin":
            self._begun.append(False)
            self._waiting += 1
        elif self._begun and kind == "separate":
            self._waiting -= not self._begun[-1]
            self._begun[-1] = True
        elif self._begun and kind == "end":
            self._waiting -= not self._begun.pop()


def _text(text: Any, look: Look) -> list[str]:
    """A text as its run shows it."""
    said = text.text or ""
    if any(look.get(k) for k in ("vanish", "strike", "dstrike")):
        return []
    if look.get("vertAlign") or any(name_of(a) in ("sup", "sub") for a in text.iterancestors()):
        return [raised(said)]
    return [Lifted(said) if look.get("position") else said]


def _unseen(text: Any, paragraph: Any) -> bool:
    """Whether a text is deleted, another's reading, or in a box of its own."""
    for around in text.iterancestors():
        if around is paragraph:
            return False
        if name_of(around) in _GONE:
            return True
    return False
