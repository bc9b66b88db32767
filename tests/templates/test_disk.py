"""A file is the old one or the new one, whole, and nobody else's."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path

import pytest
from gouji.templates.disk import PREFIX, digest_of, put, sweep, try_lock
from gouji.templates.errors import InputError

from ..conftest import program, required

OLD, NEW = b"what the clerk wrote", b"what comes in its place"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "年报.xlsx").write_bytes(OLD)
    return tmp_path / "年报.xlsx"


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name.startswith(PREFIX))


def refused(path: Path, words: str, **more: object) -> None:
    with pytest.raises(InputError, match=words):
        put(path, NEW, **more)  # type: ignore[arg-type]
    assert left(path.parent) == []


def test_a_link_is_never_written_through(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    refused(link, "是链接，没有写")
    assert path.read_bytes() == OLD
    assert link.is_symlink()


def test_a_file_with_a_second_name_is_refused_with_the_reason(path: Path, tmp_path: Path) -> None:
    os.link(path, tmp_path / "other.xlsx")
    refused(path, "硬链接")
    assert path.read_bytes() == OLD


def test_mode_and_extended_attributes_are_kept(path: Path) -> None:
    path.chmod(0o640)
    try:
        os.setxattr(path, "user.note", "收".encode())
    except OSError:
        required("a file system with extended attributes")
    put(path, NEW)
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.getxattr(path, "user.note") == "收".encode()


@pytest.mark.skipif(os.name == "nt", reason="no owners there")
def test_owner_and_group_are_kept(path: Path) -> None:
    owner = (1234, 2345)
    if os.geteuid():  # only root gives files away, others to a group of their own
        owner = (os.getuid(), min(os.getgroups()))
    os.chown(path, *owner)
    put(path, NEW)
    assert (path.stat().st_uid, path.stat().st_gid) == owner


def test_an_owner_that_cannot_be_kept_is_a_reason_to_refuse(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "fchown", no)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
        refused(path, "属于别的用户或组")
        assert path.read_bytes() == OLD


def test_an_attribute_that_cannot_be_kept_is_a_reason_to_refuse(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "no")

    monkeypatch.setattr(os, "listxattr", lambda *_, **__: ["user.note"])
    monkeypatch.setattr(os, "getxattr", no)
    refused(path, "扩展属性 user.note")


def test_a_file_that_changed_is_not_replaced(path: Path) -> None:
    put(path, NEW, expected=digest_of(OLD))
    refused(path, "又被改动了", expected=digest_of(OLD))
    assert path.read_bytes() == NEW


def test_a_new_file_never_takes_the_place_of_one_that_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, real = tmp_path / "a.xlsx", os.fsync

    def late(handle: int) -> None:
        target.write_bytes(OLD)
        real(handle)

    monkeypatch.setattr(os, "fsync", late)
    refused(target, "已经有了，没有覆盖", new=True)
    assert target.read_bytes() == OLD


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence_and_leaves_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "full")

    monkeypatch.setattr(os, "write", full)
    refused(path, "磁盘已满，.* 没有改动")
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("name", ["局" * 100, "a\0b"])
def test_a_name_that_cannot_be_is_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"写不了文件 .*（文件名"):
        put(tmp_path / name, NEW)


def test_a_name_of_255_bytes_and_one_in_gbk_can_be_written(tmp_path: Path) -> None:
    for name in ("局" * 85, os.fsdecode("年报.xlsx".encode("gbk"))):
        put(tmp_path / name, NEW, new=True)
        put(tmp_path / name, OLD)
        assert (tmp_path / name).read_bytes() == OLD
    assert left(tmp_path) == []


def test_what_a_killed_run_left_goes_and_what_another_holds_stays(path: Path) -> None:
    folder = path.parent
    (folder / f"{PREFIX}0123.tmp").write_bytes(b"half")
    (folder / f"{PREFIX}abc.lock").write_bytes(b"")
    held = folder / f"{PREFIX}held.tmp"
    handle = os.open(held, os.O_CREAT | os.O_RDWR)
    assert try_lock(handle)
    (folder / f"{PREFIX}link").symlink_to(path)
    sweep(folder)
    assert left(folder) == [held.name, f"{PREFIX}link"]
    os.close(handle)
    put(path, NEW)
    assert not held.exists()
    assert path.read_bytes() == NEW


def test_a_temporary_name_that_was_laid_out_beforehand_is_not_used(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(OLD)
    monkeypatch.setattr(os, "urandom", lambda count: b"\xaa" * count)
    (tmp_path / f"{PREFIX}{'a' * 16}.tmp").symlink_to(foreign)
    with pytest.raises(InputError):
        put(path, NEW)
    assert foreign.read_bytes() == OLD
    assert path.read_bytes() == OLD


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_file_or_the_new_and_the_next_run_sweeps(
    path: Path,
) -> None:
    for _ in range(20):
        with subprocess.Popen(program("write_on", path), stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.05)
            process.kill()
        assert path.read_bytes() in (OLD, b"n" * (1 << 22))
    put(path, NEW)
    assert left(path.parent) == []
