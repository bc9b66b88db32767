"""Harmless rewritings of a workbook: what programs and clerks do to it without meaning to."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import unescape
from xml.sax.saxutils import escape

import openpyxl

from ..ooxml.samples import changed, parts

Rewrite = Callable[[bytes], bytes]
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml\Z")


def _sheets(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return changed(data, lambda name, part: change(part) if SHEET.match(name) else part)


def by_openpyxl(data: bytes) -> bytes:
    """Loaded and saved by openpyxl: stored values of formulas are lost."""
    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(out)
    return out.getvalue()


def sheets_renamed(data: bytes) -> bytes:
    """Every sheet called otherwise, in formulas and names too."""

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/workbook.xml" or SHEET.match(name):
            for old in ("封面", "表二", "表三", "表四", "正文"):
                part = part.replace(f"'{old}'!".encode(), f"'我的{old}'!".encode())
                part = part.replace(f'name="{old}"'.encode(), f'name="我的{old}"'.encode())
                part = part.replace(f">{old}!".encode(), f">'我的{old}'!".encode())
        return part

    return changed(data, change)


def rows_inserted(data: bytes) -> bytes:
    """Two rows above every table, as Excel inserts them: names and formulas go along."""
    named = {n: f"xl/worksheets/sheet{i}.xml" for i, n in enumerate(_names(data), 1)}
    tables = {named[n] for n in ("表二", "表三", "表四")}

    def moved(match: re.Match[bytes]) -> bytes:
        return match[1] + str(int(match[2]) + 2).encode() + match[3]

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/workbook.xml":
            return re.sub(rb"('?\xe8\xa1\xa8[^<!]*!\$[A-Z]+\$)(\d+)(<)", moved, part)
        if name not in tables:
            return part
        part = re.sub(rb'(<row r=")(\d+)(")', moved, part)
        part = re.sub(rb'(<c r="[A-Z]+)(\d+)(")', moved, part)
        part = re.sub(
            rb"(<f>)([^<]*)(</f>)",
            lambda m: (
                m[1]
                + re.sub(
                    rb"(?<![!$A-Z\d])([A-Z]{1,2})(\d+)(?![\d(])",
                    lambda c: c[1] + str(int(c[2]) + 2).encode(),
                    m[2],
                )
                + m[3]
            ),
            part,
        )
        merged = rb"<mergeCells.*</mergeCells>"
        return re.sub(
            merged,
            lambda m: re.sub(rb"([A-Z])(\d+)", lambda c: c[1] + str(int(c[2]) + 2).encode(), m[0]),
            part,
        )

    return changed(data, change)


def _names(data: bytes) -> list[str]:
    book = dict(parts(data))["xl/workbook.xml"].decode()
    return re.findall(r'<sheet name="([^"]*)"', book)


def names_lost(data: bytes) -> bytes:
    """Copied into a new workbook: no defined names."""
    return changed(
        data,
        lambda name, part: (
            re.sub(rb"<definedNames>.*</definedNames>", b"", part)
            if name == "xl/workbook.xml"
            else part
        ),
    )


def widths_changed(data: bytes) -> bytes:
    """Columns made wider."""
    return _sheets(data, lambda x: re.sub(rb'width="[\d.]+"', b'width="33.5"', x))


def formulas_as_values(data: bytes) -> bytes:
    """Pasted over itself as values."""
    return _sheets(data, lambda x: re.sub(rb"<f[^>]*>[^<]*</f>|<f[^>]*/>", b"", x))


def rows_hidden(data: bytes) -> bytes:
    """Some rows hidden."""
    return _sheets(data, lambda x: re.sub(rb'<row r="(9|12|20)"', rb'<row r="\1" hidden="1"', x))


def strings_inline(data: bytes) -> bytes:
    """Texts within the cells instead of among the shared strings."""
    shared = dict(parts(data))["xl/sharedStrings.xml"].decode()
    texts = [unescape(t) for t in re.findall(r"<si><t[^>]*>([^<]*)</t></si>", shared)]

    def inline(match: re.Match[bytes]) -> bytes:
        text = escape(texts[int(match[2])]).encode()
        return match[1] + b't="inlineStr"><is><t>' + text + b"</t></is></c>"

    return _sheets(
        data, lambda x: re.sub(rb'(<c r="[A-Z]+\d+"[^>]*? ?)t="s"><v>(\d+)</v></c>', inline, x)
    )


def without_addresses(data: bytes) -> bytes:
    """No cell says where it stands: rows and columns are told by counting."""

    def filled(match: re.Match[bytes]) -> bytes:
        row, cells, column = match[0], [], 1
        for cell in re.findall(rb"<c [^>]*/>|<c [^>]*>.*?</c>", row):
            letters = re.match(rb'<c r="([A-Z]+)', cell)
            assert letters
            at = 0
            for letter in letters[1]:
                at = at * 26 + letter - 64
            cells += [b"<c/>"] * (at - column) + [re.sub(rb' r="[A-Z]+\d+"', b"", cell)]
            column = at + 1
        head = re.match(rb"<row [^>]*>", row)
        assert head
        return head[0] + b"".join(cells) + b"</row>"

    return _sheets(data, lambda x: re.sub(rb"<row [^>]*[^/]>.*?</row>", filled, x, flags=re.S))


def with_prefixes(data: bytes) -> bytes:
    """Every element of a sheet with a prefix, attributes in single quotes."""

    def change(part: bytes) -> bytes:
        part = re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1x:", part)
        part = part.replace(b" xmlns=", b" xmlns:x=")
        return re.sub(rb' (r|s|t)="([A-Za-z0-9]*)"', rb" \1='\2'", part)

    return _sheets(data, change)


def stored_plainly(data: bytes) -> bytes:
    """Not compressed, entries in another order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name, part in reversed(parts(data)):
            new.writestr(name, part)
    return out.getvalue()


REWRITES: dict[str, Rewrite] = {
    f.__name__: f
    for f in (
        by_openpyxl,
        sheets_renamed,
        rows_inserted,
        names_lost,
        widths_changed,
        formulas_as_values,
        rows_hidden,
        strings_inline,
        without_addresses,
        with_prefixes,
        stored_plainly,
    )
}
