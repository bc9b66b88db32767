"""Workbooks of the kinds that clerks send, each with something that must not be lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        fill(book)
    return buffer.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with each part passed through ``change``; None drops it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for info in old.infolist():
            part = change(info.filename, old.read(info))
            if part is not None:
                new.writestr(info.filename, part)
    return out.getvalue()


def parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(i.filename, package.read(i)) for i in package.infolist()]


def _plain(book: Any) -> None:
    sheet = book.add_worksheet("数据")
    for row in range(12):
        sheet.write_row(row, 0, [row, f"文字{row}", row * 1.5])


def _comments(book: Any) -> None:
    sheet = book.add_worksheet("批注")
    sheet.write_comment("A1", "我自己的批注", {"author": "张三"})
    sheet.write_comment("C3", "另一条", {"author": "李四"})
    sheet.insert_button("F8", {"caption": "按钮"})
    sheet.write("J9", 11)


def _formats(book: Any) -> None:
    sheet = book.add_worksheet("条件格式")
    red = book.add_format({"bg_color": "#FF0000"})
    for row in range(12):
        sheet.write_number(row, 9, row)
    sheet.conditional_format("J1:J12", {"type": "cell", "criteria": ">", "value": 5, "format": red})
    sheet.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("J9", {"validate": "integer", "criteria": ">=", "value": 0})
    sheet.write_url("A3", "internal:条件格式!A1")
    sheet.merge_range("B2:D4", "合并")
    sheet.autofilter("A1:J12")
    sheet.protect("secret")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=条件格式!$J$1:$J$12"})
    sheet.insert_chart("L2", chart)
    sheet.set_header("&C页眉")


def _names(book: Any) -> None:
    for name in ("It's 表", "a b!c", "校验结果", "校验结果(勾稽)"):
        book.add_worksheet(name).write("A1", name)
    sheet = book.add_chartsheet("图")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "='a b!c'!$A$1:$A$2"})
    sheet.set_chart(chart)
    book.add_worksheet("最后").activate()
    book.define_name("最后!本地", "=最后!$A$1")


def _strict(data: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    return changed(data, change)


def _prefixed(data: bytes) -> bytes:
    """As some Java and .NET writers do: every element as x:element."""

    def change(name: str, part: bytes) -> bytes:
        if not re.match(r"xl/(workbook|styles|worksheets/sheet\d+)\.xml$", name):
            return part
        text = part.decode()
        text = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", text)
        return text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"').encode()

    return changed(data, change)


def _without_styles(data: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return None
        if name == "[Content_Types].xml":
            return re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*/>', b"", part)
        if name == "xl/_rels/workbook.xml.rels":
            return re.sub(rb'<Relationship [^>]*styles.xml"/>', b"", part)
        return part

    return changed(data, change)


def _macro(data: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )

    out = io.BytesIO(changed(data, change))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 a macro nobody may touch" * 9)
    return out.getvalue()


def _utf16(data: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        return part.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    return changed(data, change)


def _inline(data: bytes) -> bytes:
    """Strings inline, no shared strings, cells without r attributes, empty dxfs."""

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/styles.xml":
            return part.replace(b'<dxfs count="0"/>', b"<dxfs></dxfs>")
        if name == "xl/worksheets/sheet1.xml":
            text = re.sub(
                r' t="s"><v>(\d+)</v>', r' t="inlineStr"><is><t>s\1</t></is>', part.decode()
            )
            return text.encode()
        return part

    return changed(data, change)


SAMPLES: dict[str, Callable[[], bytes]] = {
    "plain": lambda: workbook(_plain),
    "notes, button": lambda: workbook(_comments),
    "formats, chart, protection": lambda: workbook(_formats),
    "odd sheet names, chart sheet": lambda: workbook(_names),
    "strict": lambda: _strict(workbook(_formats)),
    "prefixed": lambda: _prefixed(workbook(_plain)),
    "without styles": lambda: _without_styles(workbook(_plain)),
    "macro": lambda: _macro(workbook(_comments)),
    "utf-16": lambda: _utf16(workbook(_plain)),
    "inline strings": lambda: _inline(workbook(_plain)),
}
