"""docs/licences.md names every package that gouji runs with."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

from .conftest import ROOT

WORKSHOP = {"test", "mutants", "site"}  # extras of who works on gouji


def direct() -> dict[str, list[Requirement]]:
    """What setup.cfg asks for, by extra; ``""`` for what is always needed."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    found = {"": config["options"]["install_requires"]}
    found |= {k: v for k, v in config["options.extras_require"].items() if k not in WORKSHOP}
    return {
        k: [Requirement(line) for line in v.split("\n") if line.strip()] for k, v in found.items()
    }


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(requirement: Requirement, seen: set[str]) -> Iterator[str]:
    """The package, and every package that it needs here."""
    name = plain(requirement.name)
    if name in seen:
        return
    seen.add(name)
    yield name
    try:
        further = distribution(name).requires or []
    except PackageNotFoundError:
        return
    for line in further:
        other = Requirement(line)
        extras = ["", *requirement.extras]
        if other.marker is None or any(other.marker.evaluate({"extra": e}) for e in extras):
            yield from needed(other, seen)


def listed() -> set[str]:
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    table = page.partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$", table, re.MULTILINE)
    return {plain(name.strip()) for row in rows for name in row.split(",")}


@pytest.mark.parametrize("extra", sorted(direct()))
def test_every_runtime_dependency_is_named_with_its_licence(extra: str) -> None:
    seen: set[str] = set()
    wanted = {name for r in direct()[extra] for name in needed(r, seen)}
    assert wanted
    assert wanted - listed() == set()


def test_the_remote_engine_is_told_precisely() -> None:
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    for words in (
        "PolyForm Noncommercial License 1.0.0",
        "**government institution**",
        "a company that hosts or operates it",
        "xlwings PRO License",
    ):
        assert words in page
