"""An official paper as a Word document: A4, the usual margins and fonts, page numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ...templates.errors import extra
from ..ooxml.spans import legal

SONG, HEI, FANG, XIAOBIAO = "宋体", "黑体", "仿宋", "方正小标宋简体"
# What a system without them takes in their place, as the document's table of fonts says.
_INSTEAD = {XIAOBIAO: "宋体", FANG: "仿宋_GB2312", HEI: "SimHei", SONG: "SimSun"}
BODY, TITLE, CELL = 16.0, 22.0, 9.0  # points: 三号, 二号, 小五
RED = "A00000"
_MARGINS = (3.7, 3.5, 2.8, 2.6)  # cm: top, bottom, left, right (GB/T 9704)
_PROPERTY = 255  # characters of a document's property
WIDTH = 21.0 - _MARGINS[2] - _MARGINS[3]  # cm between the margins


class Paper:
    """A document that is written from top to bottom; ``data`` are its bytes.

    ``size`` are the points of its text, ``margins`` the cm at top, bottom, left, right. Raises
    ``InputError`` where python-docx is missing.
    """

    def __init__(
        self,
        title: str,
        author: str = "",
        *,
        size: float = BODY,
        margins: tuple[float, float, float, float] = _MARGINS,
    ) -> None:
        with extra("published"):
            import docx
            from docx.shared import Cm
        self.size = size
        self.width: float = 21.0 - margins[2] - margins[3]
        self.document: Any = docx.Document()
        _without_effects(self.document.part)
        _name_fonts(self.document.part)
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(margins[0]), Cm(margins[1])
        section.left_margin, section.right_margin = Cm(margins[2]), Cm(margins[3])
        properties = self.document.core_properties
        properties.title, properties.author = legal(title)[:_PROPERTY], legal(author)[:_PROPERTY]
        properties.comments = "gouji"
        properties.created = properties.modified = datetime(2021, 9, 26)
        self._normal()
        self._page_number(section)

    def _normal(self) -> None:
        from docx.shared import Pt

        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(self.size)
        properties = style.element.get_or_add_rPr()
        _east_asian(properties, FANG)
        _child(properties, "w:lang", {"w:val": "en-US", "w:eastAsia": "zh-CN"})
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = Pt(self.size * 1.75)

    def title(self, *lines: str) -> None:
        """The paper's title, in the middle, broken only between its ``lines``."""
        text = "\n".join(lines)
        self.text(text, font=XIAOBIAO, size=TITLE, align="center", style="Title")

    def heading(self, text: str, *, new_page: bool = False) -> None:
        """The heading of a section, at the top of a ``new_page`` where that is asked for."""
        self.text(text, font=HEI, style="Heading 1")
        self.document.paragraphs[-1].paragraph_format.page_break_before = new_page

    def text(
        self,
        text: str,
        *,
        font: str = FANG,
        size: float = 0.0,
        bold: bool = False,
        align: str = "",
        indent: bool = False,
        style: str = "Normal",
        colour: str = "",
    ) -> None:
        """A paragraph in the ``font`` (a name), ``size`` in points (0: the paper's own).

        ``align`` is center or right, ``""`` for left; ``indent`` by two characters, as running
        text is; ``style`` is one of Word's, ``colour`` six hexadecimal digits.
        """
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        size = size or self.size
        paragraph = self.document.add_paragraph(style=style)
        if style == "Title":  # borders stand before the spacing
            borders = _child(paragraph._element.get_or_add_pPr(), "w:pBdr", {})
            _child(borders, "w:bottom", {"w:val": "nil"})  # Word's own style draws a line
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        if style == "Title":
            shape.line_spacing, shape.space_after = Pt(36), Pt(16)
        if align:
            shape.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        if indent or style.startswith("Heading"):
            shape.first_line_indent = Pt(2 * size)
        if style.startswith("Heading"):
            shape.space_before = Pt(6)
        _run(paragraph, text, font, size, bold=bold, colour=colour)

    def table(self, rows: int, widths: Sequence[float]) -> Any:
        """An empty table with columns of so many cm, to be filled by ``cell``."""
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Cm

        table = self.document.add_table(rows, len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
            _child(row._tr.get_or_add_trPr(), "w:cantSplit", {})
        _narrow_margins(table)
        return table

    def listed(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float = 10.5,
    ) -> None:
        """A table of texts under heads that are repeated on every page.

        ``widths`` are in cm, ``size`` in points.
        """
        table = self.table(len(rows) + 1, widths)
        repeat_heads(table, 1)
        for number, (row, texts) in enumerate(zip(table.rows, (heads, *rows), strict=True)):
            for cell, text in zip(row.cells, texts, strict=False):
                fill(cell, text, size=size, bold=not number, left=bool(number))

    def picture(self, png: bytes, title: str, words: str) -> None:
        """A picture over the whole width, ``words`` say it for who does not see it."""
        from docx.shared import Cm

        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.0
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Cm(self.width))
        shape._inline.docPr.set("descr", words)
        shape._inline.docPr.set("title", title)

    @property
    def data(self) -> bytes:
        """The document, without the moment at which it was written."""
        written = io.BytesIO()
        self.document.save(written)
        return without_times(written.getvalue())

    def _page_number(self, section: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, "— ", SONG, 14)
        run = paragraph.add_run()
        for kind in ("begin", "PAGE", "separate", "1", "end"):
            if kind == "1":
                run.add_text(kind)
            elif kind == "PAGE":
                _child(run._element, "w:instrText", {"xml:space": "preserve"}).text = kind
            else:
                _child(run._element, "w:fldChar", {"w:fldCharType": kind})
        _run(paragraph, " —", SONG, 14)


def without_times(data: bytes) -> bytes:
    """A package without the moment at which each of its parts was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), 8)
    return out.getvalue()


def fill(
    cell: Any, text: str, *, size: float = CELL, bold: bool = False, left: bool = False
) -> None:
    """Writes ``text`` into a ``cell`` of a table, in the middle, or at the ``left``.

    ``size`` is in points.
    """
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = Pt(size * 1.34)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, SONG, size, bold=bold)


def on_one_page(table: Any) -> None:
    """Keeps the rows of a table together; one that is longer than a page is broken all the same."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def repeat_heads(table: Any, count: int) -> None:
    """The first ``count`` rows stand on every page."""
    for row in table.rows[:count]:
        _child(row._tr.get_or_add_trPr(), "w:tblHeader", {})


def _narrow_margins(table: Any) -> None:
    """Room for five digits in a narrow column: Word's own margins take a third of it."""
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    margins = _child(properties, "w:tblCellMar", {})
    for side in ("left", "right"):
        _child(margins, f"w:{side}", {"w:w": "30", "w:type": "dxa"})
    look = properties.find(qn("w:tblLook"))
    if look is not None:  # the schema wants the margins before it
        look.addprevious(margins)


def _without_effects(part: Any) -> None:
    """Takes out the second set of styles that the empty document has: Word compares the two."""
    for key, rel in list(part.rels.items()):
        if rel.reltype.endswith("/stylesWithEffects"):
            del part.rels[key]


def _name_fonts(part: Any) -> None:
    """Says which font stands in for each of ours where a system lacks it."""
    table = next(r.target_part for r in part.rels.values() if r.reltype.endswith("/fontTable"))
    named = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
        for name, instead in _INSTEAD.items()
    )
    table._blob = table.blob.replace(b"</w:fonts>", named.encode() + b"</w:fonts>")


def _child(parent: Any, tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(name), value)
    parent.append(child)
    return child


def _east_asian(properties: Any, font: str) -> None:
    from docx.oxml.ns import qn

    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _run(
    paragraph: Any, text: str, font: str, size: float, *, bold: bool = False, colour: str = ""
) -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(legal(text))
    run.font.size, run.font.bold = Pt(size), bold
    run.font.name = "Times New Roman"
    run.font.color.rgb = RGBColor.from_string(colour or "000000")
    _east_asian(run._element.get_or_add_rPr(), font)
