"""Puts ``gouji.html`` together: Python in WebAssembly, gouji's sources, the page; one file.

What judges, ``bundle``, is carried by the add-in for WPS too.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from ...templates.disk import make_folder, put
from ...templates.edition import edition_ids, load
from ...templates.errors import InputError
from ...templates.workbook import build as workbook
from ..install.packs import zipped

PYODIDE = "314.0.7"
_PARTS = (
    *("pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "pyodide-lock.json",
)
_SECONDS = 180
# What judges and marks one workbook; the desk's other commands stay outside.
_ROOMS = (
    *("templates", "templates/editions", "templates/packs", "validators"),
    *("validators/judging", "validators/judging/blame", "validators/judging/rules"),
    *("validators/mark", "validators/office", "validators/ooxml", "validators/output"),
    *("validators/reading", "validators/reading/published"),
)
# What the two that carry it ask, and what answers WPS.
_ADDIN = (
    *("__init__.py", "page/__init__.py", "page/road.py"),
    *(f"{name}.py" for name in ("remote", "grids", "repairs")),
)
# What takes a formula apart and moves it; the rest of openpyxl needs more than the page has.
_OPENPYXL = (
    *(f"formula/{name}.py" for name in ("__init__", "tokenizer", "translate")),
    *(f"utils/{name}.py" for name in ("__init__", "cell", "exceptions", "formulas")),
)
_SCRIPTS = ("web/speech.js", "web/files.js", "web/view.js", "page/engine.js", "page/local.js")


def bundle() -> str:
    """The script that carries Python, gouji and the worker they run in: ``const BUNDLE``.

    The page and the add-in for WPS hold it alike. Raises ``InputError`` where npm, or the registry
    it asks, is missing.
    """
    fetched = pyodide()
    info = json.loads(fetched.pop("pyodide-lock.json"))["info"]
    parts = {name: _packed(data) for name, data in fetched.items()}
    parts["lock.json"] = _packed(json.dumps({"info": info, "packages": {}}).encode())
    parts["gouji.zip"] = _packed(sources())
    parts["worker.js"] = _packed(_read("page/worker.js").encode())
    return f"const BUNDLE = {json.dumps(parts)};\n"


def build_page(out: Path, script: str = "") -> Path:
    """Writes the page to ``out``, with the ``bundle`` that is given or a new one."""
    page = _read("web/index.html")
    style = _read("web/style.css")
    scripts = [*map(_read, _SCRIPTS[:-1]), script or bundle(), _read(_SCRIPTS[-1])]
    rule = (
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; "
        "style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
    )
    page = page.replace(
        '<meta charset="utf-8">',
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{rule}">',
    )
    page = re.sub(r"<link [^>]*>", lambda _: f"<style>\n{style}</style>", page)
    page = re.sub(r"(<script [^>]*></script>\n?)+", "", page)
    script_text = "\n".join(scripts)
    put(out, page.replace("</body>", f"<script>\n{script_text}</script>\n</body>").encode())
    return out


def sources() -> bytes:
    """Gouji's own modules, what they need of others, and the blank templates, as one zip."""
    return zipped(dict(_modules()), zipfile.ZIP_STORED)


def _modules() -> Iterator[tuple[str, bytes]]:
    for room in _ROOMS:
        top, _, rest = room.partition("/")
        folder = files(f"gouji.{top}")
        for part in filter(None, rest.split("/")):
            folder = folder / part
        yield from _files(folder, f"gouji/{room}/")
    for name in _ADDIN:
        yield f"gouji/addin/{name}", (files("gouji.addin") / name).read_bytes()
    for edition in edition_ids():
        yield f"gouji/addin/page/blank-{edition}.xlsx", workbook(load(edition))
    calendar = find_spec("chinese_calendar")
    if calendar is not None and calendar.origin is not None:
        for path in sorted(Path(calendar.origin).parent.glob("*.py")):
            yield f"chinese_calendar/{path.name}", path.read_bytes()
    yield "openpyxl/__init__.py", b""
    for name in _OPENPYXL:
        yield f"openpyxl/{name}", (files("openpyxl") / name).read_bytes()


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_file() and item.name.endswith((".py", ".toml", ".css", ".txt")):
            yield above + item.name, item.read_bytes()


def pyodide() -> dict[str, bytes]:
    """The parts of npm's package, kept between two builds; ``InputError`` without npm."""
    folder = Path.home() / ".gouji" / "cache"
    kept = folder / f"pyodide-{PYODIDE}.tgz"
    if not kept.is_file():
        make_folder(folder)
        _fetch(folder)
    with tarfile.open(kept) as archive:
        return {name: _member(archive, name) for name in _PARTS}


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(f"package/{name}")
    assert member is not None
    return member.read()


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise InputError(
            "没有生成 gouji.html 和 WPS 的校验程序：这台电脑没有 npm。请安装 Node.js（带 npm）再运行。",  # noqa: E501
            "gouji.html, and what judges in WPS, was not made: there is no npm here. Install "
            "Node.js and run it again.",
        )
    try:
        pack = [npm, "pack", f"pyodide@{PYODIDE}"]
        subprocess.run(pack, cwd=folder, check=True, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(
            f"没有生成 gouji.html 和 WPS 的校验程序：npm 取不到 pyodide {PYODIDE}。请连上网络后重新运行。",  # noqa: E501
            "gouji.html, and what judges in WPS, was not made: npm does not give pyodide "
            f"{PYODIDE}. Run it again with a network.",
        ) from error


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def _read(name: str) -> str:
    return (files("gouji.addin") / name).read_text("utf-8")
