"""A page or document that shows no table of the form: whether its file holds one elsewhere."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ....templates.errors import InputError
from ....templates.forms import ANY
from ..spelling import normal
from .tokens import Line

_FRAME = re.compile(r"<i?frame\b", re.IGNORECASE)
_TELLING = 4  # characters of a label that no other text has


def shows_a_table(shown: Sequence[Line]) -> bool:
    """Whether a label of the form's tables stands in what a page shows."""
    known = {normal(label) for label in _labels()}
    return any(t.label in known for line in shown for t in line.tokens)


def in_a_page(path: Path) -> InputError | None:
    """The sentence for a page that shows no table but has its words in what it does not show.

    That is in its scripts, in fields, as markup that is shown as text, or in another page.
    """
    from .web_page import pages_of

    name, text = str(path), "\n".join(pages_of(path))
    if any(label in text for label in _spelt(_labels())):
        return InputError(
            f"网页 {name} 里没有能读的表：年报的字在脚本、编辑框、网页代码或者不显示的部分里。"
            "请用浏览器打开，等正文显示出来，全选、复制，粘贴成 .txt 再试。",
            f"The web page {name} has no table that can be read, the report's words stand in "
            "scripts, in a field, in markup or in what is not shown: open it in a browser, copy "
            "all that it shows and paste it into a .txt.",
        )
    if _FRAME.search(text):
        return InputError(
            f"网页 {name} 只是一个框架，正文在框架里的另一个网页上。"
            "请在浏览器里单独打开正文那一页再另存，或者全选、复制正文，粘贴成 .txt 再试。",
            f"The web page {name} is a frame around another page that holds the text: save that "
            "page, or copy its text and paste it into a .txt.",
        )
    return None


def in_a_document(path: Path) -> InputError | None:
    """The sentence for a Word document whose tables are in a document within it, or pictures."""
    from .word import BODY

    try:
        with zipfile.ZipFile(path) as archive:
            body = archive.read(BODY)
    except (zipfile.BadZipFile, KeyError, OSError):  # a page under a document's name
        return None
    if b"altChunk" in body:
        return InputError(
            f"{path} 的正文是嵌在里面的另一份文件，还没有并进来，读不到。"
            "请用 Word 打开，另存为 .docx 再试。",
            f"The text of {path} is another file that was put into it and is not yet part of it: "
            "open it in Word and save it as .docx.",
        )
    if b":blip " in body or b":imagedata " in body:
        return InputError(
            f"{path} 里没有能读的表，有图片：表像是贴成了图片，读不到数。"
            "请换成用表格做的年报，或者把数填进空白模板。",
            f"{path} holds no table that can be read but pictures, which its tables may be: give "
            "the report with tables, or fill its numbers into a blank template.",
        )
    return None


@lru_cache(maxsize=1)
def _labels() -> tuple[str, ...]:
    """Labels of the forms' rows and columns that tell a table."""
    axes = [
        a for e in ANY.candidates for t in e.tables for b in t.blocks for a in (*b.rows, *b.columns)
    ]
    return tuple(dict.fromkeys(a.label for a in axes if len(a.label) >= _TELLING))


def _spelt(labels: Iterable[str]) -> Iterable[str]:
    """The labels, and as a script may write them."""
    for label in labels:
        yield from (label, json.dumps(label)[1:-1])
