"""The files by which others run gouji: a container, a service of systemd, pre-commit."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from gouji.addin.web import server
from gouji.validators.cli.main import main

from .builders import one_wrong_cell
from .conftest import ROOT

WEB = ROOT / "addin" / "web"


def container() -> dict[str, str]:
    """The last line of each instruction of the container file."""
    lines = (WEB / "Containerfile").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if re.match("[A-Z]+ ", line))


def unit() -> configparser.ConfigParser:
    made = configparser.ConfigParser(strict=False, interpolation=None)
    made.optionxform = str  # type: ignore[assignment,method-assign]
    made.read(WEB / "gouji.service", "utf-8")
    return made


@pytest.mark.parametrize("by", ["container", "systemd"])
def test_the_command_that_is_started_serves_with_the_given_token(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = (
        json.loads(container()["ENTRYPOINT"])
        if by == "container"
        else shlex.split(unit()["Service"]["ExecStart"])
    )
    asked: list[Any] = []
    monkeypatch.setattr(
        server, "run", lambda host, port, token, **more: asked.append((host, port, token))
    )
    monkeypatch.setenv("GOUJI_SERVE_TOKEN", "geheim")
    assert Path(started[0]).name == "gouji"
    result = CliRunner().invoke(main, started[1:], obj={"lang": "zh"})
    assert result.exit_code == 0, result.output
    assert asked == [("0.0.0.0", 8765, "geheim")]


def test_a_port_that_is_taken_and_an_address_of_nobody_are_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["serve", "--port", str(port)], obj={"lang": "zh"})
    assert done.exit_code == 2
    assert f"端口 {port} 用不了" in done.output
    done = CliRunner().invoke(main, ["serve", "--host", "203.0.113.9"], obj={"lang": "zh"})
    assert done.exit_code == 2
    assert "这台电脑没有 203.0.113.9 这个地址" in done.output
    assert "Traceback" not in done.output


def test_the_container_installs_what_serves_and_is_nobodys_root() -> None:
    given = container()
    assert '"/src[server]"' in given["RUN"]
    assert given["USER"] == "gouji"
    assert given["EXPOSE"] == "8765"
    assert given["FROM"] == "${BASE}"
    assert "/" not in given["ARG"]  # a name that each office's own registry resolves
    left = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert {".git", ".venv", "build", "dist"} <= set(left)


@pytest.mark.apps("systemd")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("true")
    assert program
    text = (WEB / "gouji.service").read_text("utf-8").replace("/opt/gouji/bin/gouji", program)
    there = tmp_path / "gouji.service"
    there.write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(there)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "gouji.service" not in done.stderr, done.stderr
    assert done.returncode == 0


def test_the_hook_of_pre_commit_checks_the_workbooks_that_are_committed(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    path = one_wrong_cell(tmp_path / "甲局.XLSX")
    assert re.search(hook["files"], path.name)
    assert not re.search(hook["exclude"], path.name)
    assert re.search(hook["exclude"], "年报/~$甲局.xlsx")
    assert not re.search(hook["files"], "说明.docx")
    name, *words = shlex.split(hook["entry"])
    assert name == "gouji"
    assert CliRunner().invoke(main, [*words, str(path)]).exit_code == 1
