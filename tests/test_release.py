"""What is done for a release: the changelog's fragments, the files to hand out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest
from gouji.templates.edition import edition_ids
from gouji.validators import read

from bench import changelog, release

from .conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / "README.md").write_text("how\n", "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- 甲\n", "utf-8"
    )
    return tmp_path


def put(project: Path, name: str, text: str) -> Path:
    path = project / "changelog.d" / name
    path.write_text(text, "utf-8")
    return path


def test_fragments_are_folded_under_their_version_and_removed(project: Path) -> None:
    for name, text in {
        "12.fixed.md": "- 丁\n",
        "9.changed.md": "- 乙\n",
        "10.changed.md": "- 丙\n  续\n",
    }.items():
        put(project, name, text)
    changelog.main("0.2.0", project, "2026-02-03")
    assert (project / "CHANGELOG.md").read_text("utf-8") == (
        "# Changelog\n\n## 0.2.0 (2026-02-03)\n\n### Changed\n\n- 乙\n- 丙\n  续\n\n"
        "### Fixed\n\n- 丁\n\n## 0.1.0 (2026-01-01)\n\n- 甲\n"
    )
    assert [p.name for p in (project / "changelog.d").iterdir()] == ["README.md"]
    with pytest.raises(ValueError, match="no fragment"):
        changelog.main("0.3.0", project)


def test_an_unreleased_version_is_completed() -> None:
    before = "# Changelog\n\n## 0.2.0 (unreleased)\n\n- 乙\n\n## 0.1.0 (2026-01-01)\n\n- 甲\n"
    assert changelog.folded(before, "0.2.0", "### Fixed\n\n- 丙\n", "2026-02-03") == (
        "# Changelog\n\n## 0.2.0 (2026-02-03)\n\n- 乙\n\n### Fixed\n\n- 丙\n\n"
        "## 0.1.0 (2026-01-01)\n\n- 甲\n"
    )
    last = changelog.folded("# C\n\n## 0.1.0 (unreleased)\n\n- 甲\n", "0.1.0", "### Fixed\n", "D")
    assert last == "# C\n\n## 0.1.0 (D)\n\n- 甲\n\n### Fixed\n"
    assert (
        changelog.folded("# C\n", "0.1.0", "### Fixed\n", "D") == "# C\n## 0.1.0 (D)\n\n### Fixed\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "version", "why"),
    [
        ("1.news.md", "- 甲\n", "0.2.0", "1.news.md"),
        ("first.fixed.md", "- 甲\n", "0.2.0", "first.fixed.md"),
        ("1.fixed.md", "甲\n", "0.2.0", "1.fixed.md"),
        ("1.fixed.md", "- 甲\n", "0.1.0", "already"),
        ("1.fixed.md", "- 甲\n", "v2", "not a version"),
    ],
)
def test_what_will_not_do_changes_nothing(
    project: Path, name: str, text: str, version: str, why: str
) -> None:
    path = put(project, name, text)
    before = (project / "CHANGELOG.md").read_bytes()
    with pytest.raises(ValueError, match=why):
        changelog.main(version, project)
    assert path.exists()
    assert (project / "CHANGELOG.md").read_bytes() == before


def test_the_fragments_of_this_project_can_be_folded() -> None:
    changelog.section(changelog.fragments(ROOT / "changelog.d"))


@pytest.mark.slow
def test_the_blank_workbooks_of_a_release_are_read_back_and_its_sums_are_right(
    tmp_path: Path,
) -> None:
    made = release.templates(tmp_path / "templates")
    assert len(made) == len(set(made)) == 2 * len(edition_ids())
    assert {read(path).edition.id for path in made} == set(edition_ids())
    with_ledgers = [p for p in made if "申请台账" in openpyxl.load_workbook(p).sheetnames]
    assert with_ledgers == [p for p in made if "含台账" in p.name]
    lines = release.checksums(tmp_path).read_text("utf-8").splitlines()
    assert release.checksums(tmp_path).read_text("utf-8").splitlines() == lines
    sums = {name: sum_ for sum_, name in (line.split("  ", 1) for line in lines)}
    assert set(sums) == {p.relative_to(tmp_path).as_posix() for p in made}
    for name, sum_ in sums.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sum_


def test_a_release_is_built_into_an_empty_folder_alone(tmp_path: Path) -> None:
    kept = tmp_path / "a.txt"
    kept.write_text("mine", "utf-8")
    with pytest.raises(SystemExit, match="not empty"):
        release.main(str(tmp_path))
    assert list(tmp_path.iterdir()) == [kept]
