"""What a newcomer may type: docs/first-minute.md, every line of its table typed."""

from __future__ import annotations

import random
import re
import shlex
import shutil
from pathlib import Path

import pytest
from gouji.templates.edition import load

from ...builders import book_at, consistent, one_wrong_cell
from ...command import gouji
from ...conftest import ROOT

_ROW = re.compile(r"\| `(.+)` \| (\d) \| (.*?) ?\|")
ROWS = _ROW.findall((ROOT / "docs" / "first-minute.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    form = load("2021")
    values = consistent(form, random.Random(3))
    book_at(form, folder / "好.xlsx", year=2024, unit="某县", values=values)
    one_wrong_cell(folder / "坏.xlsx")
    for name in ("a b.xlsx", "a&b.xlsx", "-x.xlsx"):
        shutil.copy(folder / "坏.xlsx", folder / name)
    (folder / "空").mkdir()
    (folder / "说明.txt").write_text("说明", "utf-8")
    return folder


def test_there_are_sixty_of_them() -> None:
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("typed", "code", "said"), ROWS)
def test_what_is_typed_ends_so_and_says_so(
    typed: str,
    code: str,
    said: str,
    desk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = tmp_path / "here"
    shutil.copytree(desk, here)
    monkeypatch.chdir(here)
    line, _, given = typed.partition(" < ")
    *env, _, rest = re.split(r"(?:^| )(gouji)(?: |$)", line, maxsplit=1)
    for name in ("LC_ALL", "LANG", "GOUJI_LANG", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # no settings of whoever runs this
    for name, _, value in (word.partition("=") for word in shlex.split(env[0])):
        monkeypatch.setenv(name, value)
    done = gouji(*shlex.split(rest), input=Path(given).read_bytes() if given else None)
    assert done.exit_code == int(code), done.output
    assert said in done.output
    assert said or not done.output
