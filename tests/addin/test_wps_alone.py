"""The WPS add-in in Chromium, on the stand-in: no server, no Python, no network."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.install.packs import wps_files
from gouji.templates.errors import InputError
from gouji.validators.office import check_files
from gouji.validators.output import file_entry

from ..builders import nearly_ready, one_wrong_cell, three_blanks
from ..conftest import require_app, required, shared
from ..pages import recorded, violations
from .test_everywhere import workbooks
from .test_page import bundle
from .wps import HERE, sent

__all__ = ["workbooks"]
pytestmark = [pytest.mark.apps("chromium", "npm"), pytest.mark.slow]

MODEL = "\n".join(
    (
        f"const members = {(HERE / 'members.json').read_text('utf-8')};",
        *((HERE / name).read_text("utf-8") for name in ("model.js", "page.js")),
    )
)


@pytest.fixture(scope="module")
def addin() -> Path:
    """The add-in's folder, with the engine in it."""

    def make(folder: Path) -> None:
        require_app("npm")
        try:
            files = wps_files("http://127.0.0.1:9", bundle=bundle())
        except InputError as error:
            required(error.en)
        for name, data in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)

    return shared("wps-addin", make)


def opened(browser: Any, address: str, asked: list[str], **more: Any) -> Any:
    page = browser.new_context(**more).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(MODEL)
    page.goto(address)
    page.evaluate("OnAddinLoad({})")
    return page


def test_cards_and_marks_are_the_command_lines_without_a_server(
    browser: Any, addin: Path, workbooks: list[Path]
) -> None:
    asked: list[str] = []
    begun = time.perf_counter()
    page = opened(browser, (addin / "index.html").as_uri(), asked, offline=True)
    seconds = []
    for path, result in zip(workbooks, check_files(workbooks), strict=True):
        held, alerts, marks, took = page.evaluate("(book) => clicked(book)", sent(path))
        if not seconds:
            print(f"first click, at WPS' start: {time.perf_counter() - begun:.1f} s")
        seconds.append(took)
        assert held["cards"] == file_entry(result)["cards"]
        assert result.verdict is not None
        assert held["left"] == result.verdict.left
        assert held["road"].startswith("由加载项自己校验")
        assert bool(marks) == any(f.place and f.place.cell for f in result.verdict.findings)
        assert not [a for a in alerts if "没有发现错误" not in a]
    seconds.sort()
    print(f"click to marks: median {seconds[len(seconds) // 2]:.2f} s, slowest {seconds[-1]:.2f} s")
    assert seconds[len(seconds) // 2] < 1
    assert all(url.startswith(("file:", "blob:")) for url in asked), asked
    page.context.close()


def test_where_the_browser_is_too_old_the_server_is_asked_and_the_reason_told(
    browser: Any, addin: Path, tmp_path: Path
) -> None:
    asked: list[str] = []
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script("delete window.DecompressionStream;" + MODEL)
    page.goto((addin / "index.html").as_uri())
    _, (answer,), marks, _ = page.evaluate(
        "(book) => clicked(book)", sent(one_wrong_cell(tmp_path / "a.xlsx"))
    )
    assert "缺少" not in answer
    assert answer.startswith(
        "这个 WPS 不能自己校验（DecompressionStream）。连不上校验服务 http://127.0.0.1:9"
    )
    assert marks == []
    assert "http://127.0.0.1:9/api/book" in asked
    page.context.close()


@pytest.fixture(scope="module")
def pane(browser: Any, addin: Path) -> Iterator[Callable[[Path], tuple[Any, Any]]]:
    """Opens a workbook, clicks 校验: the add-in's own page and the pane, on one made-up address."""
    context = browser.new_context(viewport={"width": 350, "height": 520})

    def give(route: Any) -> None:
        name = route.request.url.removeprefix("http://wps.invalid/")
        route.fulfill(path=addin / name) if (addin / name).is_file() else route.abort()

    context.route("**/*", give)
    page = context.new_page()
    page.add_init_script(MODEL)
    page.goto("http://wps.invalid/index.html")
    page.evaluate("OnAddinLoad({})")

    def show(path: Path) -> tuple[Any, Any]:
        page.evaluate("document.querySelectorAll('iframe').forEach((frame) => frame.remove())")
        page.evaluate("state.storage.gouji_live = state.storage.gouji_cards = ''")
        page.evaluate("(book) => openBook(book)", sent(path))
        page.evaluate("OnAction({Id: 'goujiValidate'})")
        page.wait_for_selector("iframe")
        page.evaluate("document.querySelector('iframe').style = 'width: 330px; height: 500px'")
        frame = page.wait_for_selector("iframe").content_frame()
        frame.wait_for_function("() => document.querySelector('#cards li')")
        return page, frame

    yield show
    context.close()


def left(frame: Any, text: str) -> None:
    """Waits until the counter says it."""
    frame.wait_for_function(f"() => document.getElementById('left').textContent === '{text}'")


def typed(page: Any, sheet: str, cell: str, value: Any) -> None:
    """As if the clerk typed it; the cursor stays."""
    page.evaluate(
        "([sheet, cell, value]) => "
        "{ Application.ActiveWorkbook.Worksheets.Item(sheet).Range(cell).Value2 = value; }",
        [sheet, cell, value],
    )


def test_in_the_pane_the_cards_fall_to_ready(pane: Any, tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    (result,) = check_files([path])
    assert result.verdict is not None
    page, frame = pane(path)
    left(frame, f"还差{result.verdict.left}件")
    assert frame.inner_text("#road") == "由加载项自己校验，不用服务器，不用网络"
    frame.click("#next")
    assert page.evaluate("[state.active.name, state.selected]") == ["封面", [8, 2]]
    frame.click("#cards button:text-is('说明')")
    name, (row, column) = page.evaluate("[state.active.name, state.selected]")
    assert (name, column) == ("校验结果", 9)
    lines = page.evaluate("state.sheets.find((s) => s.name === '校验结果').values")
    assert lines[row - 1][3] == "表三!D9"
    frame.click("#cards button:text-is('改')")
    left(frame, f"还差{result.verdict.left - 1}件")
    (asked,) = page.evaluate("state.confirms")
    assert "D9由1改为0" in asked
    assert page.evaluate("state.sheets.find((s) => s.name === '表三').values[8][3]") == 0
    frame.check("#live")
    typed(page, "封面", "B8", "区县政府")
    typed(page, "正文", "B3", "无")
    frame.wait_for_function(
        "() => !document.getElementById('left').textContent.includes('还差2件')"
    )
    assert violations(frame) == []


def test_a_desk_goes_from_open_to_ready_in_the_pane(pane: Any, tmp_path: Path) -> None:
    page, frame = pane(nearly_ready(tmp_path / "a.xlsx", unit_class=""))
    left(frame, "还差3件")
    recorded(page, "desk-wps-1")
    frame.click("#cards button:text-is('填0')")
    left(frame, "还差2件")
    frame.click("#cards button:text-is('改')")
    left(frame, "还差1件")
    recorded(page, "desk-wps-2")
    typed(page, "封面", "B8", "政府部门")
    page.evaluate("OnAction({Id: 'goujiValidate'})")
    left(frame, "√ 可以上报")
    recorded(page, "desk-wps-3")


def test_with_follow_on_each_edit_is_judged_and_the_cursor_stays(pane: Any, tmp_path: Path) -> None:
    page, frame = pane(three_blanks(tmp_path / "a.xlsx"))
    before = frame.inner_text("#left")
    typed(page, "表三", "E9", 0)
    page.wait_for_timeout(1500)
    assert frame.inner_text("#left") == before  # 随填随查 is off
    frame.check("#live")
    frame.wait_for_function("() => document.querySelector('#cards').textContent.includes('2格')")
    page.evaluate("Application.ActiveWorkbook.Worksheets.Item('表三').Activate()")
    page.evaluate("Application.ActiveWorkbook.Worksheets.Item('表三').Range('F9').Select()")
    typed(page, "表三", "F9", 0)
    frame.wait_for_function("() => !document.querySelector('#cards').textContent.includes('2格')")
    assert page.evaluate("[state.active.name, state.selected]") == ["表三", [9, 6]]
    assert page.evaluate("state.alerts") == []
    frame.click("#cards button:text-is('填0')")
    frame.wait_for_function(
        f"(text) => document.getElementById('left').textContent !== {json.dumps(before)}"
    )
    assert page.evaluate("state.sheets.find((s) => s.name === '表三').values[21][3]") == 0
