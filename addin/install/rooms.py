"""`gouji addin install` and `uninstall`: the button on this desk.

Everything that is written is written down (``footprint``), or is one line of ours in WPS's list;
``uninstall`` removes all of it and nothing else. A file that holds a token is for its owner alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...templates.disk import reason
from ...templates.errors import InputError
from ...templates.words import Words
from ..excel.build import addin
from . import packs
from .desk import Desk
from .footprint import Footprint, remove_empty
from .wps_list import WpsList

XLAM = "gouji.xlam"
LOCAL = "http://127.0.0.1:8765"
SHORTCUT = "年报校验"
EXTENSION = "cn.gouji.addon"
_DESKTOP_ENTRY = """[Desktop Entry]
Type=Application
Name={name}
Comment=把工作簿拖到这里：核对、标红，然后打开
Exec="{python}" -m gouji.addin.desktop %F
Icon=x-office-spreadsheet
Terminal=false
MimeType=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;
"""
_COMMAND = """@echo off
chcp 65001 >nul
"{python}" -m gouji.addin.desktop %*
if errorlevel 2 pause
"""


def install_excel(desk: Desk, server: str = "", token: str = "") -> list[Words]:
    """Puts gouji.xlam where Excel starts from, with its settings; returns lines to read.

    With ``server`` the button asks it and no Python is run. Raises ``InputError`` where there
    is no Excel (Linux) and where a file cannot be written.
    """
    start = desk.excel_start
    if start is None:
        raise InputError(
            "这台电脑不是 Windows 或 Mac，没有 Excel。请改用：gouji addin install --wps、--libreoffice 或 --shortcut。",  # noqa: E501
            "no Excel runs here: use gouji addin install --wps, --libreoffice or --shortcut",
        )
    mine = Footprint(desk.home)
    with _writing(start):
        start.mkdir(parents=True, exist_ok=True)
        mine.write(start / XLAM, addin(), own=True)
    settings = (
        {"GOUJI_SERVER": server, "GOUJI_TOKEN": token}
        if server
        else {
            "INTERPRETER_WIN" if desk.system == "win32" else "INTERPRETER_MAC": str(desk.python),
            "PYTHONPATH": "",
            "ADD_WORKBOOK_TO_PYTHONPATH": "False",  # nothing beside a workbook is imported
            "GOUJI_KEEP": str(desk.system == "win32"),  # one Python for all clicks
        }
    )
    with _writing(desk.excel_settings):
        lines = "".join(f'"{key}","{value}"\n' for key, value in settings.items())
        mine.write(desk.excel_settings, lines.encode(), mode=0o600, own=True)
    if desk.system == "darwin" and not server:
        import xlwings

        script = f"xlwings-{xlwings.__version__}.applescript"
        with _writing(desk.excel_scripts):
            data = (Path(xlwings.__file__).parent / script).read_bytes()
            there = desk.excel_scripts / script
            if not there.is_file() or there.read_bytes() != data:  # else it stays xlwings' own
                mine.write(there, data)
    by = f"服务器 {server}" if server else f"本机的 {desk.python}"
    return [
        Words(
            f"已装到 {start / XLAM}，由{by}校验。",
            f"Installed in {start / XLAM}; {server or desk.python} judges.",
        ),
        Words(
            "请重新打开 Excel，功能区会多出“年报校验”。",
            "Open Excel anew: the ribbon has a tab 年报校验.",
        ),
    ]


def install_wps(desk: Desk, server: str = "", token: str = "", bundle: str = "") -> list[Words]:
    """Registers the JavaScript add-in with WPS; other add-ins in WPS's list stay.

    With ``bundle`` it judges by itself; ``server`` does where WPS is too old for that.
    """
    entry = packs.wps_entry()
    folder = desk.wps_addins / entry["url"]
    mine = Footprint(desk.home)
    with _writing(desk.wps_addins):
        listing = wps_list(desk)  # first: a list that cannot be read is left alone
        _remove_wps_files(desk, mine)
        for name, data in packs.wps_files(server or LOCAL, token, bundle).items():
            mine.write(folder / name, data, mode=0o600 if name == "config.js" else None)
        listing.take_out()
        listing.put_in(entry)
        listing.save()
    by = Words()
    if bundle:
        zh, en = "校验程序在加载项里：不用服务器，不用网络。", "What judges is in the add-in"
        by = Words(zh, f"{en}: no server, no network.")
    elif not server:
        by = Words(
            "本机要先运行 gouji serve（或者安装时用 --server 指定办公室的服务器）。",
            "gouji serve must run here (or name the office's server with --server).",
        )
    lines = [
        Words(
            f"已装到 {folder}。请重新打开 WPS 表格，功能区会多出“年报校验”。",
            f"Installed in {folder}. Open WPS anew: the ribbon has a tab 年报校验.",
        ),
        Words(
            "第一次打开时 WPS 会问是否信任这个加载项：点“允许”，再关掉 WPS 重新打开一次才生效。",
            "WPS asks whether to trust the add-in: allow it, then close and open WPS once more.",
        ),
    ]
    return [*lines, by] if by else lines


def install_libreoffice(desk: Desk, server: str = "", token: str = "") -> list[Words]:
    """Adds the extension to LibreOffice with its own ``unopkg``, and writes whom it asks."""
    package = desk.home / ".gouji" / "gouji.oxt"
    settings = {"server": server, "token": token} if server else {"python": str(desk.python)}
    mine = Footprint(desk.home)
    with _writing(package):
        mine.write(package, packs.oxt(), own=True)
        text = json.dumps(settings, ensure_ascii=False)
        mine.write(desk.libreoffice_settings, text.encode(), mode=0o600, own=True)
    _unopkg("add", "--force", str(package))
    return [
        Words(
            "已装到 LibreOffice。请重新打开 LibreOffice，菜单里会多出“年报校验”。",
            "Installed in LibreOffice. Open it anew: there is a menu 年报校验.",
        )
    ]


def install_shortcut(desk: Desk) -> list[Words]:
    """Puts an icon on the desktop on which workbooks are dropped."""
    path = shortcut_of(desk)
    with _writing(path):
        mine = Footprint(desk.home)
        if desk.system == "win32":
            text = _COMMAND.format(python=desk.python).replace("\n", "\r\n")
            mine.write(path, text.encode())
        else:
            text = _DESKTOP_ENTRY.format(name=SHORTCUT, python=desk.python)
            mine.write(path, text.encode(), mode=0o755)
    return [
        Words(
            f"已放到 {path}。把工作簿拖到这个图标上，就会核对、标红并打开。",
            f"Put at {path}: a workbook dropped on it is checked, marked and opened.",
        )
    ]


def uninstall(desk: Desk) -> list[str]:
    """Removes everything that the four installations put on this desk; returns what it was.

    What they did not put there stays: another folder, an icon or a script of before, the other
    lines and comments of WPS's list.
    """
    mine, removed = Footprint(desk.home), list[Path]()
    start = desk.excel_start
    named = [desk.excel_settings, desk.libreoffice_settings, desk.home / ".gouji" / "gouji.oxt"]
    named += [start / XLAM] if start else []
    had_extension = desk.libreoffice_settings.exists()
    others = mine.below(desk.excel_scripts)
    others += [shortcut_of(desk)] if desk.system in ("win32", "linux") else []
    for path in (*named, *others):
        with _writing(path):
            removed += [path] if mine.remove(path, own=path in named) else []
    with _writing(desk.wps_addins):
        removed += _remove_wps_files(desk, mine)
        if (desk.wps_addins / "publish.xml").exists():
            listing = wps_list(desk)
            if listing.take_out():
                listing.save()
    if had_extension and shutil.which("unopkg"):
        _unopkg("remove", EXTENSION)
    mine.tidy()
    return [str(path) for path in removed]


def _remove_wps_files(desk: Desk, mine: Footprint) -> list[Path]:
    """Takes the add-in's files out of WPS's folder; the folders of ours that were removed."""
    ours = mine.below(desk.wps_addins)
    folders = {desk.wps_addins / p.relative_to(desk.wps_addins).parts[0] for p in ours}
    for path in ours:
        mine.remove(path)
    for folder in folders:
        remove_empty(folder)
    return sorted(f for f in folders if not f.exists())


def shortcut_of(desk: Desk) -> Path:
    """Where the icon lies; ``InputError`` on a Mac, whose icons take no files."""
    if desk.system == "win32":
        return desk.desktop / f"{SHORTCUT}.cmd"
    if desk.system == "linux":
        return desk.desktop / f"{SHORTCUT}.desktop"
    raise InputError(
        "Mac 的桌面图标不能接收文件。请用 gouji addin install（Excel）或 gouji serve（校验网页）。",
        "a Mac's desktop icon takes no files: use the add-in for Excel or gouji serve",
    )


def _unopkg(*arguments: str) -> None:
    program = shutil.which("unopkg")
    if program is None:
        raise InputError(
            "没有找到 LibreOffice 的 unopkg。请安装 LibreOffice，"
            "或在 LibreOffice 的“工具—扩展管理器”里添加 gouji addin build 生成的 gouji.oxt。",
            "LibreOffice's unopkg was not found: add gouji.oxt in its extension manager",
        )
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments = (*arguments[:1], "--shared", *arguments[1:])  # root installs for everybody
    run = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=180)
    if run.returncode:
        raise InputError(
            f"LibreOffice 没有接受扩展。请关闭 LibreOffice 再试。（{run.stderr.strip()[-200:]}）",
            f"LibreOffice refused the extension; close it and try again ({run.stderr.strip()})",
        )


def wps_list(desk: Desk) -> WpsList:
    """WPS's list of add-ins on this desk."""
    return WpsList(desk.wps_addins / "publish.xml", packs.NAME)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path} 写不进去（{reason(error).zh}）。请关闭 Excel 和 WPS，或换有权限的用户再试。",
            f"{path} cannot be written ({reason(error).en}); close Excel and WPS and try again",
        ) from error
