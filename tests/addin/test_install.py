"""gouji addin: built, installed, examined, removed, on every system's folders."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from gouji.addin.desktop import drop
from gouji.addin.install import packs
from gouji.addin.install import rooms as install
from gouji.addin.install.desk import Desk
from gouji.addin.install.doctor import doctor as examine
from gouji.addin.page import build as page_build
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.validators.cli.main import main

from ..builders import book_at


def desk(system: str, home: Path) -> Desk:
    return Desk(system, home, home / "AppData" / "Roaming", Path(sys.executable))


def everything(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def doctor(at: Desk) -> dict[str, bool]:
    return {line.zh.partition("：")[0]: good for good, line in examine(at)}


@pytest.mark.slow
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_excel_gets_the_addin_its_settings_and_loses_them_again(
    system: str, tmp_path: Path
) -> None:
    here = desk(system, tmp_path)
    assert doctor(here)["Excel"] is False
    assert "重新打开 Excel" in install.install_excel(here)[-1].zh
    start = here.excel_start
    assert start is not None
    assert zipfile.is_zipfile(start / "gouji.xlam")
    settings = here.excel_settings.read_text("utf-8")
    key = "INTERPRETER_WIN" if system == "win32" else "INTERPRETER_MAC"
    assert f'"{key}","{sys.executable}"' in settings
    assert '"ADD_WORKBOOK_TO_PYTHONPATH","False"' in settings
    assert f'"GOUJI_KEEP","{system == "win32"}"' in settings
    assert doctor(here)["Excel"] is True
    if system == "darwin":
        assert list(here.excel_scripts.glob("xlwings-*.applescript"))
    install.uninstall(here)
    assert everything(tmp_path) == set()


def test_with_a_server_no_python_is_named(tmp_path: Path) -> None:
    here = desk("win32", tmp_path)
    install.install_excel(here, "http://127.0.0.1:1", "口令")
    settings = here.excel_settings.read_text("utf-8")
    assert settings == '"GOUJI_SERVER","http://127.0.0.1:1"\n"GOUJI_TOKEN","口令"\n'
    lines = [line.zh for _, line in examine(here)]
    assert any("连不上服务器 http://127.0.0.1:1" in line for line in lines)


def test_linux_has_no_excel_and_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--wps、--libreoffice 或 --shortcut"):
        install.install_excel(desk("linux", tmp_path))


@pytest.mark.parametrize("system", ["win32", "linux", "darwin"])
def test_wps_lists_the_addin_beside_those_of_others(system: str, tmp_path: Path) -> None:
    here = desk(system, tmp_path)
    here.wps_addins.mkdir(parents=True)
    listing = here.wps_addins / "publish.xml"
    other = '<jsplugins><jsplugin name="other" url="other_1" /></jsplugins>'
    listing.write_text(other)
    install.install_wps(here, "http://10.0.0.5:8765")
    install.install_wps(here)  # again: still one line
    entries = ET.fromstring(listing.read_bytes())
    assert [e.get("name") for e in entries] == ["other", "gouji"]
    folder = here.wps_addins / str(entries[1].get("url"))
    assert {"index.html", "ribbon.xml", "config.js", "main.js"} <= {
        p.name for p in folder.iterdir()
    }
    assert doctor(here)["WPS"] is True
    install.uninstall(here)
    assert everything(here.wps_addins) == {"publish.xml"}
    assert [e.get("name") for e in ET.fromstring(listing.read_bytes())] == ["other"]


ENTRY = {"name": "gouji", "path": "C:\\\\x\\\\jsaddons\\\\FOLDER", "mode": 1}


@pytest.mark.parametrize(
    ("trust", "fine", "zh", "en"),
    [
        (None, True, "WPS 还没有加载过", "not loaded yet"),
        ({"et": {"namelist": ""}}, True, "还没有问过信任", "not asked yet"),
        ({"et": {"k": {**ENTRY, "enable": True, "isload": True}}}, True, "已安装并加载", "loaded"),
        ({"et": {"k": {**ENTRY, "enable": False, "isload": False}}}, False, "被停用", "disabled"),
        (
            {"et": {"k": {**ENTRY, "enable": True, "isload": False}}},
            False,
            "没有加载起来",
            "not loaded",
        ),
        ({"wps": {"k": {**ENTRY, "enable": False}}, "et": {}}, True, "还没有问过", "not asked"),
        ("[", False, "坏了", "broken"),
    ],
)
def test_what_wps_noted_of_the_addin_is_told(
    trust: object, fine: bool, zh: str, en: str, tmp_path: Path
) -> None:
    here = desk("win32", tmp_path)
    install.install_wps(here)
    if trust is not None:
        text = trust if isinstance(trust, str) else json.dumps(trust)
        folder = packs.wps_entry()["url"]
        text = "\ufeff" + text.replace("FOLDER", folder)
        (here.wps_addins / "authaddin.json").write_text(text, "utf-8")
    (answer,) = [(good, line) for good, line in examine(here) if line.zh.startswith("WPS")]
    assert answer[0] is fine
    assert zh in answer[1].zh
    assert en in answer[1].en
    if not fine and trust != "[":
        for word in ("uninstall", "install --wps", "重新打开", "gouji.html"):
            assert word in answer[1].zh


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_what_wps_blocks_is_told(code: str, tmp_path: Path) -> None:
    here = desk("win32", tmp_path)
    install.install_wps(here)
    blocked = here.wps_addins / "jsaddinblockhost.ini"
    blocked.write_text("[host]\n0=file:///other\n", code)
    assert "WPS 拦截" not in doctor(here)
    blocked.write_text(f"[host]\n0=file:///{packs.wps_entry()['url']}/index.html\n", code)
    assert doctor(here)["WPS 拦截"] is False


def test_a_broken_list_of_wps_is_left_alone(tmp_path: Path) -> None:
    here = desk("linux", tmp_path)
    here.wps_addins.mkdir(parents=True)
    (here.wps_addins / "publish.xml").write_text("<jsplugins")
    with pytest.raises(InputError, match="没有动它"):
        install.install_wps(here)
    assert everything(here.wps_addins) == {"publish.xml"}


@pytest.mark.parametrize(
    ("system", "name"), [("win32", "年报校验.cmd"), ("linux", "年报校验.desktop")]
)
def test_the_icon_calls_this_python(system: str, name: str, tmp_path: Path) -> None:
    here = desk(system, tmp_path)
    install.install_shortcut(here)
    text = (tmp_path / "Desktop" / name).read_text("utf-8")
    assert f'"{sys.executable}" -m gouji.addin.desktop %' in text
    assert doctor(here)["桌面图标"] is True
    install.uninstall(here)
    assert everything(tmp_path) == set()


def test_the_desktop_of_a_chinese_linux_is_found(tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/桌面"\n', "utf-8")
    assert desk("linux", tmp_path).desktop == tmp_path / "桌面"


def test_a_mac_is_told_that_its_icons_take_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Mac"):
        install.install_shortcut(desk("darwin", tmp_path))


def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    here = desk("win32", tmp_path)
    here.roaming.parent.mkdir(parents=True)
    here.roaming.write_text("a file where a folder should be")
    with pytest.raises(InputError, match="写不进去"):
        install.install_excel(here)


def test_dropped_workbooks_are_marked_and_opened_and_trouble_is_told(tmp_path: Path) -> None:
    form = load("2021")
    good = tmp_path / "a.xlsx"
    book_at(form, good, year=2024, unit="某县", values={"t3.new.natural": -1.0})
    opened: list[Path] = []
    assert drop([str(good)], opened.append) == 0
    assert opened == [good]
    (tmp_path / "b.xlsx").write_text("hello")
    assert drop([str(good), str(tmp_path / "b.xlsx")], opened.append) == 2
    page = opened[-1].read_text("utf-8")
    assert "不是工作簿" in page
    assert drop([], opened.append) == 2
    assert "拖到这个图标上" in opened[-1].read_text("utf-8")
    for path in opened:
        if path.suffix == ".html":
            path.unlink()


def test_wps_with_the_engine_needs_no_server(tmp_path: Path) -> None:
    here = Desk("linux", tmp_path)
    spoken = "".join(line.zh for line in install.install_wps(here, bundle="const BUNDLE = {};\n"))
    assert "不用服务器，不用网络" in spoken
    assert "gouji serve" not in spoken
    (held,) = tmp_path.rglob("bundle.js")
    assert held.read_text("utf-8") == "const BUNDLE = {};\n"
    assert "gouji serve" in "".join(line.zh for line in install.install_wps(here))
    (held,) = tmp_path.rglob("bundle.js")
    assert held.read_text("utf-8") == "const BUNDLE = null;\n"


def test_the_commands_print_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    run = CliRunner().invoke

    def without(cache: Path | None = None) -> dict[str, bytes]:
        raise InputError("没有生成 gouji.html：这台电脑没有 npm。", "no npm")

    monkeypatch.setattr(page_build, "pyodide", without)
    built = run(main, ["addin", "build", "-o", str(tmp_path / "out")])
    assert built.exit_code == 0, built.output
    assert {p.name for p in (tmp_path / "out").iterdir()} - {"gouji.html"} == {
        "gouji.xlam",
        "gouji-wps.zip",
        "gouji.oxt",
    }
    assert run(main, ["addin", "doctor"]).exit_code == 1
    assert "没有装过" in run(main, ["addin", "uninstall"]).output
    assert run(main, ["addin", "install"]).exit_code == 2
    assert run(main, ["addin", "install", "--wps", "--server", "10.0.0.5"]).exit_code == 2
    made = run(main, ["addin", "install", "--wps", "--shortcut"])
    assert made.exit_code == 0, made.output
    assert "gouji serve" in made.output
    assert run(main, ["addin", "doctor"]).exit_code == 0
    assert "已删除" in run(main, ["addin", "uninstall"]).output
