"""Builds gouji.xlam, the add-in for Excel, from the sources in ``vba`` and ``ribbon``.

xlwings' own modules (BSD 3-clause, and MIT for VBA-Web and VBA-Dictionary; their notices stand in
their sources) are taken from the installed xlwings, so that the add-in and the Python package have
one version.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path

import xlsxwriter

from ...templates.disk import put
from ...templates.errors import InputError, extra
from ...templates.styles import TEXTS_AS_TEXTS
from ...validators.mark import signs
from .vbaproject import Module, module, project

OURS = ("GoujiRibbon.bas", "GoujiMarks.bas")
# from xlwings: running Python, settings, and the client of a server
THEIRS = (
    *("xlwings_custom_addin.bas", "addin/Remote.bas", "addin/WebHelpers.bas"),
    *("addin/Dictionary.cls", "addin/IWebAuthenticator.cls", "addin/WebClient.cls"),
    *("addin/WebRequest.cls", "addin/WebResponse.cls"),
)
SETTINGS = "gouji"  # the folder and file that xlwings' modules read: .gouji/gouji.conf
_CUSTOM_UI = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"


def modules() -> list[Module]:
    """Every module of the add-in: ours, then those of the installed xlwings.

    Raises ``InputError`` when xlwings is not installed.
    """
    with extra("excel"):
        import xlwings
    ours = [module(_source(f"vba/{name}")) for name in OURS]
    folder = Path(xlwings.__file__).parent
    theirs = [module((folder / name).read_text("utf-8")) for name in THEIRS]
    return [*ours, *(_named(m) for m in theirs)]


def build(out: Path) -> Path:
    """Writes the add-in to ``out`` and returns it.

    Raises ``InputError`` when the extra ``excel`` is missing or ``out`` cannot be written.
    """
    data = addin()
    try:
        put(out, data)
    except InputError as error:
        raise InputError(
            f"{out} 写不进去。请关闭 Excel 或换一个位置再试。（{error.zh}）",
            f"{out} cannot be written; close Excel or choose another place ({error.en})",
        ) from error
    return out


def addin() -> bytes:
    """The add-in as bytes; ``InputError`` when the extra ``excel`` is missing."""
    return _addin(project("Gouji", modules(), ["Words"]))


def _named(each: Module) -> Module:
    """One of xlwings' modules: our name for the settings file, its library loaded by us too."""
    name = 'PROJECT_NAME As String = "{}"'.format
    source = each.source.replace(name("myaddin"), name(SETTINGS))
    loads = "Sub XLPyLoadDLL()"
    return Module(each.name, each.kind, source.replace(f"Private {loads}", f"Public {loads}"))


def _source(name: str) -> str:
    return (files("gouji.addin") / "excel" / name).read_text("utf-8")


def _addin(vba: bytes) -> bytes:
    """The workbook with the words on its sheet, turned into an add-in with a ribbon."""
    words = tomllib.loads(_source("ribbon/words.toml"))
    words |= {"results": signs.SHEET_NAME, "note_start": signs.NOTE_START}  # VBA asks for them too
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, TEXTS_AS_TEXTS)
    sheet = book.add_worksheet("words")
    for line, (key, text) in enumerate(words.items()):
        sheet.write_string(line, 0, key)
        sheet.write_string(line, 1, text)
    book.set_vba_name("ThisWorkbook")
    sheet.set_vba_name("Words")
    book.add_vba_project(io.BytesIO(vba), True)
    book.set_properties({"title": "年报校验", "comments": "gouji"})
    book.close()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(buffer) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for item in source.infolist():
            data = source.read(item)
            if item.filename == "[Content_Types].xml":
                data = data.replace(b"ms-excel.sheet.macroEnabled", b"ms-excel.addin.macroEnabled")
            elif item.filename == "_rels/.rels":
                target = 'Target="customUI/customUI.xml"'
                link = f'<Relationship Id="rIdUi" Type="{_CUSTOM_UI}" {target}/></Relationships>'
                data = data.replace(b"</Relationships>", link.encode())
            packed.writestr(zipfile.ZipInfo(item.filename, (2026, 1, 1, 0, 0, 0)), data)
        ribbon = zipfile.ZipInfo("customUI/customUI.xml", (2026, 1, 1, 0, 0, 0))
        packed.writestr(ribbon, _source("ribbon/customUI.xml"))
    return out.getvalue()
