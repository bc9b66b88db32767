"""The published report as a Word document ready to be sealed: A4, official fonts, page numbers."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from ...templates.errors import InputError
from .content import Content, Grid

_SONG, _HEI, _FANG = "宋体", "黑体", "仿宋"  # a system without them takes its own in their place
_BODY, _TITLE, _CELL = 16, 22, 9  # points: 三号, 二号, 小五
_MARGINS = (3.7, 3.5, 2.8, 2.6)  # cm: top, bottom, left, right (GB/T 9704)
_WIDTH = 21.0 - _MARGINS[2] - _MARGINS[3]


def document(content: Content) -> bytes:
    """The document's bytes, the same for the same report.

    Raises ``InputError`` where python-docx or matplotlib is missing.
    """
    try:
        import docx
        from docx.shared import Cm
    except ImportError as error:
        raise InputError(
            f'缺少 {error.name}，请先安装：pip install "gouji[published]"。',
            f'{error.name} is missing, install: pip install "gouji[published]".',
        ) from error
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(_MARGINS[0]), Cm(_MARGINS[1])
    section.left_margin, section.right_margin = Cm(_MARGINS[2]), Cm(_MARGINS[3])
    properties = made.core_properties
    properties.title, properties.author = content.title, content.unit
    properties.created = properties.modified = datetime(2021, 9, 26)
    properties.comments = "gouji publish"
    _page_number(section)
    _normal(made)
    _text(made, content.title, font=_SONG, size=_TITLE, bold=True, align="center", style="Title")
    _draft(made, content)
    for part in content.parts:
        _text(made, part.heading, font=_HEI, style="Heading 1")
        for text in part.paragraphs:
            _text(made, text, indent=True)
        if part.grid is not None:
            _table(made, part.grid)
    _pictures(made, content)
    _text(made, "")
    _text(made, content.unit, align="right")
    for text in content.signatures:
        _text(made, text, align="right", size=12)
    held = io.BytesIO()
    made.save(held)
    return _without_times(held.getvalue())


def _without_times(data: bytes) -> bytes:
    """The package without the moment at which each part was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), 8)
    return out.getvalue()


def _normal(made: Any) -> None:
    from docx.shared import Pt

    style = made.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(_BODY)
    _east_asian(style.element.get_or_add_rPr(), _FANG)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(28)
    language = style.element.get_or_add_rPr()
    _child(language, "w:lang", {"w:val": "en-US", "w:eastAsia": "zh-CN"})


def _child(parent: Any, tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(name), value)
    parent.append(made)
    return made


def _east_asian(properties: Any, font: str) -> None:
    from docx.oxml.ns import qn

    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _run(paragraph: Any, text: str, font: str, size: float, bold: bool, colour: str = "") -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.name = "Times New Roman"
    run.font.color.rgb = RGBColor.from_string(colour or "000000")
    _east_asian(run._element.get_or_add_rPr(), font)


def _text(
    made: Any, text: str, *, font: str = _FANG, size: float = _BODY, bold: bool = False,
    align: str = "", indent: bool = False, style: str = "Normal", colour: str = "",
) -> Any:  # fmt: skip
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = made.add_paragraph(style=style)
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    if style == "Title":
        shape.line_spacing, shape.space_after = Pt(36), Pt(16)
        _no_border(paragraph)
    if align:
        shape.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    if indent:
        shape.first_line_indent = Pt(2 * size)
    if style.startswith("Heading"):
        shape.first_line_indent, shape.space_before = Pt(2 * size), Pt(6)
    _run(paragraph, text, font, size, bold, colour)
    return paragraph


def _no_border(paragraph: Any) -> None:
    """Word's own title style draws a line below; the form has none."""
    borders = _child(paragraph._element.get_or_add_pPr(), "w:pBdr", {})
    _child(borders, "w:bottom", {"w:val": "nil"})


def _draft(made: Any, content: Content) -> None:
    if not content.faults:
        return
    told = f"草稿：还有{len(content.faults)}处错误没有改，不得发布。"
    _text(made, told, font=_HEI, bold=True, colour="A00000")
    for text in content.faults:
        _text(made, text, size=12, colour="A00000", indent=True)


def _table(made: Any, grid: Grid) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Cm, Pt

    table = made.add_table(grid.rows, grid.cols, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, _widths(grid), strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    for held in grid.cells:
        cell = table.cell(held.row, held.col)
        if (held.last_row, held.last_col) != (held.row, held.col):
            cell = cell.merge(table.cell(held.last_row, held.last_col))
        cell.vertical_alignment = VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(12)
        paragraph.alignment = ALIGN.LEFT if held.kind == "label" else ALIGN.CENTER
        _run(paragraph, held.text, _SONG, _CELL, held.kind in ("caption", "head"))
    heads = grid.head_rows if grid.label_cols else 0
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        _child(properties, "w:cantSplit", {})
        if number < heads:
            _child(properties, "w:tblHeader", {})


def _widths(grid: Grid) -> list[float]:
    """Centimetres of every column: narrow outer labels, one wide label, equal numbers."""
    numbers = grid.cols - grid.label_cols
    labels = {0: [], 1: [5.2], 2: [1.6, 4.4], 3: [1.3, 1.5, 4.6]}.get(
        grid.label_cols, [1.2] * (grid.label_cols - 1) + [3.4]
    )
    return [*labels, *[(_WIDTH - sum(labels)) / numbers] * numbers]


def _pictures(made: Any, content: Content) -> None:
    from docx.shared import Cm

    if not content.charts:
        return
    try:
        from .charts import drawn

        pictures = [(chart, drawn(chart, "png")) for chart in content.charts]
    except ImportError as error:
        raise InputError(
            f'缺少 {error.name}，请先安装：pip install "gouji[published]"。',
            f'{error.name} is missing, install: pip install "gouji[published]".',
        ) from error
    _text(made, "图解", font=_HEI, style="Heading 1")
    for chart, picture in pictures:
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.0
        paragraph.paragraph_format.keep_with_next = False
        shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=Cm(_WIDTH))
        shape._inline.docPr.set("descr", chart.told)
        shape._inline.docPr.set("title", chart.title)


def _page_number(section: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", _SONG, 14, False)
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "1"), ("end", "")):
        if kind == "shown":
            run.add_text(text)
        elif kind:
            _child(run._element, "w:fldChar", {"w:fldCharType": kind})
        else:
            _child(run._element, "w:instrText", {"xml:space": "preserve"}).text = text
    _run(paragraph, " —", _SONG, 14, False)
