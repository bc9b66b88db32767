"""One card is the same card everywhere: the same workbooks by every road."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gouji.addin.open_book import LiveBook
from gouji.addin.remote import answer
from gouji.addin.web.server import make_app
from gouji.validators.office import check_book, check_files
from gouji.validators.output import file_entry

from ..builders import faulty
from ..conftest import require_app, sample
from .office import OFFICE, Office
from .test_macros import remote
from .wps import StandIn, sent


def verdict_of(entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What must be equal: every finding, every card, and what was not checked."""
    keys = ("rule", "severity", "sheet", "cell", "found", "expected", "message", "repair")
    found = [tuple(str(f[k]) for k in keys) for f in entry["findings"]]
    return [*found, entry["checked"], str(entry["unchecked"]), str(entry["cards"])]


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return faulty(tmp_path_factory.mktemp("faults"), sample(20, 100))


@pytest.fixture(scope="module")
def expected(workbooks: list[Path]) -> list[list[tuple[Any, ...]]]:
    return [verdict_of(file_entry(result)) for result in check_files(workbooks)]


@pytest.mark.slow
def test_on_xlwings_remote_engine(workbooks: list[Path], expected: list[Any]) -> None:
    got = [verdict_of(file_entry(check_book(LiveBook(remote(p))))) for p in workbooks]
    assert got == expected
    assert sum(len(e) > 3 for e in expected) > len(expected) / 2  # most of them have findings


@pytest.mark.slow
def test_on_the_drop_page(workbooks: list[Path], expected: list[Any]) -> None:
    from starlette.testclient import TestClient

    client = TestClient(make_app(per_minute=1000))
    got = [
        verdict_of(client.post("/api/check", content=p.read_bytes()).json()["file"])
        for p in workbooks
    ]
    assert got == expected


@pytest.mark.slow
def test_in_wps(workbooks: list[Path], expected: list[Any]) -> None:
    with StandIn(require_app("node"), answer) as wps:
        for path, right in zip(workbooks, expected, strict=True):
            wps.run(sent(path), "goujiValidate")
            assert verdict_of(wps.told[-1]["file"]) == right


@pytest.mark.apps(*OFFICE)
@pytest.mark.slow
def test_in_libreoffice(workbooks: list[Path], expected: list[Any], office: Office) -> None:
    for path, right in zip(workbooks, expected, strict=True):
        office.do("open", path=str(path))
        made = answer(office.do("read"))
        assert verdict_of(made["file"]) == right
        if path not in workbooks[:5]:
            office.do("close")
            continue
        office.do("show", plan=made)
        marked = office.do("state")
        formats = {
            (name, f[0]) for name, s in marked.items() for f in s["formats"] if "gouji:" in f[1]
        }
        assert formats == {(f["sheet"], f["cell"]) for f in made["fills"]}
        office.do("close")
