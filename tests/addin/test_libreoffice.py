"""The extension in a real LibreOffice: on open documents, and by a real click on its menu."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.remote import answer
from gouji.validators.mark import Column
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from ..builders import nearly_ready, one_wrong_cell, opened, three_blanks
from ..conftest import require_app
from ..pages import compared
from .lo_driver import CAP
from .office import OFFICE, Office

pytestmark = [pytest.mark.apps(*OFFICE), pytest.mark.slow]


def red(pdf: Path) -> int:
    """How many points of the document's pages are of the strongest mark's red."""
    points = 0
    pages = subprocess.run(
        [require_app("pdftoppm"), "-r", "40", str(pdf)], capture_output=True, check=True
    ).stdout
    for page in pages.split(b"P6\n")[1:]:
        body = page.split(b"\n", 2)[2]
        colours = zip(body[::3], body[1::3], body[2::3], strict=False)
        points += sum(r > 220 and g < 40 and b < 40 for r, g, b in colours)
    return points


def test_an_open_document_is_marked_and_cleared_with_its_protection_as_it_was(
    office: Office, tmp_path: Path
) -> None:
    assert office.do("open", path=str(one_wrong_cell(tmp_path / "a.xlsx")))
    before = office.do("state")
    assert before["表三"]["protected"]
    assert office.do("validate").startswith("错误2，警告0，提示0")
    marked = office.do("state")
    ours = [f for f in marked["表三"]["formats"] if "gouji:" in f[1]]
    assert [(f[0], f[2]) for f in ours] == [
        ("D9", "gouji_likely"),
        ("J9", "gouji_sum"),
        ("D30", "gouji_sum"),
    ]
    assert {c for c, n in marked["表三"]["notes"].items() if n.startswith("【勾稽】错误")} == {
        "D9",
        "J9",
        "D30",
    }
    assert marked["表三"]["protected"]
    office.do("save", path=str(tmp_path / "marked.pdf"), kind="pdf")
    assert red(tmp_path / "marked.pdf") > 50
    assert office.do("move", step=1) == ["封面", "B8"]
    assert office.do("move", step=1) == ["表三", "D9"]
    office.do("clear")
    assert office.do("state") == before
    office.do("save", path=str(tmp_path / "cleared.pdf"), kind="pdf")
    assert red(tmp_path / "cleared.pdf") == 0
    office.do("close")


@pytest.mark.parametrize("password", ["", "abc"])
def test_a_clerks_own_formats_and_a_password_are_left_as_they_are(
    office: Office, tmp_path: Path, password: str
) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    book = opened(path)
    sheet = book["表三"]
    sheet.conditional_formatting.add("D7:J31", FormulaRule(formula=["D7>5"], font=Font(bold=True)))
    sheet.protection.sheet = True
    if password:
        sheet.protection.password = password
    book.save(path)
    assert office.do("open", path=str(path))
    before = office.do("state")
    reply = office.do("validate")
    assert reply.startswith("错误2，警告0，提示0")
    assert ("保护密码" in reply) == bool(password)
    marked = office.do("state")["表三"]
    ours = [f for f in marked["formats"] if "gouji:" in f[1]]
    assert len(ours) == (0 if password else 3)
    notes = {c for c, n in marked["notes"].items() if n.startswith("【勾稽】")}
    every = {"D9", "J9", "D30"}  # with a password those of locked cells are refused
    assert {"D9"} <= notes <= every if password else notes == every
    assert marked["protected"]
    office.do("clear")
    cleared = office.do("state")["表三"]
    assert "gouji:" not in str(cleared)
    assert cleared["notes"] == before["表三"]["notes"]
    assert cleared["protected"]
    theirs = {f[1] for f in before["表三"]["formats"]}
    assert {f[1] for f in cleared["formats"]} == theirs
    office.do("close")


def test_marks_by_gouji_flag_are_cleared_by_the_extension_and_the_other_way_round(
    office: Office, tmp_path: Path
) -> None:
    from gouji.validators import mark
    from gouji.validators.office import check_files, flag_file

    path = one_wrong_cell(tmp_path / "a.xlsx")
    (result,) = check_files([path])
    flag_file(result)
    office.do("open", path=str(path))
    assert "校验结果" in office.do("state")
    office.do("clear")
    assert "gouji:" not in json.dumps(office.do("state"))
    office.do("validate")
    office.do("save", path=str(tmp_path / "b.xlsx"), kind="xlsx")
    office.do("close")
    mark.clear(tmp_path / "b.xlsx")
    office.do("open", path=str(tmp_path / "b.xlsx"))
    after = office.do("state")
    office.do("close")
    assert "gouji:" not in json.dumps(after)
    assert "校验结果" not in after


def test_what_was_explained_on_the_list_is_carried_on_and_never_cleared_away(
    office: Office, tmp_path: Path
) -> None:
    office.do("open", path=str(one_wrong_cell(tmp_path / "a.xlsx")))
    office.do("validate")
    lines = [("校验结果", row, int(Column.PLACE)) for row in range(12)]
    (at,) = [row for row, v in enumerate(office.do("type", cells=[], show=lines)) if v == "表三!D9"]
    output = ("校验结果", at, int(Column.SAID))
    for act in ("clear", "validate"):
        assert office.do("type", cells=[(*output, "已电话核实")], show=[output]) == ["已电话核实"]
        office.do(act)
        assert office.do("type", cells=[], show=[output]) == ["已电话核实"]
    office.do("close")


def test_a_corrected_document_loses_its_marks(office: Office, tmp_path: Path) -> None:
    office.do("open", path=str(one_wrong_cell(tmp_path / "a.xlsx")))
    office.do("validate")
    office.do("set", sheet="表三", cell="D9", value=0)
    assert office.do("validate").startswith("没有发现错误。错误0，警告0，提示0")
    assert "校验结果" not in office.do("state")
    office.do("close")


def test_a_repair_is_written_only_with_a_yes_and_is_one_step_to_undo(
    office: Office, tmp_path: Path
) -> None:
    office.do("open", path=str(one_wrong_cell(tmp_path / "a.xlsx")))
    question, output = office.do("repair", agree=False)
    assert "照这样改吗？" in question
    assert (output, office.do("value", sheet="表三", cell="D9")) == ("", 1)
    _, output = office.do("repair", agree=True)
    assert output.startswith("错误0，警告0，提示0")
    assert office.do("value", sheet="表三", cell="D9") == 0
    notes = office.do("state")["表三"]["notes"]
    assert notes["D9"].startswith("【勾稽】提示 已按建议由1改为0")
    office.do("close")


def test_blank_cells_become_0_after_a_yes_and_totals_follow(office: Office, tmp_path: Path) -> None:
    office.do("open", path=str(three_blanks(tmp_path / "a.xlsx")))
    assert "D22）是空格" in str(answer(office.do("read"))["file"]["findings"])
    question, output = office.do("zeros", agree=False)
    assert question == "还有3格空着，都填0吗？写着字的格不动，总计照各项相加。"
    assert output == ""
    _, output = office.do("zeros", agree=True)
    assert output.startswith("没有发现错误。错误0，警告0，提示0")
    office.do("close")


class Screen:
    """A virtual screen with a keyboard."""

    def __init__(self, folder: Path) -> None:
        require_app("xdotool")
        self.folder = folder
        read, write_ = os.pipe()
        self.server = subprocess.Popen(
            [
                require_app("Xvfb"),
                "-displayfd",
                str(write_),
                "-screen",
                "0",
                "1280x800x24",
                "-fbdir",
                str(folder),
            ],
            pass_fds=[write_],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_)
        with os.fdopen(read) as file:
            self.display = f":{file.readline().strip()}"

    def xdotool(self, *words: str) -> str:
        env = os.environ | {"DISPLAY": self.display}
        done = subprocess.run(["xdotool", *words], env=env, capture_output=True, text=True)
        return done.stdout

    def focus(self, title: str) -> None:
        """Waits for the window whose title has ``title`` and gives it the keyboard."""
        for _ in range(240):
            windows = self.xdotool("search", "--onlyvisible", "--name", title).split()
            if windows:
                self.xdotool("windowsize", windows[-1], "1280", "800")
                self.xdotool("windowfocus", "--sync", windows[-1])
                return
            time.sleep(0.25)
        raise AssertionError(f"no window {title}")

    def picture(self, path: Path) -> Path:
        """What the screen shows, as a PNG."""
        from PIL import Image

        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = int.from_bytes(data[:4], "big")
        colours = int.from_bytes(data[76:80], "big")
        start, row = header + colours * 12, int.from_bytes(data[48:52], "big")
        size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
        made = Image.frombuffer("RGB", size, data[start:], "raw", "BGRX", row, 1)
        made.save(path)
        return path

    def close(self) -> None:
        self.server.kill()
        self.server.wait()


def test_the_menu_is_clicked_the_cell_is_red_it_is_corrected_and_clicked_again(
    tmp_path: Path,
) -> None:
    from PIL import Image

    (tmp_path / "screen").mkdir()
    screen = Screen(tmp_path / "screen")
    path = one_wrong_cell(tmp_path / "nianbao.xlsx")
    office = Office(tmp_path, path, screen.display)
    try:
        assert office.do("sheets", sheet="表三", until=True)
        office.do("front", sheet="表三")
        screen.focus("nianbao")
        plain = screen.picture(tmp_path / "1.png")
        _click_first_entry(screen, tmp_path)
        assert office.do("sheets", sheet="校验结果", until=True)
        first = ["表三", "D9"]  # the click selects the first finding last
        assert office.do("selected", until=first) == first
        office.do("select", sheet="表三", cell="D8")  # D9, most likely wrong, comes into view
        marked = _settled(screen, tmp_path / "2.png", lambda n: n > 100)
        assert office.do("state")["表三"]["protected"]
        office.do("front", sheet="校验结果")
        results = _redrawn(screen, marked.read_bytes(), tmp_path / "3.png")
        office.do("front", sheet="表三")
        office.do("set", sheet="表三", cell="D9", value=0)
        _click_first_entry(screen, tmp_path)
        assert office.do("sheets", sheet="校验结果", until=False) is False
        _settled(screen, tmp_path / "4.png", lambda n: n == 0)
        assert _reds(Image.open(plain)) == 0
        _recorded(marked, "libreoffice-marked")
        _recorded(results, "libreoffice-results")
    finally:
        office.close()
        screen.close()


def test_a_desk_goes_from_open_to_ready_in_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "screen").mkdir()
    screen = Screen(tmp_path / "screen")
    path = nearly_ready(tmp_path / "nianbao.xlsx", unit_class="")
    office = Office(tmp_path, path, screen.display)
    try:
        assert office.do("sheets", sheet="表三", until=True)
        office.do("front", sheet="表三")
        screen.focus("nianbao")
        for number, said in enumerate(("还差3件", "还差2件", "可以上报"), 1):
            if number == 2:
                office.do("zeros", agree=True)
            elif number == 3:
                office.do("repair", agree=True)
                office.do("type", cells=[["封面", 7, 1, "政府部门"]], show=[])
            office.do("bar", remove=True)
            _click_first_entry(screen, tmp_path)
            assert office.do("bar", until=True)
            office.do("select", sheet="表三", cell="D8")
            menu = (tmp_path / "menu.png").read_bytes()
            shown = _redrawn(screen, menu, tmp_path / f"desk-libreoffice-{number}.png")
            _recorded(shown, f"desk-libreoffice-{number}")
            assert said in office.do("validate")
    finally:
        office.close()
        screen.close()


def _recorded(picture: Path, name: str) -> None:
    """The window is as the documentation shows it; other versions have other windows."""
    version = subprocess.run([require_app("soffice-calc"), "--version"], capture_output=True)
    if b"LibreOffice 7.4" in version.stdout:
        compared(picture.read_bytes(), name)


def _click_first_entry(screen: Screen, folder: Path) -> None:
    """The menu 年报校验(G) by its key, and its first entry, 校验."""
    before = screen.picture(folder / "before.png").read_bytes()
    screen.xdotool("key", "--clearmodifiers", "alt+g")
    _redrawn(screen, before, folder / "menu.png")
    screen.xdotool("key", "Return")


def _redrawn(screen: Screen, before: bytes, path: Path) -> Path:
    """The screen's picture once it is another than ``before`` and stands still."""
    end, last = time.monotonic() + CAP, before
    while time.monotonic() < end:
        now = screen.picture(path).read_bytes()
        if now != before and now == last:
            return path
        last = now
        time.sleep(0.25)
    raise AssertionError("the screen did not change")


def _reds(picture: Any) -> int:
    """Red points on the table; notes beside it and the sign of an unsaved file are red too."""
    table = picture.convert("RGB").crop((37, 160, 1090, 740))
    return sum(
        r > 230 and g < 30 and b < 30 for r, g, b in zip(*[iter(table.tobytes())] * 3, strict=True)
    )


def _settled(screen: Screen, path: Path, fits: Callable[[int], bool]) -> Path:
    """The screen's picture once the number of red points fits."""
    from PIL import Image

    end = time.monotonic() + CAP
    while not fits(reds := _reds(Image.open(screen.picture(path)))):
        assert time.monotonic() < end, f"{reds} red points"
        time.sleep(0.25)
    return path


def test_odd_cells_of_an_open_document_are_sent_as_what_they_are(
    office: Office, tmp_path: Path
) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    book = opened(path)
    table = book["表三"]
    table["D10"], table["D11"], table["D12"] = True, "=1>0", "=表二!B6"
    table["D13"] = ArrayFormula("D13", "=SUM(D14,E14)")
    table["D14"], table["D15"] = '=""', "=1+2"
    table["D15"].data_type = "s"
    table["D16"].number_format, table["D17"].number_format = "0%", "yyyy/m/d"
    table["D18"] = '=IF(1,"a;b","")'
    table.merged_cells.add("E20:F20")
    small, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
    table["E9"] = CellRichText(TextBlock(InlineFont(), "18"), TextBlock(small, "2"))
    table["E10"] = CellRichText(TextBlock(InlineFont(), "18"), TextBlock(struck, "7"))
    table["D19"] = "=SUM((D20,E20))"
    book.defined_names["gj_t3_new_natural"].attr_text = "'表三'!$D$7:$E$8"
    book.save(path)
    office.do("open", path=str(path))
    reply = office.do("read")
    sheet = next(s for s in reply["sheets"] if s["name"] == "表三")
    office.do("close")
    assert {"name": "gj_t3_new_natural", "refers_to": "'表三'!$D$7:$E$8"} in reply["names"]
    values = [sheet["values"][row][3] for row in range(9, 19)]
    formulas = [sheet["formulas"][row][3] for row in range(9, 19)]
    assert (values[0], values[1]) == (True, True)
    assert formulas[1:5] == ["=1>0", "=表二!B6", "=SUM(D14,E14)", '=""']
    assert (values[4], values[5], formulas[5]) == ("", "=1+2", "")
    assert formulas[8:] == ['=IF(1,"a;b","")', "=SUM((D20,E20))"]
    assert [sheet["values"][row][4] for row in (8, 9)] == ["18²", "18"]
    assert "E20:F20" in sheet["merges"]
    assert ["D16:D16", "0%"] in sheet["formats"]
    assert ["D17:D17", "yyyy-m-d"] in sheet["formats"]
