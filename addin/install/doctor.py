"""`gouji addin doctor`: what of the button is in place on this desk, and what to do otherwise.

Nothing is changed here. WPS decides by files of its own what it loads: ``publish.xml`` only says
what is registered. What is known of these files is told in docs/addin.md.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...templates.words import Words
from . import packs
from .desk import Desk
from .rooms import XLAM, shortcut_of, wps_list

TRUST = "authaddin.json"  # per component of WPS: which add-ins are trusted, and were loaded
BLOCKED = "jsaddinblockhost.ini"  # addresses whose pages WPS refuses
_LARGEST = 1 << 20  # bytes of such a file
Told = tuple[bool, Words]

_AGAIN = Words(
    "请先运行 gouji addin uninstall，再运行 gouji addin install --wps，打开 WPS 表格点“允许”，"
    "然后关掉 WPS 重新打开（当次不会生效）。"
    "仍不行的，是本单位或这一版 WPS 限制了加载项：请管理员用 WPS 自带的发布页（本机端口）安装，"
    "或改用 gouji.html、校验网页。",
    "Run gouji addin uninstall, then gouji addin install --wps, open WPS and allow it, then close "
    "WPS and open it again (it does not load at once)."
    "If it still does not, this WPS or your office restricts add-ins: have it installed through "
    "WPS' own publish page on its local port, or use gouji.html or the page of gouji serve.",
)


def doctor(desk: Desk) -> Iterator[Told]:
    """What is in place and what is missing, with the remedy: (fine, line) for each road."""
    yield from _excel(desk)
    yield from _wps(desk)
    if desk.libreoffice_settings.exists():
        asked = _json(desk.libreoffice_settings)
        yield _asks(asked if isinstance(asked, dict) else {}, "LibreOffice")
    else:
        yield _bad(
            "LibreOffice：没有装 gouji 的扩展。需要的话：gouji addin install --libreoffice",
            "LibreOffice: the extension is not installed. If you want it: gouji addin install "
            "--libreoffice",
        )
    if desk.system in ("win32", "linux") and shortcut_of(desk).exists():
        yield _good(f"桌面图标：{shortcut_of(desk)}", f"desktop icon: {shortcut_of(desk)}")
    else:
        yield _bad(
            "桌面图标：没有。需要的话：gouji addin install --shortcut",
            "desktop icon: none. If you want one: gouji addin install --shortcut",
        )


def _good(zh: str, en: str) -> Told:
    return True, Words(zh, en)


def _bad(zh: str, en: str) -> Told:
    return False, Words(zh, en)


def _wps(desk: Desk) -> Iterator[Told]:
    folder = desk.wps_addins / packs.wps_entry()["url"]
    if not folder.exists():
        yield _bad(
            "WPS：没有装 gouji 的加载项。需要的话：gouji addin install --wps",
            "WPS: the add-in is not installed. If you want it: gouji addin install --wps",
        )
    elif packs.NAME not in wps_list(desk).names:
        yield _bad(
            "WPS：加载项不在列表里。请重新运行 gouji addin install --wps",
            "WPS: the add-in is not listed. Run gouji addin install --wps again",
        )
    else:
        yield _trusted(desk, folder)
        if _blocked(desk.wps_addins / BLOCKED, folder.name):
            zh = f"WPS 拦截：{BLOCKED} 里有本加载项，按钮会是灰的。"
            yield _bad(zh + _AGAIN.zh, f"WPS blocks the add-in ({BLOCKED}). " + _AGAIN.en)


def _trusted(desk: Desk, folder: Path) -> Told:
    path = desk.wps_addins / TRUST
    installed, en = f"WPS：已安装（{folder}）", f"WPS: installed ({folder})"
    open_zh = "请打开 WPS 表格，点“允许”，再重新打开一次。"
    open_en = "Open WPS, allow it, open WPS once more."
    if not path.exists():
        zh = f"{installed}，WPS 还没有加载过。{open_zh}"
        return _good(zh, f"{en}, not loaded yet. {open_en}")
    settings = _json(path)
    if settings is None:
        return _bad(
            f"WPS：信任记录 {path} 坏了，读不了。请关掉 WPS，把它改名后重新打开。",
            f"WPS: its list of trusted add-ins {path} is broken: close WPS, rename it, open WPS.",
        )
    noted = [*_entries(settings, folder.name)]
    if not noted:
        return _good(f"{installed}，还没有问过信任。{open_zh}", f"{en}, not asked yet. {open_en}")
    if not all(_yes(entry.get("enable")) for entry in noted):
        zh = "WPS：加载项被停用（没有允许）。"
        return _bad(zh + _AGAIN.zh, "WPS: the add-in is disabled. " + _AGAIN.en)
    if not all(_yes(entry.get("isload", True)) for entry in noted):
        return _bad(
            "WPS：已允许，但没有加载起来。" + _AGAIN.zh,
            "WPS: allowed, but not loaded. " + _AGAIN.en,
        )
    return _good(f"WPS：已安装并加载（{folder}）", f"WPS: installed and loaded ({folder})")


def _entries(settings: Any, folder: str) -> Iterator[dict[str, Any]]:
    """What a list of trust says of our add-in in the spreadsheet component (``et``)."""
    part = settings.get("et", settings) if isinstance(settings, dict) else {}
    for entry in part.values() if isinstance(part, dict) else ():
        if isinstance(entry, dict):
            where = str(entry.get("path", "")).replace("\\", "/").rstrip("/")
            if entry.get("name") == packs.NAME or where.endswith("/" + folder):
                yield entry


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1")


def _blocked(path: Path, folder: str) -> bool:
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST)
    except OSError:
        return False
    return any(folder.encode(code) in text for code in ("utf-8", "utf-16-le"))


def _json(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            return json.loads(file.read(_LARGEST).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def _excel(desk: Desk) -> Iterator[Told]:
    start = desk.excel_start
    if start is None:
        zh = "Excel：这台电脑不是 Windows 或 Mac，没有 Excel。"
        yield _bad(zh, "Excel: does not run here.")
    elif not (start / XLAM).exists():
        yield _bad(
            "Excel：没有装 gouji 的加载项。请运行 gouji addin install",
            "Excel: the add-in is not installed. Run gouji addin install",
        )
    elif not desk.excel_settings.exists():
        yield _bad(
            f"Excel：缺少设置文件 {desk.excel_settings}。请重新运行 gouji addin install",
            f"Excel: {desk.excel_settings} is missing. Run gouji addin install again",
        )
    else:
        text = desk.excel_settings.read_text("utf-8")
        pairs = (line.strip().strip('"').split('","') for line in text.splitlines())
        settings = {pair[0]: pair[-1] for pair in pairs if len(pair) == 2}
        python = settings.get("INTERPRETER_WIN") or settings.get("INTERPRETER_MAC")
        yield _asks({"python": python, "server": settings.get("GOUJI_SERVER")}, "Excel")


def _asks(settings: dict[str, str | None], name: str) -> Told:
    """Whether the Python or the server that an add-in asks answers."""
    if server := settings.get("server"):
        import urllib.request

        try:
            with urllib.request.urlopen(server, timeout=5):
                return _good(
                    f"{name}：已安装，由服务器 {server} 校验，连得上。",
                    f"{name}: installed; the server {server} answers.",
                )
        except (OSError, ValueError):
            return _bad(
                f"{name}：连不上服务器 {server}。请管理员检查 gouji serve。",
                f"{name}: the server {server} does not answer: is gouji serve running?",
            )
    python = settings.get("python") or ""
    asked = [python, "-c", "import gouji.addin.macros"]
    try:
        subprocess.run(asked, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        again = "gouji addin install" + ("" if name == "Excel" else " --libreoffice")
        return _bad(
            f"{name}：{python} 里没有 gouji。请在装了 gouji 的 Python 里运行 {again}",
            f"{name}: {python} has no gouji. Run {again} with the Python that has it",
        )
    return _good(f"{name}：已安装，由 {python} 校验。", f"{name}: installed; {python} judges.")
