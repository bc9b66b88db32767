"""gouji.xlam as built: read back by olevba, opened by LibreOffice, run by a VBA interpreter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gouji.addin.excel.build import build, modules
from gouji.addin.excel.ole import compress, container
from gouji.addin.excel.vbaproject import KEYS, PROJECT_ID, Module, module, project
from gouji.templates.errors import InputError

from ..builders import one_wrong_cell
from ..conftest import DATA, ROOT, program


@pytest.fixture(scope="module")
def xlam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("addin") / "gouji.xlam")


def test_olevba_reads_back_every_module_equal_to_its_source(xlam: Path) -> None:
    from oletools import olevba

    parser = olevba.VBA_Parser(str(xlam))
    found = {
        stream.rpartition("/")[2]: code.replace("\r\n", "\n")
        for _, stream, _, code in parser.extract_macros()
    }
    ours = {m.name: m.source for m in modules()}
    assert {"GoujiRibbon", "GoujiMarks", "Remote"} <= set(ours)
    for name, source in ours.items():
        assert found[name].rstrip("\n") == source.rstrip("\n"), name
    assert set(found) == set(ours) | {"ThisWorkbook", "Words"}


def test_every_button_of_the_ribbon_calls_a_procedure_that_is_there(xlam: Path) -> None:
    with zipfile.ZipFile(xlam) as archive:
        ribbon = archive.read("customUI/customUI.xml").decode()
        types = archive.read("[Content_Types].xml").decode()
        assert "customUI/customUI.xml" in archive.read("_rels/.rels").decode()
    assert "ms-excel.addin.macroEnabled.main+xml" in types
    called = set(re.findall(r'onAction="(\w+)"', ribbon))
    code = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    assert called == set(re.findall(r"Public Sub (\w+)\(control As IRibbonControl\)", code))
    labels = re.findall(r'<button id="\w+" label="([^"]+)"', ribbon)
    assert labels == [
        "校验",
        "清除标记",
        "上一处",
        "下一处",
        "说明",
        "按此修改",
        "其余空格填0",
        "汇总",
        "帮助",
    ]


def test_the_words_that_the_code_asks_for_are_on_the_sheet(xlam: Path) -> None:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(xlam)).get_sheet_by_name("words").to_python()
    words = {str(k): str(v) for k, v in rows}
    code = "".join(p.read_text() for p in (ROOT / "addin" / "excel" / "vba").glob("*.bas"))
    asked = set(re.findall(r'Gouji(?:Word|Say)\("(\w+)"\)', code))
    assert asked
    assert asked <= set(words)


def test_the_project_is_neither_locked_nor_has_a_password() -> None:
    from ms_ovba_crypto import MsOvbaCrypto as crypto  # noqa: N813

    decrypted = {k: crypto.decrypt(bytes.fromhex(v)) for k, v in KEYS.items()}
    assert decrypted == {"CMG": bytes(4), "DPB": b"\0", "GC": b"\xff"}
    checksum = sum(PROJECT_ID.encode()) & 255  # [MS-OVBA] 2.4.3.2: binds the keys to the project
    for value in KEYS.values():
        assert bytes.fromhex(value)[0] ^ bytes.fromhex(value)[2] == checksum


@pytest.mark.parametrize("size", [0, 1, 3, 4095, 4096, 4097, 20_000])
def test_what_is_compressed_is_read_back(size: int) -> None:
    from oletools import olevba as ovba

    text = (b"Dim x As Long ' " + bytes(range(256))) * (size // 200 + 1)
    data = text[:size]
    assert bytes(ovba.decompress_stream(bytearray(compress(data)))) == data


def test_noise_is_read_back() -> None:
    import random

    from oletools import olevba as ovba

    data = random.Random(1).randbytes(4096)  # not to be compressed: a raw chunk
    assert bytes(ovba.decompress_stream(bytearray(compress(data)))) == data


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 40])
def test_every_stream_of_a_compound_file_is_found(count: int, tmp_path: Path) -> None:
    import olefile as ole

    inside = {f"Stream{n}": bytes([n]) * (n * 700) for n in range(count)}
    path = tmp_path / "a.bin"
    path.write_bytes(container({"VBA": inside}, {"PROJECT": b"x" * 5000}))
    with ole.OleFileIO(path, raise_defects=ole.DEFECT_UNSURE) as read:
        assert {n: read.openstream(["VBA", n]).read() for n in inside if inside[n]} == {
            n: data for n, data in inside.items() if data
        }
        assert read.openstream("PROJECT").read() == b"x" * 5000


def test_a_module_without_a_name_or_with_chinese_text_is_refused() -> None:
    with pytest.raises(ValueError, match="VB_Name"):
        module("Sub a()\nEnd Sub")
    with pytest.raises(UnicodeEncodeError):
        module('Attribute VB_Name = "A"\n\' 校验')
    assert (
        project("P", [Module("A", "module", 'Attribute VB_Name = "A"\n')], [])[:4]
        == b"\xd0\xcf\x11\xe0"
    )


def test_a_place_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="写不进去"):
        build(tmp_path / "file" / "gouji.xlam")


def test_building_twice_gives_the_same_bytes(xlam: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(xlam) as one, zipfile.ZipFile(build(tmp_path / "b.xlam")) as two:
        names = [n for n in one.namelist() if n != "docProps/core.xml"]  # holds the time
        assert all(one.read(n) == two.read(n) for n in names)


def vba(name: str) -> str:
    """Procedures in place of those that the interpreter has no workbook for.

    What is called is written to cells.
    """
    return (DATA / "vba" / f"{name}.bas").read_text("utf-8")


def _without(code: str, *names: str) -> str:
    for name in names:
        code = re.sub(rf"Public (Sub|Function) {name}\(.*?End \1\n", "", code, flags=re.S)
    return code


def _click(
    callback: str,
    *,
    odd: str = "",
    kept: bool = False,
    server: str = "",
    token: str = "",
    foreign: str = "False",
    no_book: str = "1 = 2",
) -> list[Any]:
    import elixcee

    code = _without(
        (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text(),
        "GoujiForeignSettings",
        "GoujiSay",
        "GoujiWord",
    )
    if odd:  # the name
        code = _without(code, "GoujiUnsafeBook", "GoujiHandedOver")
        code += vba("odd_book").format(on=odd)
    code = _without(code, "GoujiKept") + (
        vba("kept") if kept else vba("kept").replace("True", "False")
    )
    code = code if kept else code.replace('Range("A5").Value = "kept: " & button', "")
    stubs = vba("stubs").format(server=server, token=token, foreign=foreign, callback=callback)
    vm = elixcee.Vm()  # has no workbook that its code could name
    code = code.replace("ActiveWorkbook Is Nothing", no_book)
    vm.run(code.replace("(ActiveWorkbook)", '("book")') + stubs, "Entry")
    return [vm.get_cell(row, 1) for row in range(1, 6)]


@pytest.mark.parametrize(
    ("callback", "button"),
    [
        ("GoujiValidate", "validate"),
        ("GoujiClear", "clear"),
        ("GoujiNext", "next"),
        ("GoujiPrevious", "previous"),
        ("GoujiExplain", "explain"),
        ("GoujiFix", "fix"),
        ("GoujiZeros", "zeros"),
        ("GoujiRollUp", "roll_up"),
    ],
)
def test_a_click_runs_the_macro_of_that_name_in_python(callback: str, button: str) -> None:
    from gouji.addin.macros import BUTTONS

    ran, *others = _click(callback)
    assert ran == f"from gouji.addin import macros; macros.clicked('{button}')"
    assert button in BUTTONS
    assert not any(others)


def test_with_a_server_the_open_book_is_sent_there_and_no_python_is_run() -> None:
    ran, url, auth, output, unpainted = _click(
        "GoujiValidate", server="http://10.0.0.5:8765", token="t"
    )
    assert (ran, url, auth, output) == (
        None,
        "http://10.0.0.5:8765/xlwings/validate",
        "Bearer t",
        None,
    )
    assert unpainted == "unpainted"
    assert _click("GoujiNext", server="http://s")[1] == "http://s/xlwings/next"
    assert _click("GoujiClear", server="http://s") == [None, None, None, None, "unpainted"]
    assert _click("GoujiRollUp", server="http://s")[3] == "needs_python"


def test_without_an_open_book_a_click_says_so() -> None:
    assert _click("GoujiValidate", no_book="1 = 1") == [None, None, None, "no_book", None]


def test_a_workbook_that_brings_settings_of_its_own_runs_nothing() -> None:
    assert _click("GoujiValidate", foreign="True") == [None, None, None, "foreign_settings", None]


# Names that an office uses, and names that say something to a shell.
HONEST = ("年报.xlsx", "年报 (1).xlsx", "某县_2025年报（终稿）.xlsm", "a~b+c=d,e@f#g[h]{i}.xlsx")
SPEAKING = (
    "a`touch x`.xlsx",
    "a$(touch x).xlsx",
    "a;touch x.xlsx",
    "a|touch x.xlsx",
    "a&calc.xlsx",
    "a<b.xlsx",
    "a>b.xlsx",
    "a^b.xlsx",
    "a%PATH%.xlsx",
    "a!b!.xlsx",
    'a"b.xlsx',
    "a'b.xlsx",
    "a\nb.xlsx",
    "a\rb.xlsx",
    "a\x07b.xlsx",
    "a\x7fb.xlsx",
    "-a.xlsx",
    "a\\b.xlsx",
    "--app=x.xlsx",
)


def _vba(call: str) -> str:
    """What a function of the ribbon's module answers, by the interpreter."""
    import elixcee

    whole = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    name = call.partition("(")[0]
    found = re.search(rf"Public Function {name}\(.*?End Function\n", whole, re.DOTALL)
    assert found
    code = f"Option Explicit\n{found[0]}"
    vm = elixcee.Vm()
    vm.run(code + vba("ask").format(call=call), "Entry")
    return str(vm.get_cell(1, 1))


def _text(name: str) -> str:
    """A VBA expression for a text; control characters are given by their number."""
    pieces = [f"Chr({ord(c)})" if ord(c) < 32 or ord(c) in (34, 127) else f'"{c}"' for c in name]
    return " & ".join(pieces)


def _is_unsafe(folder: str, name: str) -> bool:
    answer = _vba(f"GoujiUnsafeName({_text(folder + name)}, {_text(name)})")
    assert answer.lower() in ("true", "false")
    return answer.lower() == "true"


@pytest.mark.parametrize("name", SPEAKING)
def test_a_name_that_speaks_to_a_shell_runs_nothing(name: str) -> None:
    assert _is_unsafe("C:\\办公\\", name)


@pytest.mark.parametrize("folder", ["C:\\a&b\\", "/Users/x/$(id)/", "C:\\%TEMP%\\", "/tmp/a'b/"])
def test_a_folder_that_speaks_to_a_shell_runs_nothing(folder: str) -> None:
    assert _is_unsafe(folder, "年报.xlsx")


@pytest.mark.parametrize("name", HONEST)
def test_a_name_of_an_office_passes(name: str) -> None:
    for folder in ("C:\\Users\\张 三\\桌面\\", "/Users/张三/年报 2025/", "\\\\server\\年报\\"):
        assert not _is_unsafe(folder, name)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("name", [*HONEST, *SPEAKING])
def test_what_a_mac_would_run_for_a_name_that_passes(name: str, tmp_path: Path) -> None:
    """The command of xlwings' AppleScript, rebuilt and given to a shell, runs Python alone."""
    import xlwings

    script = f"xlwings-{xlwings.__version__}.applescript"
    source = (Path(xlwings.__file__).parent / script).read_text()
    assert "prepare_sys_path('\" & PYTHONPATH & \"')" in source
    folder = "/Users/x/"
    if _is_unsafe(folder, name):
        assert name in SPEAKING
        return
    assert name in HONEST
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\n")
    python.chmod(0o755)
    command = (
        f'{python} -B -u -W ignore -c "import xlwings.utils;xlwings.utils.prepare_sys_path('
        f'\'False;{folder}{name};\');x " "--wb={name}" "--from_xl=1" > /dev/null 2>"log" '
    )
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True, timeout=20)
    got = (tmp_path / "arguments").read_text().splitlines()
    assert got[-2:] == [f"--wb={name}", "--from_xl=1"]
    assert {p.name for p in tmp_path.iterdir()} == {"python", "arguments", "log"}


def test_what_cmd_would_read_for_a_name_that_passes() -> None:
    """xlwings' line for Windows: nothing of a name that passes ends a command or a quotation."""
    for name in HONEST:
        path = f"C:\\办公\\{name}".replace("&", "^&").replace("\\", "\\\\")
        line = f'python -B -c "import x;x.prepare_sys_path(\\"False;{path};\\"); y " --wb="{name}"'
        own = line.replace(path, "").replace(name, "")
        for sign in '&|<>^%!"':
            assert line.count(sign) == own.count(sign), (name, sign)


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("gouji.conf", True),
        ("GOUJI.Conf", True),
        ("x.py", True),
        ("x.PY", True),
        ("表三", False),
        ("gouji.config", False),
        ("py", False),
    ],
)
def test_sheets_with_settings_or_code_are_foreign_in_any_letter_case(
    name: str, foreign: bool
) -> None:
    assert _vba(f'GoujiForeignSheet("{name}")').lower() == str(foreign).lower()


def test_every_kind_of_sheet_is_looked_at_for_settings() -> None:
    code = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    function = re.search(r"Public Function GoujiForeignSettings.*?End Function", code, re.DOTALL)
    assert function
    assert "In ActiveWorkbook.Sheets" in function[0]
    assert "Worksheets" not in function[0]


def test_an_odd_name_is_handed_over_without_a_shell() -> None:
    assert _click("GoujiFix", odd="1 = 1") == [None, None, None, None, "handed over: fix"]
    assert _click("GoujiFix", odd="1 = 2")[3] == "unsafe_name"  # a Mac
    python = "C:\\Program Files\\Python\\python.exe"
    command = _vba(f'GoujiCommand("{python}", "fix")')
    code = "from gouji.addin import macros; macros.clicked('fix', True)"
    assert command == f'"{python}" -P -B -c "{code}"'
    source = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    body = re.search(r"Public Function GoujiHandedOver.*?End Function", source, re.DOTALL)
    assert body
    assert re.findall(r".*ActiveWorkbook\.(?:Name|FullName|Path).*", body[0]) == [
        '        given.Item("GOUJI_BOOK") = ActiveWorkbook.Name'
    ]


@pytest.mark.parametrize("name", ["年报&附件.xlsx", "a'b!.xlsx", "a=b %PATH%.xlsx"])
def test_a_name_that_was_handed_over_finds_its_book(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import xlwings
    from gouji.addin.caller import caller

    def excel(window: int, *names: str) -> SimpleNamespace:
        books = {name: SimpleNamespace(name=name) for name in names}
        held = type("Books", (dict,), {"__iter__": lambda self: iter(self.values())})(books)
        return SimpleNamespace(hwnd=window, books=held)

    monkeypatch.setattr(xlwings, "apps", [excel(7, name), excel(8, "其他.xlsx", name)])
    monkeypatch.setenv("GOUJI_BOOK", name)
    monkeypatch.setenv("GOUJI_WINDOW", "8")
    assert caller(handed=True) is xlwings.apps[1].books[name]
    monkeypatch.setenv("GOUJI_WINDOW", "9")
    with pytest.raises(InputError, match="重新打开"):
        caller(handed=True)


@pytest.mark.slow
def test_a_click_loads_neither_pandas_nor_matplotlib() -> None:
    code = (
        "import sys; from gouji.addin import caller, macros; caller._xlwings();"
        "assert not {'pandas', 'matplotlib', 'pandera', 'click'} & set(sys.modules), sys.modules;"
        "import pandas"  # who needs it later has it
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_python_that_stays_is_asked_first_and_told_the_book_as_an_object() -> None:
    assert _click("GoujiFix", kept=True) == [None, None, None, None, "kept: fix"]
    assert _click("GoujiFix", kept=True, odd="1 = 1")[4] == "kept: fix"  # no name in a command
    assert _click("GoujiFix", kept=True, foreign="True")[3:] == ["foreign_settings", None]
    assert _click("GoujiFix", kept=True, server="http://s")[1] == "http://s/xlwings/fix"
    python = "C:\\Program Files\\Python\\python.exe"
    command = _vba(f'GoujiKeptCommand("{python}")')
    code = "from gouji.addin.caller import serve; serve('$(CLSID)')"
    assert command == f'"{python}" -P -B -c "{code}"'
    ours, theirs, *_ = (m.source for m in modules() if m.name in ("GoujiRibbon", "Main", "xlwings"))
    body = re.search(r"Public Function GoujiKept\(.*?End Function", ours, re.DOTALL)
    assert body
    assert re.findall(r"ActiveWorkbook.*", body[0]) == ["ActiveWorkbook"]
    for name in re.findall(r"(?:Call |<> |If )(XLPy\w+|ShowError)\(", body[0]):
        assert re.search(rf"^ *(Public Sub|Sub|Declare PtrSafe Function) {name}\b", theirs, re.M)


@pytest.mark.parametrize(
    ("keep", "lacking", "code", "steps"),
    [
        ("False", "", 0, 0),  # switched off
        ("True", "Err.Raise 1", 0, 1),  # no such library
        ("True", "", 1, 2),  # it starts no Python
        ("True", "", 0, 2),  # what it gives takes no book
    ],
)
def test_where_no_python_can_stay_the_click_starts_its_own(
    keep: str, lacking: str, code: int, steps: int
) -> None:
    import elixcee

    source = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    source = re.sub(r" *#(If Mac Then|Else|End If)\n", "", source)  # as on Windows
    wanted = ("GoujiKept", "GoujiKeptCommand", "GoujiCode")
    pieces = [re.search(rf"Public Function {n}\(.*?End Function\n", source, re.S) for n in wanted]
    vm = elixcee.Vm()
    stubs = vba("xlwings").format(keep=keep, lacking=lacking, code=code)
    vm.run("Option Explicit\n" + "".join(p[0] for p in pieces if p) + stubs, "Entry")
    answer, *called = [vm.get_cell(row, 1) for row in range(1, 5)]
    assert answer == "False"
    assert [bool(each) for each in called] == [steps > 0, steps > 1, False]


@pytest.mark.slow
def test_a_second_click_costs_a_tenth_of_the_first_at_most(tmp_path: Path) -> None:
    from .wps import sent

    book = tmp_path / "book.json"
    book.write_text(json.dumps(sent(one_wrong_cell(tmp_path / "a.xlsx"))), "utf-8")
    words = program("kept_clicks", book)
    said = subprocess.run(
        words, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    first, *later = json.loads(said.stdout)
    assert min(later) <= first / 10, (first, later)


def test_an_unsafe_name_is_asked_for_before_python_is_run() -> None:
    code = (ROOT / "addin" / "excel" / "vba" / "GoujiRibbon.bas").read_text()
    body = re.search(r"Public Sub GoujiRun.*?End Sub", code, re.DOTALL)
    assert body
    asked, ran = body[0].index("GoujiUnsafeBook(ActiveWorkbook)"), body[0].index("RunPython(")
    assert asked < ran
    assert 'GoujiSay("unsafe_name")' in body[0][asked:ran]


def test_the_server_answers_under_every_name_that_the_ribbon_sends() -> None:
    from gouji.addin.web.server import remote_macro

    for button in ("validate", "clear", "next", "previous", "explain"):
        with pytest.raises(Exception, match=r"xlwings 发来|许可证") as raised:
            remote_macro(button, json.dumps({"no": "book"}).encode())
        assert raised.value.status != 404  # type: ignore[attr-defined]


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
def test_libreoffice_opens_the_addin_and_lists_its_modules(
    xlam: Path, libreoffice: Callable[..., Path]
) -> None:
    made = libreoffice(xlam, "ods", options=["--infilter=Calc MS Excel 2007 VBA XML"])
    with zipfile.ZipFile(made) as archive:
        listed = [n for n in archive.namelist() if n.startswith("Basic/")]
    names = {Path(n).stem for n in listed}
    assert {"GoujiRibbon", "GoujiMarks", "Remote", "WebClient"} <= names
