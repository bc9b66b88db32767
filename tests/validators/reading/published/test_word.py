"""One report as Word documents come: boxes, tracked changes, fields: read, and no number wrong."""

from __future__ import annotations

import copy
import io
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
import docx.enum.style
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from gouji.templates.edition import load
from gouji.validators.reading.published import document_lines, word_document
from gouji.validators.reading.published.published_report import report_of

from ....builders import consistent
from ....published_documents import document

Change = Callable[[Any, random.Random], None]
_COUNTED = re.compile(r"^(（[一二三四五六七八九十]）|[一二三四五六七八九十\d]+[、.])")
_MORE = (
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_BOX = "<v:shape><v:textbox><w:txbxContent/></v:textbox></v:shape>"
_OLD = f"<w:pict>{_BOX}</w:pict>"
_NEW = (
    "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent/>"
    f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback>{_OLD}</mc:Fallback></mc:AlternateContent>"
)


def w(tag: str, *held: Any, **attributes: Any) -> Any:
    element = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    element.extend(held)
    return element


def text(output: str, tag: str = "t") -> Any:
    element = w(tag)
    element.text = output
    return w("r", element)


def is_number(output: str) -> bool:
    return re.fullmatch(r"-?[\d.]+", output) is not None


def cells(made: Any) -> list[Any]:
    found = {}
    for table in made.tables:
        for row in table.rows:
            found.update({id(cell._tc): cell for cell in row.cells})
    return [*found.values()]


def numbers(made: Any) -> Iterator[Any]:
    yield from (c for c in cells(made) if is_number(c.text))


def counted_by_word(made: Any, _: random.Random) -> None:
    """The numbers of labels are Word's own, in no text."""
    for cell in cells(made):
        found = _COUNTED.match(cell.text)
        if found and not is_number(cell.text):
            paragraph = cell.paragraphs[0]
            paragraph.runs[0].text = cell.text[found.end() :]
            mark = w("numPr", w("ilvl", val=0), w("numId", val=1))
            paragraph._p.get_or_add_pPr().append(mark)


def in_boxes(drawing: str) -> Change:
    def change(made: Any, _: random.Random) -> None:
        for table in list(made.tables):
            anchor = parse_xml(f"<w:p {nsdecls('w')} {_MORE}><w:r>{drawing}</w:r></w:p>")
            table._tbl.addprevious(anchor)
            for box in anchor.iter(qn("w:txbxContent")):
                box.extend([copy.deepcopy(table._tbl), w("p")])
            table._tbl.getparent().remove(table._tbl)

    return change


def tracked(made: Any, rng: random.Random) -> None:
    for cell in numbers(made):
        run = cell.paragraphs[0].runs[0]._r
        before = (
            w("del", text(str(rng.randint(1, 99)), "delText"), id=1, author="a"),
            w("moveFrom", text("7"), id=2, author="a"),
        )
        for element in before:
            run.addprevious(element)
        kept = w("ins", id=3, author="a")
        run.addprevious(kept)
        kept.append(run)


def with_a_deleted_row(made: Any, _: random.Random) -> None:
    for table in made.tables:
        last = table.rows[-1]._tr
        deleted = copy.deepcopy(last)
        deleted.insert(0, w("trPr", w("del", id=4, author="a")))
        for held in deleted.iter(qn("w:t")):
            if is_number(held.text or ""):
                held.text = f"{float(held.text) + 3:g}"
        last.addprevious(deleted)


def with_a_deleted_cell(made: Any, _: random.Random) -> None:
    for table in made.tables:
        last = table.rows[-1]._tr.tc_lst[-1]
        deleted = copy.deepcopy(last)
        deleted.get_or_add_tcPr().append(w("cellDel", id=5, author="a"))
        last.addprevious(deleted)


def nested(made: Any, _: random.Random) -> None:
    for table in list(made.tables):
        inner = table._tbl
        outer = made.add_table(1, 1)._tbl
        inner.addprevious(outer)
        outer.tr_lst[0].tc_lst[0].insert(1, inner)


def rotated(made: Any, _: random.Random) -> None:
    for cell in cells(made):
        if not is_number(cell.text) and len(cell.text) < 9:
            cell._tc.get_or_add_tcPr().append(w("textDirection", val="tbRlV"))


def a_character_a_line(made: Any, _: random.Random) -> None:
    for cell in cells(made):
        output = cell.text
        if output and not is_number(output) and len(output) < 9:
            cell.paragraphs[0].runs[0].text = output[0]
            for character in output[1:]:
                cell.add_paragraph(character)


def in_two(heads: int) -> Change:
    def change(made: Any, rng: random.Random) -> None:
        for table in list(made.tables):
            rows = len(table.rows)
            if rows > 11:
                at = rng.randrange(6, rows - 2)
                second = copy.deepcopy(table._tbl)
                for row in table._tbl.tr_lst[at:]:
                    table._tbl.remove(row)
                for row in second.tr_lst[heads:at]:
                    second.remove(row)
                table._tbl.addnext(second)
                table._tbl.addnext(w("p", text("第2页")))

    return change


def wrapped(part: Callable[[Any], Any]) -> Change:
    """Numbers, their cells or their rows as controls that hold content."""

    def change(made: Any, _: random.Random) -> None:
        for element in {id(e): e for e in map(part, list(numbers(made)))}.values():
            content = w("sdtContent")
            element.addprevious(w("sdt", content))
            content.append(element)

    return change


def added(output: str, **font: bool) -> Change:
    def change(made: Any, _: random.Random) -> None:
        for cell in numbers(made):
            run = cell.paragraphs[0].add_run(output)
            for key, value in font.items():
                setattr(run.font, key, value)

    return change


def computed(made: Any, _: random.Random) -> None:
    for cell in numbers(made):
        paragraph, output = cell.paragraphs[0], cell.text
        paragraph.runs[0].text = ""
        for kind in ("begin", "instr", "separate", "shown", "end"):
            if kind in ("instr", "shown"):
                held = text(output) if kind == "shown" else text(" =SUM(LEFT) ", "instrText")
            else:
                held = w("r", w("fldChar", fldCharType=kind))
            paragraph._p.append(held)


def digits_apart(made: Any, _: random.Random) -> None:
    for cell in numbers(made):
        output = cell.text
        cell.paragraphs[0].runs[0].text = f"\t{output[0]}"
        for digit in output[1:]:
            cell.paragraphs[0].add_run(digit)
        cell.add_paragraph("")


def without_spans(made: Any, _: random.Random) -> None:
    """Merged cells as cells of their own, the others empty."""
    for table in made.tables:
        for mark in list(table._tbl.iter(qn("w:vMerge"))):
            mark.getparent().remove(mark)
        for cell in list(table._tbl.iter(qn("w:tc"))):
            span = next(cell.iter(qn("w:gridSpan")), None)
            if span is not None:
                span.getparent().remove(span)
                for _more in range(int(span.get(qn("w:val"))) - 1):
                    cell.addnext(w("tc", w("p")))


def styled(based: bool, on: str, **font: bool) -> Change:
    """A digit after every number, in a style that says how it looks."""

    def change(made: Any, _: random.Random) -> None:
        style = made.styles.add_style("note", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
        for key, value in font.items():
            setattr(style.font, key, value)
        used = style
        if based:
            used = made.styles.add_style("mine", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
            used.base_style = style
        for cell in numbers(made):
            cell.paragraphs[0].add_run(on, style=used)

    return change


def in_a_hidden_style(made: Any, _: random.Random) -> None:
    style = made.styles.add_style("gone", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    for cell in numbers(made):
        cell.add_paragraph("8", style=style)


def lifted(made: Any, _: random.Random) -> None:
    for cell in numbers(made):
        run = cell.paragraphs[0].add_run("1")
        run._r.get_or_add_rPr().append(w("position", val=6))


def all_lifted(made: Any, _: random.Random) -> None:
    for cell in numbers(made):
        cell.paragraphs[0].runs[0]._r.get_or_add_rPr().append(w("position", val=6))


def no_longer(*properties: Any) -> Change:
    """The numbers' runs and cells were otherwise before a change that was tracked."""

    def change(made: Any, _: random.Random) -> None:
        for cell in numbers(made):
            for run in cell.paragraphs[0].runs:
                before = w("rPr", *copy.deepcopy(properties))
                run._r.get_or_add_rPr().append(w("rPrChange", before, id=1, author="a"))
            before = w("tcPr", w("vMerge"))
            cell._tc.get_or_add_tcPr().append(w("tcPrChange", before, id=1, author="a"))

    return change


def a_field_in_a_field(made: Any, _: random.Random) -> None:
    """{ IF { MERGEFIELD x → 8 } = 1 "8" → the number }."""
    for cell in numbers(made):
        paragraph, output = cell.paragraphs[0], cell.text
        paragraph.runs[0].text = ""
        for piece in (
            "begin",
            " IF ",
            "begin",
            " MERGEFIELD x ",
            "separate",
            "",
            "end",
            " = 1 ",
            "separate",
            output,
            "end",
        ):
            if piece in ("begin", "separate", "end"):
                paragraph._p.append(w("r", w("fldChar", fldCharType=piece)))
            else:
                paragraph._p.append(text(piece or "8", "instrText" if piece[:1] == " " else "t"))


def in_mathematics(over: str) -> Change:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"

    def change(made: Any, _: random.Random) -> None:
        for cell in numbers(made):
            output = cell.text
            cell.paragraphs[0].runs[0].text = ""
            note = f"<m:sup><m:r><m:t>{over}</m:t></m:r></m:sup>" if over else ""
            cell.paragraphs[0]._p.append(
                parse_xml(
                    f'<m:oMath xmlns:m="{space}"><m:sSup><m:e><m:r><m:t>{output}</m:t>'
                    f"</m:r></m:e>{note}</m:sSup></m:oMath>"
                )
            )

    return change


def boxed(drawing: str, note: str) -> Change:
    """The numbers stand in boxes in their cells; with a ``note``, that does, beside them."""

    def change(made: Any, _: random.Random) -> None:
        for cell in numbers(made):
            output = cell.text
            anchor = parse_xml(f"<w:p {nsdecls('w')} {_MORE}><w:r>{drawing}</w:r></w:p>")
            for box in anchor.iter(qn("w:txbxContent")):
                box.append(w("p", text(note or output)))
            if not note:
                cell.paragraphs[0].runs[0].text = ""
            cell.paragraphs[0]._p.append(anchor[0])

    return change


def with_a_hidden_row(made: Any, _: random.Random) -> None:
    for table in made.tables:
        last = table.rows[-1]._tr
        hidden = copy.deepcopy(last)
        hidden.insert(0, w("trPr", w("hidden")))
        for held in hidden.iter(qn("w:t")):
            held.text = "8" if is_number(held.text or "") else held.text
        last.addprevious(hidden)


def merged_of_old(made: Any, _: random.Random) -> None:
    """Cells merged as old documents have it; what the covered ones hold is not shown."""
    for table in made.tables:
        for cell in list(table._tbl.iter(qn("w:tc"))):
            span = next(cell.iter(qn("w:gridSpan")), None)
            if span is not None:
                span.getparent().remove(span)
                cell.get_or_add_tcPr().append(w("hMerge", val="restart"))
                for _more in range(int(span.get(qn("w:val"))) - 1):
                    cell.addnext(w("tc", w("tcPr", w("hMerge")), w("p", text("8"))))


def with_readings(made: Any, _: random.Random) -> None:
    for cell in cells(made):
        output = cell.text
        if output and not is_number(output):
            cell.paragraphs[0].runs[0].text = ""
            for character in output:
                ruby = w("ruby", w("rt", text("yin")), w("rubyBase", text(character)))
                cell.paragraphs[0]._p.append(w("r", ruby))


CHANGES: dict[str, Change] = {
    "labels counted by Word": counted_by_word,
    "in text boxes": in_boxes(_OLD),
    "in text boxes of two forms": in_boxes(_NEW),
    "changes tracked": tracked,
    "a row deleted": with_a_deleted_row,
    "a cell deleted": with_a_deleted_cell,
    "a table in a table": nested,
    "rotated": rotated,
    "a character a line": a_character_a_line,
    "in two tables": in_two(0),
    "in two tables with heads": in_two(3),
    "controls in cells": wrapped(lambda c: c.paragraphs[0].runs[0]._r),
    "cells in controls": wrapped(lambda c: c._tc),
    "rows in controls": wrapped(lambda c: c._tc.getparent()),
    "hidden text": added("7", hidden=True),
    "struck out": added("8", strike=True),
    "struck out twice": added("8", double_strike=True),
    "raised": added("1", superscript=True),
    "hidden by a style": styled(False, "8", hidden=True),
    "struck out by a style": styled(False, "8", strike=True),
    "raised by a style": styled(False, "1", superscript=True),
    "raised by a style of a style": styled(True, "1", superscript=True),
    "a paragraph hidden by its style": in_a_hidden_style,
    "lifted": lifted,
    "all lifted": all_lifted,
    "no longer struck out": no_longer(w("strike")),
    "no longer raised": no_longer(w("vertAlign", val="superscript"), w("vanish")),
    "a field in a field": a_field_in_a_field,
    "mathematics": in_mathematics(""),
    "a mathematical exponent": in_mathematics("2"),
    "in boxes in cells": boxed(_OLD, ""),
    "in boxes of two forms in cells": boxed(_NEW, ""),
    "beside boxes": boxed(_NEW, "盖章"),
    "a row hidden": with_a_hidden_row,
    "merged as of old": merged_of_old,
    "with readings": with_readings,
    "computed": computed,
    "digits apart": digits_apart,
    "without spans": without_spans,
}


# The share of the numbers that is read, if not all: one with a raised digit is told, not guessed.
LEAST = {
    "labels counted by Word": 0.92,
    "raised": 0,
    "raised by a style": 0,
    "raised by a style of a style": 0,
    "lifted": 0,
    "a mathematical exponent": 0,
}


@cache
def plain(edition_id: str) -> tuple[dict[str, float], bytes]:
    """The numbers of a report, and its document before anything is changed."""
    form = load(edition_id)
    values = consistent(form, random.Random(edition_id))
    return values, document(form, values, "某县", form.from_year + 1)


@pytest.mark.slow  # all of them together
@pytest.mark.parametrize("edition_id", ["2019", "2021"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_document_is_read_whole_and_no_number_wrong(name: str, edition_id: str) -> None:
    values, data = plain(edition_id)
    made = docx.Document(io.BytesIO(data))
    CHANGES[name](made, random.Random(f"{name} {edition_id}"))
    held = io.BytesIO()
    made.save(held)
    kind, parts = word_document.read_parts(held.getvalue(), 100_000)
    assert kind == "ok"
    report = report_of(document_lines.lines(parts), Path("a.docx"))
    read = {k: v.number for k, v in report.values.items() if v.number is not None}
    assert read.items() <= values.items()
    assert len(read) >= LEAST.get(name, 1) * len(values)
