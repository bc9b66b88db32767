"""What the tests need beside Python stands in one list, and without it they skip and say so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, needs

CALLS = re.compile(r"(?:mark\.apps|require_app)\(([^()]*)\)|^OFFICE = (.*)", re.MULTILINE)
AXE = "tests/validators/output/test_html.py::test_axe_finds_nothing_on_the_page"


def test_every_need_has_packages_and_a_command_and_no_other_is_asked_for() -> None:
    assert all(packages and command for packages, command in needs().values())
    asked = set()
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text("utf-8")
        for call in re.findall(
            r"(?:mark\.apps|require_app)\(([^()]*)\)|^OFFICE = (.*)", text, re.M
        ):
            asked |= set(re.findall(r'"([^"]+)"', "".join(call)))
    assert asked - {"NAME"} <= set(needs())
    assert len(asked) > 5
    assert "needs" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert ".ci/needs" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no shell")
@pytest.mark.parametrize("strict", [False, True])
def test_without_an_application_a_test_is_skipped_by_name_or_fails(
    tmp_path: Path, strict: bool
) -> None:
    for program in ("sh", "dirname", "readlink"):
        (tmp_path / program).symlink_to(Path("/bin") / program)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GOUJI", "PYTEST", "COV"))}
    env |= {"PATH": str(tmp_path)} | ({"GOUJI_REQUIRE_APPS": "1"} if strict else {})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", AXE]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if strict else 0), done.stdout
    assert "chromium (Debian: chromium libatomic1) is not there" in done.stdout
    assert ("skipped, and why" in done.stdout) != strict
    assert ("nothing may be skipped" in done.stdout) == strict
