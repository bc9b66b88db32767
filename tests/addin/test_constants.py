"""What marks are known by is written once, and generated where Python cannot be imported."""

from __future__ import annotations

import ast
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.addin.install import constants
from gouji.addin.install.packs import build_oxt, wps_files
from gouji.validators.finding import SEVERITY_ZH, STAGES
from gouji.validators.mark import signs

from ..conftest import ROOT

COLOURS = {
    colour
    for look in signs.LOOKS.values()
    for colour in (look.background, look.font, *look.page)
    if colour != "FFFFFF"
}
# Each is a constant of ours in the source of a program, whatever quotes it wears.
BY_HAND = re.compile(
    "|".join(
        [
            rf"""["'`]{signs.MARKER}""",
            rf"""["'`]{signs.NOTE_START}""",
            rf"""["'`]{signs.SHEET_NAME}["'`]""",
            *(rf"""["'`]{zh}["'`]""" for zh in SEVERITY_ZH.values()),
            *(f"#{colour}" for colour in COLOURS),
        ]
    ),
    re.IGNORECASE,
)
ALLOWED = {
    "validators/mark/signs.py": "the one place",
    "templates/words.py": "the one place of the sheets' names",
    "validators/finding.py": "the one place of the severities' words",
    "validators/city/looks.py": "colours of units' states and a column's head, not of marks",
    "templates/styles.py": "the template's own live checks",
}


def sources() -> list[Path]:
    found = [
        path
        for room in ("addin", "validators", "templates")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".js", ".css", ".bas", ".html") or path.name == "words.toml"
    ]
    assert len(found) > 100
    return found


def written(path: Path) -> str:
    """The text without its generated block, and without what Python does not run."""
    text = path.read_text("utf-8")
    text = re.sub(f"{constants.START}.*?{constants.END}", "", text, flags=re.DOTALL)
    if path.suffix == ".py":
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                node.value.value = ""  # a docstring
        text = ast.unparse(tree)
    return text


def test_every_generated_block_is_current() -> None:
    stale = [str(path) for path, _ in constants.stale()]
    assert not stale, f"run python -m gouji.addin.install.constants: {stale}"


@pytest.mark.parametrize("name", list(constants.BLOCKS))
def test_a_block_changes_when_its_constant_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "addin" / name).read_text("utf-8")
    if name.endswith(".js"):
        other = {severity: zh + "！" for severity, zh in SEVERITY_ZH.items()}
        monkeypatch.setattr(constants, "SEVERITY_ZH", other)
    else:
        error = replace(
            signs.LOOKS["error"], background="123456", edge="123456", page=("123456", "000000")
        )
        monkeypatch.setitem(signs.LOOKS, "error", error)
    changed = constants.current(name, text)
    assert changed != text
    monkeypatch.undo()
    assert constants.current(name, changed) == text


def test_a_file_that_lost_its_block_is_told() -> None:
    with pytest.raises(ValueError, match=r"style\.css has no generated block"):
        constants.current("web/style.css", "body {}")


@pytest.mark.slow
def test_no_constant_of_marks_is_written_by_hand_elsewhere() -> None:
    found = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name not in ALLOWED and (hits := BY_HAND.findall(written(path))):
            found[name] = hits
    assert found == {}


def test_what_is_allowed_to_say_them_still_does() -> None:
    assert [n for n in ALLOWED if not BY_HAND.search(written(ROOT / n))] == []


def test_the_builders_put_them_beside_the_scripts(tmp_path: Path) -> None:
    config = wps_files("http://a")["config.js"].decode()
    known = json.loads(config.partition("= ")[2].rstrip(";\n"))
    with zipfile.ZipFile(build_oxt(tmp_path / "a.oxt")) as archive:
        words = json.loads(archive.read("words.json"))
        styles = archive.read("styles.fods").decode()
    for given in (known, words):
        assert given["stages"] == {stage.value: words.zh for stage, words in STAGES.items()}
        assert (given["name"], given["start"]) == (signs.SHEET_NAME, signs.SHEET_START)
        assert (given["marker"], given["note_start"]) == (signs.MARKER, signs.NOTE_START)
    formula = words["calc_formula"].replace("{kind}", "error").replace("{title}", "校验结果")
    assert formula == signs.calc_formula("error", "校验结果")
    assert formula == "AND(N(\"gouji:error\")=0;ROWS($'校验结果'.$A$1)=1)"
    assert all(f"#{look.background}" in styles for look in signs.LOOKS.values())


def test_vba_makes_the_formula_and_the_colours_of_python() -> None:
    import elixcee

    code = (ROOT / "addin" / "excel" / "vba" / "GoujiMarks.bas").read_text()
    block = code[code.index("Public Const") : code.index(f"' {constants.END}")]
    entry = ['Range("A1").Value = GoujiFormula("warning", "R")']
    for row, kind in enumerate(signs.LOOKS, 2):
        entry.append(f'Range("A{row}").Value = GoujiColour("{kind}", True)')
        entry.append(f'Range("B{row}").Value = GoujiColour("{kind}", False)')
    stub = """
Public Function RGB(ByVal r As Long, ByVal g As Long, ByVal b As Long) As Long
    RGB = r + g * 256 + b * 65536
End Function
"""  # VBA's own, which the interpreter does not have
    vm = elixcee.Vm()
    vm.run(block + stub + "Public Sub Entry()\n" + "\n".join(entry) + "\nEnd Sub\n", "Entry")
    assert vm.get_cell(1, 1) == "=" + signs.formula("warning", "R")
    for row, look in enumerate(signs.LOOKS.values(), 2):
        for column, colour in ((1, look.background), (2, look.font)):
            red, green, blue = bytes.fromhex(colour)
            assert vm.get_cell(row, column) == red + (green << 8) + (blue << 16)
