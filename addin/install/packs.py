"""The add-ins for WPS (a folder) and LibreOffice (one file), put together from their sources.

The ribbon of WPS is Excel's, with WPS's callbacks; the words and the constants by which marks are
known are written beside both, so that each stands in one place in the sources.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ...templates.disk import put
from ...validators.mark import Column, signs
from .constants import stage_words

NAME = "gouji"
_TIME = (2026, 1, 1, 0, 0, 0)  # building twice gives the same bytes


def constants() -> dict[str, Any]:
    """How our marks are known, and the columns of the results sheet (0-based)."""
    columns = (Column.PLACE, Column.PROBLEM, Column.SAID, Column.MARKED)
    return {
        "name": signs.SHEET_NAME,
        "start": signs.SHEET_START,
        "marker": signs.MARKER,
        "note_start": signs.NOTE_START,
        **{c.name.lower(): int(c) for c in columns},
        "stages": stage_words(),
        "calc_formula": signs.calc_formula("{kind}", "{title}"),
    }


def words() -> dict[str, str]:
    """What the add-ins say."""
    return tomllib.loads(_room("excel/ribbon").joinpath("words.toml").read_text("utf-8"))


def wps_files(server: str, token: str = "", bundle: str = "") -> dict[str, bytes]:
    """The WPS add-in's files by their path in its folder.

    ``bundle`` (``page.build.bundle``) judges in WPS itself; where there is none, or this WPS cannot
    run it, ``server`` does.
    """
    files = dict(_files(_room("wps")))
    files["engine.js"] = _room("page").joinpath("engine.js").read_bytes()
    files["bundle.js"] = (bundle or "const BUNDLE = null;\n").encode()
    ribbon = _room("excel/ribbon").joinpath("customUI.xml").read_text("utf-8")
    ribbon = re.sub(r'imageMso="\w+"', 'getImage="GetImage"', ribbon)
    ribbon = re.sub(r'onAction="\w+"', 'onAction="OnAction"', ribbon)
    ribbon = ribbon.replace("<customUI ", '<customUI onLoad="OnAddinLoad" ', 1)
    files["ribbon.xml"] = ribbon.encode()
    settings = {**constants(), "words": words(), "server": server.rstrip("/"), "token": token}
    text = json.dumps(settings, ensure_ascii=False, indent=1)
    files["config.js"] = f"const GOUJI = {text};\n".encode()
    return files


def wps_entry() -> dict[str, str]:
    """The add-in's line in WPS's list of add-ins, ``publish.xml``."""
    number = version("gouji")
    return {
        "name": NAME,
        "type": "et",
        "url": f"{NAME}_{number}",
        "version": number,
        "enable": "enable_dev",
        "install": "null",
        "customDomain": "",
    }


def build_wps(out: Path, server: str, bundle: str = "") -> Path:
    """Writes the WPS add-in as a zip to ``out``: its folder, to be put among WPS's ``jsaddons``."""
    folder = wps_entry()["url"]
    files = wps_files(server, bundle=bundle)
    put(out, zipped({f"{folder}/{n}": d for n, d in files.items()}))
    return out


def build_oxt(out: Path) -> Path:
    """Writes the extension for LibreOffice to ``out``."""
    put(out, oxt())
    return out


def oxt() -> bytes:
    """The extension for LibreOffice."""
    files = dict(_files(_room("libreoffice")))
    known = {**constants(), **words(), "styles": [f"gouji_{kind}" for kind in signs.LOOKS]}
    files["words.json"] = json.dumps(known, ensure_ascii=False).encode()
    files["styles.fods"] = _styles().encode()
    number = version("gouji").encode()
    files["description.xml"] = files["description.xml"].replace(b"{version}", number)
    return zipped(files)


def _styles() -> str:
    """A LibreOffice document with nothing but our cell styles."""
    names = ("office", "style", "table", "text")
    spaces = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    spaces += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    styles = "".join(
        f'<style:style style:name="gouji_{kind}" style:family="table-cell">'
        f'<style:table-cell-properties fo:background-color="#{look.background}" '
        f'fo:border="0.5pt {_EDGES[look.border]} #{_INK.get(look.font, look.font)}"/>'
        f'<style:text-properties fo:color="#{look.font}"{_letters(look.letters)}/></style:style>'
        for kind, look in signs.LOOKS.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document{spaces} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:styles>{styles}</office:styles><office:body><office:spreadsheet>"
        '<table:table table:name="a"><table:table-column/><table:table-row><table:table-cell/>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document>"
    )


# What LibreOffice calls the borders of a conditional format; a white one would not be seen.
_EDGES = {"thin": "solid", "dashed": "dashed", "dotted": "dotted", "hair": "fine-dashed"}
_INK = {"FFFFFF": "000000"}
_STYLES = {
    "b": ' fo:font-weight="bold" style:font-weight-asian="bold"',
    "i": ' fo:font-style="italic" style:font-style-asian="italic"',
    "u": ' style:text-underline-style="solid" style:text-underline-width="auto"',
}


def _letters(letters: str) -> str:
    return "".join(_STYLES[letter] for letter in letters)


def _room(name: str) -> Traversable:
    return files("gouji.addin") / name


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda i: i.name):
        if item.is_file():
            yield above + item.name, item.read_bytes()
        elif item.name != "__pycache__":
            yield from _files(item, f"{above}{item.name}/")


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The files by their path as one package, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _TIME), data, method)
    return buffer.getvalue()
