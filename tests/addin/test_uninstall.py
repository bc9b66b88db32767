"""Uninstalling touches only ours; a file with a token is for its owner alone."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from gouji.addin.install import rooms as install
from gouji.addin.install.desk import Desk
from gouji.addin.install.wps_list import WpsList
from gouji.templates.errors import InputError


def desk(system: str, home: Path) -> Desk:
    return Desk(system, home, home / "AppData" / "Roaming", Path(sys.executable))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def lay(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize(
    ("system", "name"), [("win32", "年报校验.cmd"), ("linux", "年报校验.desktop")]
)
def test_an_icon_of_before_stays_or_comes_back(system: str, name: str, tmp_path: Path) -> None:
    here = desk(system, tmp_path)
    icon = lay(tmp_path / "Desktop" / name, "somebody's own")
    before = everything(tmp_path)
    assert install.uninstall(here) == []
    assert everything(tmp_path) == before
    for _ in range(2):  # again: what is kept aside is still the first
        install.install_shortcut(here)
        assert "gouji.addin.desktop" in icon.read_text("utf-8")
    assert install.uninstall(here) == [str(icon)]
    assert everything(tmp_path) == before


def test_an_icon_that_was_changed_since_stays(tmp_path: Path) -> None:
    here = desk("linux", tmp_path)
    install.install_shortcut(here)
    icon = lay(tmp_path / "Desktop" / "年报校验.desktop", "changed by its owner")
    assert install.uninstall(here) == []
    assert everything(tmp_path) == {"Desktop/年报校验.desktop": icon.read_bytes()}


def test_scripts_of_xlwings_that_were_there_stay(tmp_path: Path) -> None:
    import xlwings

    here = desk("darwin", tmp_path)
    name = f"xlwings-{xlwings.__version__}.applescript"
    same = (Path(xlwings.__file__).parent / name).read_text("utf-8")
    lay(here.excel_scripts / "xlwings-0.1.applescript", "of another version")
    lay(here.excel_scripts / name, same)
    before = everything(tmp_path)
    install.install_excel(here)
    install.uninstall(here)
    assert everything(tmp_path) == before


PUBLISH = """<?xml version="1.0" encoding="UTF-8"?>
<!-- kept by the office; <jsplugin name="gouji" url="not this one"/> -->
<jsplugins>
  <jsplugin url="other_1"
            name='other' />
  <!-- the next one is for accounts -->
  <jsplugin name="gouji2" url="gouji2_1"></jsplugin>
</jsplugins>
"""


@pytest.mark.parametrize(
    "content",
    [
        PUBLISH,
        PUBLISH.replace("\n", "\r\n"),
        "<jsplugins>\n</jsplugins>",
        '<jsplugins><jsplugin name="a" url="a_1"/></jsplugins>',
        PUBLISH.replace("UTF-8", "GBK").replace("accounts", "账"),
    ],
)
@pytest.mark.sampled
def test_other_lines_and_comments_of_the_list_of_wps_stay(content: str, tmp_path: Path) -> None:
    here = desk("linux", tmp_path)
    encoding = "gbk" if "GBK" in content else "utf-8"
    listing = here.wps_addins / "publish.xml"
    listing.parent.mkdir(parents=True)
    listing.write_bytes(content.encode(encoding))
    lay(here.wps_addins / "gouji_elses" / "main.js", "a foreign folder")
    before = everything(tmp_path)
    for server in ("http://10.0.0.5:8765", ""):
        install.install_wps(here, server)
    held = WpsList(listing, "gouji")
    assert held.names.count("gouji") == 1
    assert len(install.uninstall(here)) == 1
    assert everything(tmp_path) == before


def test_a_list_that_is_empty_of_others_and_a_foreign_file_in_our_folder(tmp_path: Path) -> None:
    here = desk("win32", tmp_path)
    install.install_wps(here)
    (folder,) = here.wps_addins.glob("gouji_*")
    foreign = lay(folder / "notes.txt", "somebody's")
    install.uninstall(here)
    assert everything(tmp_path) == {str(foreign.relative_to(tmp_path)): b"somebody's"}


@pytest.mark.parametrize("content", ["<jsplugins", "<other/>", ""])
def test_a_list_of_another_kind_is_left_alone(content: str, tmp_path: Path) -> None:
    here = desk("linux", tmp_path)
    listing = lay(here.wps_addins / "publish.xml", content)
    if content:
        with pytest.raises(InputError, match="没有动它"):
            install.install_wps(here)
        assert listing.read_text() == content
    listing.write_bytes("<jsplugins/>".encode("utf-16"))
    with pytest.raises(InputError, match="没有动它"):
        install.install_wps(here)


def test_a_forged_list_of_what_was_installed_removes_nothing_else(tmp_path: Path) -> None:
    here = desk("linux", tmp_path)
    foreign = lay(tmp_path / "foreign.txt", "x")
    for forged in (
        "[]",
        "{",
        '{"files": {"' + str(foreign) + '": {"sha256": "0"}}}',
        '{"files": {"a": 1}}',
    ):
        lay(tmp_path / ".gouji" / "installed.json", forged)
        install.uninstall(here)
        assert foreign.read_text() == "x"


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_files_with_a_token_are_for_their_owner_alone(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk(system, tmp_path)
    programs = tmp_path / "bin"
    lay(programs / "unopkg", "#!/bin/sh\n").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    os.umask(0o022)
    lay(here.excel_settings, "of before").chmod(0o644)
    install.install_excel(here, "http://10.0.0.5:8765", "geheim")
    install.install_wps(here, "http://10.0.0.5:8765", "geheim")
    install.install_libreoffice(here, "http://10.0.0.5:8765", "geheim")
    holding = [p for p in tmp_path.rglob("*") if p.is_file() and b"geheim" in p.read_bytes()]
    assert len(holding) == 3
    for path in holding:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
