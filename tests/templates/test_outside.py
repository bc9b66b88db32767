"""What lies outside is looked at before it is read, and believed only with a seal of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gouji.templates.errors import InputError
from gouji.templates.notation import FormFile
from gouji.templates.outside import read_outside
from gouji.templates.roster import read_roster
from gouji.templates.sealing import is_sealed, seal
from gouji.validators.city.memory import Memory
from gouji.validators.cli.settings import Settings
from gouji.validators.ooxml.limits import Limits, load


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def huge(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(3 << 30)
    return path


def device(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


READERS = {
    "workbook": lambda path: load(path, Limits()),
    "rules": FormFile.read,
    "roster": read_roster,
    "settings": Settings,
    "memory": lambda path: Memory(path, "key"),
}


@pytest.mark.skipif(os.name == "nt", reason="a Windows disk has no pipes and devices")
@pytest.mark.parametrize("lie", [pipe, huge, device])
@pytest.mark.parametrize("reader", list(READERS))
def test_a_pipe_a_device_and_a_huge_file_are_a_sentence_at_once(
    reader: str,
    lie,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    with pytest.raises(InputError, match=r"不是普通文件|超过上限"):
        READERS[reader](lie(tmp_path / "a"))


def test_what_is_small_enough_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_outside(tmp_path / "a", 5) == b"12345"
    with pytest.raises(InputError, match="超过上限"):
        read_outside(tmp_path / "a", 4)
    with pytest.raises(InputError, match="是文件夹"):
        read_outside(tmp_path, 4)


def test_a_seal_is_of_one_kind_and_of_all_the_pieces() -> None:
    answer = seal("undo", b"ab", b"c")
    assert is_sealed(answer, "undo", b"ab", b"c")
    for kind, pieces in (("undo", (b"a", b"bc")), ("memory", (b"ab", b"c")), ("undo", (b"abc",))):
        assert not is_sealed(answer, kind, *pieces)
    assert not is_sealed(None, "undo", b"ab", b"c")


def test_a_secret_that_others_may_read_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    key = tmp_path / ".gouji" / "key"
    key.parent.mkdir()
    key.write_bytes(b"x" * 32)
    key.chmod(0o644)
    seal("undo", b"a")
    assert key.read_bytes() != b"x" * 32
    assert key.stat().st_mode & 0o777 == 0o600
