"""What lies ready for desks without a network: blank templates, a folder to install from."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from bench import ready, wheelhouse

from .conftest import ROOT, required

ARCHITECTURES = {"x86_64": "linux-x86_64", "aarch64": "linux-aarch64"}


def shown(path: Path) -> dict[str, object]:
    """Names, values, formulas, styles, hints and formats of a workbook."""
    book = openpyxl.load_workbook(path)
    found: dict[str, object] = {"names": {n: d.attr_text for n, d in book.defined_names.items()}}
    for ws in book:
        found[ws.title] = [
            (
                c.coordinate,
                getattr(c.value, "text", c.value),  # of an array formula
                c.number_format,
                c.font.name,
                c.font.b,
                c.fill.fgColor.rgb,
                c.border.left.style,
                c.protection.locked,
            )
            for row in ws.iter_rows()
            for c in row
        ]
        found[ws.title + "!"] = (
            ws.freeze_panes,
            ws.print_area,
            ws.sheet_view.zoomScale,
            ws.sheet_view.selection[-1].activeCell,
            sorted(
                (str(v.sqref), v.type, v.formula1, v.prompt)
                for v in ws.data_validations.dataValidation
            ),
            sorted((str(r.sqref), [x.formula for x in r.rules]) for r in ws.conditional_formatting),
            sorted((k, d.width) for k, d in ws.column_dimensions.items()),
        )
    return found


@pytest.mark.slow
def test_the_ready_templates_are_those_that_would_be_made_now(tmp_path: Path) -> None:
    books = ready.books()
    assert {p.name for p in ready.FOLDER.iterdir()} == set(books)
    assert len(books) == 4
    for name, data in books.items():
        made = tmp_path / name
        made.write_bytes(data)
        assert shown(ready.FOLDER / name) == shown(made), f"run make ready: {name}"


def test_the_scripts_say_what_to_do_where_there_are_no_wheels() -> None:
    folder = ROOT / "addin" / "install" / "offline"
    for name in ("install.sh", "install.cmd"):
        text = (folder / name).read_bytes().decode()
        assert "gouji.html" in text
        assert "--no-index" in text
        assert "32位" in text
        assert "\r\n" in text or name == "install.sh"
    assert "龙芯" in (folder / "install.sh").read_text("utf-8")


def test_install_sh_refuses_with_a_sentence(tmp_path: Path) -> None:
    install = ROOT / "addin" / "install" / "offline" / "install.sh"
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "uname").write_text("#!/bin/sh\necho loongarch64\n")
    (fake / "uname").chmod(0o755)
    done = subprocess.run(
        ["sh", str(install)],
        env={"PATH": f"{fake}:/usr/bin:/bin", "HOME": "/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "loongarch64" in done.stderr
    assert "gouji serve" in done.stderr
    env = {"PATH": "/usr/bin:/bin", "HOME": "/x", "PYTHON": "/bin/false"}
    done = subprocess.run(
        ["sh", str(install)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Python 3.11" in done.stderr


@pytest.mark.apps
@pytest.mark.slow(first=True)
@pytest.mark.skipif(platform.machine() not in ARCHITECTURES, reason="no wheels for this processor")
@pytest.mark.skipif(sys.platform != "linux", reason="a Linux script")
def test_install_sh_works_where_there_is_no_network(tmp_path: Path, wheel: Path) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    name = ARCHITECTURES[platform.machine()]
    try:
        house = wheelhouse.make(name, wheel, tmp_path / "house", [version])
    except subprocess.CalledProcessError:
        required("the package index")
    isolated = ["unshare", "--map-root-user", "--net"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHON": sys.executable}
    env |= {"PIP_COMPILE": "0"}  # one command is run, not all that is installed
    if subprocess.run([*isolated, "true"], check=False, capture_output=True).returncode:
        isolated = []  # no namespace may be made here: a way out that leads nowhere
        env |= dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    into = tmp_path / "装在这里"
    done = subprocess.run(
        [*isolated, "sh", str(house / "install.sh"), str(into)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"已装到 {into}" in done.stdout
    ready = ROOT / "templates" / "ready" / "年报模板-2021格式.xlsx"
    checked = subprocess.run(
        [*isolated, str(into / "bin" / "gouji"), "check", str(ready)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "共1个文件：错误0" in checked.stdout
