"""gouji.html, opened from a folder without a network: says and marks what the command line does."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import shutil
import statistics
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from gouji.addin.install.commands import addin
from gouji.addin.page import build as building
from gouji.addin.page import road
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.templates.workbook import build
from gouji.validators.office import check_files, fix_bytes, flag_bytes
from gouji.validators.output import file_entry

from ..builders import consistent, nearly_ready, one_wrong_cell, opened
from ..conftest import in_a_process, require_app, required, shared
from ..pages import BYTES, TEXT, as_text, downloaded, recorded, violations
from ..published_documents import document
from ..published_text import published
from ..validators.ooxml.samples import changed
from .test_everywhere import expected, verdict_of, workbooks

__all__ = ["expected", "workbooks"]


@pytest.mark.slow
def test_what_runs_in_the_page_needs_the_standard_library_alone(tmp_path: Path) -> None:
    wrong = one_wrong_cell(tmp_path / "wrong.xlsx")
    with zipfile.ZipFile(io.BytesIO(building.sources())) as archive:
        archive.extractall(tmp_path)
    natural = tmp_path / "natural.xlsx"
    book = opened(wrong)
    for row in range(7, 32):
        book["表三"][f"J{row}"] = f"=D{row}+E{row}+F{row}+G{row}+H{row}+I{row}"
    book["表三"]["J9"] = "=SUM(D9:H9)+I9*1"
    book["表三"]["J10"] = '=IFERROR(ROUND(SUM(D10:I10),0),"a")'
    book.save(natural)
    filled = natural.with_name("filled.xlsx")
    filled.write_bytes(changed(natural.read_bytes(), _filled_down))
    for path in (natural, filled):
        (result,) = check_files([path])
        entry = {**file_entry(result), "path": path.name}
        path.with_suffix(".json").write_text(json.dumps(entry), "utf-8")
    in_a_process("page_alone", tmp_path, wrong, natural, filled, cwd=tmp_path)


def _filled_down(name: str, part: bytes) -> bytes:
    """The formulas of J12 to J20 as Excel writes one that was filled down."""
    if b"<f>D12+E12" not in part:
        return part
    part = part.replace(b"<f>D12+E12", b'<f t="shared" ref="J12:J20" si="0">D12+E12')
    return re.sub(rb"<f>D(1[3-9]|20)\+E[^<]*</f>", b'<f t="shared" si="0"/>', part)


def test_the_page_uses_the_rule_pack_that_a_workbook_was_made_with(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(building.sources())) as archive:
        assert "gouji/templates/packs/evidence.toml" in archive.namelist()
    form = load("2021").with_pack(Path("evidence"))
    spoken = {form.sections[0].title: "全区33家单位编制了标准目录。"}
    data = build(form, year=2024, unit="甲局", ledgers=True, narrative=spoken)
    checked = json.loads(road.check(data, "a.xlsx", "zh"))
    reasons = [u["reason"] for u in checked["file"]["unchecked"]]
    assert "正文写“全区33家单位”，没有《标准目录》，或者是空的，没有核对" in reasons


def test_without_npm_the_other_addins_are_built_and_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    result = CliRunner().invoke(addin, ["build", "-o", str(tmp_path / "out")], obj={"lang": "zh"})
    assert result.exit_code == 0
    assert "没有 npm" in result.stderr
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"gouji.xlam", "gouji-wps.zip", "gouji.oxt"}
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/false")
    with pytest.raises(InputError, match="取不到 pyodide"):
        building.build_page(tmp_path / "gouji.html")


def test_a_wrong_file_has_its_sentence(tmp_path: Path) -> None:
    assert "不是工作簿" in road.check(b"hello", "a.xlsx").encode().decode("unicode_escape")
    with pytest.raises(InputError, match="不是工作簿"):
        road.flag(b"hello", "a.xlsx")
    with pytest.raises(InputError, match="is not a workbook"):
        road.flag(b"hello", "a.xlsx", "en")
    with pytest.raises(InputError, match="is not a workbook"):
        road.zeros(b"hello", "a.xlsx", "en")
    with pytest.raises(InputError, match="has no such repair"):
        road.fix(building.workbook(load("2021")), "a.xlsx", "1.1", "en")
    good = building.workbook(load("2021"))
    assert "b.xlsx" in road.check(good, "a.xlsx", "zh", b"hello", "b.xlsx")


def test_of_published_reports_the_page_reads_texts_and_says_so_of_the_others(
    form: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = consistent(form, random.Random(3)) | {"t3.total.natural": 99.0}
    text = published(form, values, "tabs", "甲县", 2024)
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (result,) = check_files([tmp_path / "a.txt"])
    told = json.loads(road.check(text.encode(), "a.txt"))
    assert told["file"] == file_entry(result) | {"path": "a.txt"}
    assert not told["markable"]
    monkeypatch.setitem(sys.modules, "pebble", None)  # as in a browser
    told = json.loads(road.check(document(form, values, "甲县", 2024), "a.docx"))
    assert told["file"]["error"].startswith("a.docx 在这里读不了")


def bundle() -> str:
    """What the page and the add-in for WPS carry, made once."""

    def make(folder: Path) -> None:
        (folder / "bundle.js").write_text(building.bundle(), "utf-8")

    return (shared("bundle", make) / "bundle.js").read_text("utf-8")


@pytest.fixture(scope="module")
def address() -> str:
    def make(folder: Path) -> None:
        require_app("npm")
        try:
            building.build_page(folder / "gouji.html", bundle())
        except InputError as error:
            required(error.en)

    made = shared("page", make) / "gouji.html"
    assert made.stat().st_size < 12 << 20
    return made.as_uri()


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page, open and ready, in a browser that has no network."""
    made = browser.new_context(offline=True, accept_downloads=True).new_page()
    asked: list[str] = []
    made.on("request", lambda request: asked.append(request.url))
    start = time.perf_counter()
    made.on("dialog", lambda dialog: dialog.accept())
    made.goto(address)
    made.evaluate("gouji.ready")
    print(f"ready after {time.perf_counter() - start:.1f} s")
    yield made
    assert all(url.startswith(("file:", "blob:")) for url in asked), asked


CHECK = f"""async ([text, name]) => {{
    const data = {BYTES}(text), start = performance.now();
    const entry = await gouji.check(data, name);
    const seconds = (performance.now() - start) / 1000;
    return [entry, seconds, {TEXT}(await gouji.flag(data, name))];
}}"""


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_workbooks_are_judged_and_marked_as_by_the_command_line(
    page: Any, workbooks: list[Path], expected: list[Any]
) -> None:
    seconds = []
    for path, right in zip(workbooks, expected, strict=True):
        data = path.read_bytes()
        entry, took, marked = page.evaluate(CHECK, [as_text(data), str(path)])
        seconds.append(took)
        assert verdict_of(entry) == right
        (result,) = check_files([path])
        assert parts(base64.b64decode(marked)) == parts(flag_bytes(data, result))
    print(f"check: median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s")
    assert statistics.median(seconds) <= 1.0


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_the_page_is_used_by_hand(page: Any, bad: Path, tmp_path: Path) -> None:
    page.set_input_files("#file", str(bad))
    page.wait_for_selector("#result:not([hidden])")
    assert page.inner_text("#title") == "乙县 2024年度"
    page.click("#cards details summary")
    page.wait_for_selector("#cards dl dd")
    assert "依据等级" in page.inner_text("#cards dl")
    downloaded(page, "#download", saved := tmp_path / "saved.xlsx")
    (result,) = check_files([bad])
    assert parts(saved.read_bytes()) == parts(flag_bytes(bad.read_bytes(), result))
    downloaded(page, "#blank-2019", saved)
    assert check_files([saved]).__next__().report.edition is load("2019")  # type: ignore[union-attr]
    page.set_input_files("#file", str(saved))
    page.click("#cards button.zeros")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("还差2件；")  # cover and narrative
    page.set_input_files("#file", str(bad))
    page.wait_for_selector("#download:visible")
    page.click("#language")
    page.wait_for_function(
        "() => document.querySelector('#counts').textContent.includes('relations')"
    )
    assert page.evaluate("document.documentElement.lang") == "en"
    assert not re.search("[一-鿿]", page.inner_text("#status"))
    page.click("#language")


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_a_repair_is_that_of_gouji_fix_and_can_be_undone(
    page: Any, bad: Path, tmp_path: Path
) -> None:
    page.reload()
    page.evaluate("gouji.ready")
    page.set_input_files("#file", str(bad))
    page.wait_for_selector("#cards button.apply")
    assert page.inner_text("#cards button.apply") == "按此修改"
    page.click("#cards button.apply")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("还差2件；")
    downloaded(page, "#save", saved := tmp_path / "saved.xlsx")
    assert parts(saved.read_bytes()) == parts(fix_bytes(bad.read_bytes(), bad.name, [(1, 1)]))
    comments = b"".join(d for n, d in parts(saved.read_bytes()).items() if "comments" in n)
    assert "已按建议由".encode() in comments
    page.click("#undo")
    page.wait_for_selector("#cards button.apply")
    assert not page.is_visible("#save")
    before = tmp_path / "before.xlsx"
    before.write_bytes(bad.read_bytes())
    page.set_input_files("#prior", str(before))
    page.set_input_files("#file", str(bad))
    page.wait_for_selector("#cards button.apply")
    page.click("#cards button.apply")
    page.wait_for_selector("#save:visible")


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_a_desk_goes_from_open_to_ready(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1000, "height": 640})
    page.reload()  # what was chosen before is in no picture
    page.evaluate("gouji.ready")
    page.set_input_files("#file", str(nearly_ready(tmp_path / "年报.xlsx")))
    page.wait_for_selector("#cards button.zeros")
    assert page.inner_text("#counts").startswith("还差2件；")
    recorded(page, "desk-page-1")
    page.click("#cards button.zeros")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("还差1件；")
    page.click("#cards button.apply")
    page.wait_for_function("() => document.querySelector('#counts').textContent.includes('√')")
    assert page.inner_text("#counts").startswith("√ 可以上报；")
    recorded(page, "desk-page-2")
    downloaded(page, "#save", saved := tmp_path / "saved.xlsx")
    (result,) = check_files([saved])
    assert result.verdict is not None
    assert result.verdict.left == 0


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_axe_finds_nothing_on_the_offline_page(page: Any, bad: Path) -> None:
    page.reload()
    page.evaluate("gouji.ready")
    assert violations(page) == []
    page.set_input_files("#file", str(bad))
    page.wait_for_selector("#result:not([hidden])")
    assert violations(page) == []
    other = bad.with_name("other.xlsx")
    other.write_bytes(bad.read_bytes())
    broken = bad.with_name("broken.xlsx")
    broken.write_bytes(b"none")
    page.set_input_files("#file", [str(bad), str(other), str(broken)])
    page.wait_for_function("() => document.querySelector('#status').textContent.includes('3个')")
    assert violations(page) == []
    page.click("#list button.link")
    page.wait_for_selector("#result:not([hidden])")
    assert violations(page) == []


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_the_page_answers_while_it_starts_and_judges(
    browser: Any, address: str, workbooks: list[Path]
) -> None:
    page = browser.new_context(offline=True).new_page()
    page.add_init_script("""
        window.gap = 0;
        window.told = new Set();
        let last = performance.now();
        setInterval(() => {
            const now = performance.now(), line = document.getElementById("status");
            gap = Math.max(gap, now - last);
            last = now;
            if (line) told.add(line.textContent);
        }, 20);""")
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.gouji")
    page.evaluate("gap = 0")  # the file of 9 MB has been read
    page.set_input_files("#file", [str(p) for p in workbooks[:10]])
    page.wait_for_function("() => document.querySelector('#status').textContent.includes('10个')")
    gap, told = page.evaluate("[gap, [...told]]")
    print(f"the longest that the page did not answer: {gap:.0f} ms")
    assert gap < 700
    for phase in ("1/3", "2/3", "3/3"):
        assert any(phase in line for line in told), told
    assert any(line.endswith("秒") and not line.endswith("已用0秒") for line in told)
    page.context.close()


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_a_browser_that_lacks_something_is_told_what(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream;")
    page.goto(address)
    page.wait_for_selector("#status.bad")
    assert "缺少：DecompressionStream" in page.inner_text("#status")
    page.close()
