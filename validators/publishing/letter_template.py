"""A Word document with ``{…}`` in it, filled: nothing else of it is touched, wherever they stand.

The texts of a paragraph are taken as one, whatever runs, links and boxes they are cut into; what
stands for a placeholder goes where it began.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from ...templates.errors import InputError, extra
from ..ooxml.document import check_document, damaged
from ..ooxml.limits import MB, Limits
from ..ooxml.spans import legal

_PLACE = re.compile(r"\{([^{}\n]{1,12})\}")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST = 2 * MB  # of the parts that hold text, unpacked: a letter has some thousand characters
_WHOLE = 16 * MB  # of all parts: a letterhead may have a picture
_TAGS = 50_000  # of the parts that are filled: all templates are held at once
_ROOTS = {"document": "document", "header": "hdr", "footer": "ftr"}
_PART = re.compile(r"word/([^/]+)\.xml")


class LetterTemplate:
    """One template; raises ``InputError`` for what is no sound document of a letter's size."""

    def __init__(self, data: bytes, name: str) -> None:
        with extra("published"):
            import docx
        check_document(data, name, Limits())
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = [i for i in archive.infolist() if _PART.fullmatch(i.filename)]
            size = sum(i.file_size for i in archive.infolist())
            if sum(i.file_size for i in texts) > _MOST or size > _WHOLE:
                raise _too_large(name)
            try:
                self._parts = {i: archive.read(i) for i in archive.infolist()}
                document = docx.Document(io.BytesIO(data))
                self._texts = dict(_texts(document.part, self._parts))
                held = (data for i, data in self._parts.items() if i.filename in self._texts)
                if sum(data.count(b"<") for data in held) > _TAGS:
                    raise _too_large(name)
            except InputError:
                raise
            except Exception as error:  # neither library has one kind of error for a broken file
                raise damaged(name) from error

    def filled(self, values: Mapping[str, str]) -> bytes:
        """The document with every ``{…}`` that ``values`` names replaced."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info, data in self._parts.items():
                text = self._texts.get(info.filename)
                part = text.filled(values) if text else data
                new.writestr(zipfile.ZipInfo(info.filename), part, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def _too_large(name: str) -> InputError:
    return InputError(
        f"文书模板 {name} 解开以后大得不像一份文书，没有用。请只留文书的正文再试。",
        f"The template {name} unpacks to far more than a letter: keep only its text.",
    )


def _texts(main: Any, parts: Mapping[zipfile.ZipInfo, bytes]) -> Iterator[tuple[str, _Text]]:
    """The parts that hold text by name, each of the kind that its relationship says."""
    by_name = {info.filename: data for info, data in parts.items()}
    inside = (r for r in main.rels.values() if not r.is_external)
    named = [("document", main)]
    named += [(r.reltype.rpartition("/")[2], r.target_part) for r in inside]
    for kind, part in named:
        if kind in _ROOTS:
            name = str(part.partname).lstrip("/")
            root = _tree(by_name[name])
            if root.tag != _WORD + _ROOTS[kind]:
                raise ValueError(kind)
            yield name, _Text(root)


def _tree(data: bytes) -> Any:
    """The root of a part; ``ValueError`` for a DOCTYPE."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise ValueError("DOCTYPE")
    return root


_OF_TEXT = {_WORD + tag for tag in ("t", "tab", "br", "cr")}


class _Text:
    """A part that holds text, and the nodes of its paragraphs in which a placeholder stands."""

    def __init__(self, root: Any) -> None:
        from lxml import etree

        self._root = root
        pieces: dict[Any, list[Any]] = {}
        paragraphs: list[Any] = []
        for event, node in etree.iterwalk(root, events=("start", "end")):
            if node.tag == _WORD + "p":
                if event == "start":
                    paragraphs.append(node)
                else:
                    paragraphs.pop()
            elif event == "start" and paragraphs and node.tag in _OF_TEXT:
                pieces.setdefault(paragraphs[-1], []).append(node)
        texts = (
            [(n, n.text or "" if n.tag == _WORD + "t" else "\n") for n in p]
            for p in pieces.values()
        )
        self._places = [p for p in texts if _PLACE.search("".join(text for _, text in p))]

    def filled(self, values: Mapping[str, str]) -> bytes:
        """The part with its placeholders replaced; it is as it was afterwards."""
        from lxml import etree

        for place in self._places:
            _replace(place, values)
        xml: bytes = etree.tostring(
            self._root, xml_declaration=True, encoding="UTF-8", standalone=True
        )
        for node, text in (pair for place in self._places for pair in place):
            if node.tag == _WORD + "t":
                node.text = text
        return xml


def _replace(place: list[tuple[Any, str]], values: Mapping[str, str]) -> None:
    whole = "".join(text for _, text in place)
    found = [m for m in _PLACE.finditer(whole) if m[1] in values]
    if not found:
        return
    at = first = 0
    for node, text in place:
        end = at + len(text)
        while first < len(found) and found[first].end() <= at:
            first += 1
        kept, here, number = [], at, first
        while number < len(found) and found[number].start() < end:
            match = found[number]
            if match.start() >= at:
                kept += [whole[here : match.start()], legal(values[match[1]])]
            here = min(end, match.end())
            number += 1
        if number > first:
            node.text = "".join([*kept, whole[here:end]])
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        at = end
