"""The drop page in a real browser: dropped, read, downloaded; by keyboard; on a narrow screen."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.web import guard
from gouji.addin.web.server import make_app
from gouji.templates.edition import Edition
from gouji.validators.office import check_files, flag_bytes, flag_file

from ..builders import book_at, consistent
from ..pages import BYTES, as_text, downloaded, recorded, violations
from ..published_documents import page as published_page

pytestmark = [pytest.mark.slow, pytest.mark.apps("chromium")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(make_app()) as made:
        yield made


@contextmanager
def served(app: Any) -> Iterator[str]:
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as door:  # held from here on: nobody takes it
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    made = browser.new_page(locale="zh-CN")
    asked: list[str] = []
    made.on("request", lambda request: asked.append(request.url))
    made.on("dialog", lambda dialog: dialog.accept())
    made.goto(address)
    yield made
    local = ("blob:", address)
    assert all(url.startswith(local) for url in asked), asked  # no request leaves the machine
    made.close()


def drop(page: Any, path: Path) -> None:
    """Drops a file on the page as a mouse would."""
    page.evaluate(
        f"""([text, name]) => {{
            const data = new DataTransfer();
            data.items.add(new File([{BYTES}(text)], name));
            document.dispatchEvent(new DragEvent("drop", {{ dataTransfer: data, bubbles: true }}));
        }}""",
        [as_text(path.read_bytes()), path.name],
    )


def test_a_dropped_workbook_is_judged_and_its_marked_copy_downloaded(
    page: Any, bad: Path, tmp_path: Path
) -> None:
    drop(page, bad)
    page.wait_for_selector("#result:not([hidden])")
    assert "乙县 2024年度" in page.inner_text("#title")
    (result,) = check_files([bad])
    assert result.verdict is not None
    texts = page.locator("#cards > li").all_inner_texts()
    for text, card in zip(texts, result.verdict.cards, strict=True):
        assert card.title in text
        assert card.sum in text
        assert card.how in text
        assert not re.search("[TYSLNDRP][34]?-[A-Z]", text)  # rules are behind 依据
    assert page.inner_text("#counts").startswith(f"还差{result.verdict.left}件；")
    assert "可以上报" not in page.inner_text("main")
    wrong = page.locator('[id="t3.granted.natural"]')
    assert wrong.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(214, 0, 0)"
    page.set_viewport_size({"width": 1100, "height": 900})
    recorded(page, "drop-page")
    saved = tmp_path / "saved.xlsx"
    assert downloaded(page, "#download", saved) == "乙县2024-标注.xlsx"
    flag_file(result)
    assert saved.read_bytes() == bad.read_bytes()


def test_the_keyboard_suffices(page: Any, bad: Path) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "file"
    page.on("filechooser", lambda chooser: chooser.set_files(str(bad)))
    page.evaluate("document.activeElement.id")  # an answer: the browser heard what is asked for
    page.keyboard.press("Space")
    page.wait_for_selector("#result:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "title"
    page.keyboard.press("Tab")
    with page.expect_download():
        page.keyboard.press("Enter")


def test_nothing_is_cut_off_at_360_pixels(page: Any, bad: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    drop(page, bad)
    page.wait_for_selector("#result:not([hidden])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"hello", "不是工作簿"), (bytes(101 << 20), "超过上限100 MB"), (b"PK\x03\x04xxxx", "不完整")],
    ids=["renamed", "huge", "cut off"],
)
def test_a_bad_file_gets_its_sentence(
    page: Any, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "年报.xlsx"
    path.write_bytes(content)
    page.set_input_files("#file", str(path))
    page.wait_for_selector("#status.bad")
    assert words in page.inner_text("#status")
    assert page.locator("#result").is_hidden()


def test_a_hostile_file_gets_its_sentence(page: Any, tmp_path: Path) -> None:
    from ..validators.reading.test_hostile import HOSTILE

    for number, kind in enumerate(("bomb", "xml bomb in the workbook")):
        make, words = HOSTILE[kind]
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(make())
        page.set_input_files("#file", str(path))
        page.wait_for_function(
            "words => document.querySelector('#status').innerText.includes(words)", arg=words
        )
        assert page.locator("#result").is_hidden()


def test_the_pane_for_wps_lists_the_cards_goes_to_the_cell_and_changes_it(
    browser: Any, bad: Path, tmp_path: Path
) -> None:
    import json

    from gouji.addin.install.packs import wps_files
    from gouji.validators.output import file_entry

    for name, data in wps_files("http://127.0.0.1:1").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (result,) = check_files([bad])
    entry = file_entry(result)
    cards, repairs = entry["cards"], entry["repairs"]
    shown = {
        "status": "错误2",
        "left": 3,
        "road": "由加载项自己校验",
        "cards": cards,
        "repairs": repairs,
    }
    held = json.dumps(json.dumps(shown))
    storage = f"({{gouji_pane: '7', gouji_events: '1'}})[key] || {held}"
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.add_init_script(f"""
        window.chosen = [];
        window.Application = {{
            PluginStorage: {{setItem: (key, value) => chosen.push([key, value]),
                getItem: (key) => {storage}}},
            GetTaskPane: (id) => (window.pane = {{ID: id, Visible: true}}),
            ActiveWorkbook: {{Worksheets: {{Item: (sheet) => ({{Activate() {{}},
                Range: (cell) => ({{Select() {{ chosen.push([sheet, cell]); }}}})}})}}}},
        }};""")
    page.goto((tmp_path / "pane.html").as_uri())
    assert page.inner_text("#left") == "还差3件"
    assert page.inner_text("#road") == "由加载项自己校验"
    texts = page.locator("#cards li").all_inner_texts()
    for text, card in zip(texts, cards, strict=True):
        assert card["title"] in text
        assert card["sum"] in text
        assert card["how"] in text
    page.focus("#live")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.click("#cards button:text-is('D30')")
    page.click("#cards button:text-is('改')")
    *gone, (key, wish) = page.evaluate("chosen")
    assert gone == [["封面", "B8"], ["表三", "D30"], ["表三", "D9"]]
    assert key == "gouji_wish"
    assert json.loads(wish) == {"act": "fix", "changes": repairs[0]["changes"]}
    assert violations(page) == []
    page.click("#close")
    assert page.evaluate("[pane.ID, pane.Visible]") == [7, False]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    recorded(page, "wps-pane")
    page.close()


def other(form: Edition, folder: Path, name: str, more: int, year: int = 2024) -> Path:
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += more
    return whole(form, folder / name, year=year, unit=name[:2], values=values, typed_totals=True)


def whole(form: Edition, path: Path, **given: Any) -> Path:
    """A workbook whose cover and narrative are filled in too."""
    written = {section.title: "写了。" for section in form.sections}
    return book_at(form, path, unit_class="其他", narrative=written, **given)


def test_several_files_get_a_line_each_and_one_archive(
    page: Any, form: Edition, tmp_path: Path
) -> None:
    paths = [
        other(form, tmp_path, "甲局.xlsx", 1),
        other(form, tmp_path, "丁局.xlsx", 0),
        other(form, tmp_path, "丙局.xlsx", 2),
    ]
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"hello")
    page.set_input_files("#file", [*map(str, paths), str(broken)])
    page.wait_for_function(
        "() => document.querySelector('#status').textContent.includes('核对完4个')"
    )
    lines = {x.split("\t")[0]: x for x in page.locator("#list tr").all_inner_texts()}
    assert set(lines) == {"甲局.xlsx", "丁局.xlsx", "丙局.xlsx", "坏.xlsx"}
    assert "3个还不能上报" in page.inner_text("#status")
    assert lines["甲局.xlsx"].endswith("× 还差1件")
    assert "可以上报" in lines["丁局.xlsx"]
    assert "不是工作簿" in lines["坏.xlsx"]
    page.click("#list button:has-text('丙局')")
    assert page.inner_text("#title") == "丙局 2024年度"
    saved = tmp_path / "saved.zip"
    assert downloaded(page, "#all", saved) == "已标注.zip"
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {"甲局-标注.xlsx", "丙局-标注.xlsx"}
        for path in (paths[0], paths[2]):
            (result,) = check_files([path])
            assert archive.read(f"{path.stem}-标注.xlsx") == flag_bytes(path.read_bytes(), result)


def test_more_files_than_a_minute_takes_wait_their_turn(
    browser: Any, form: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_WINDOW", 2.0)
    paths = [str(other(form, tmp_path, f"{name}局.xlsx", 1)) for name in "甲乙丙"]
    with served(make_app(per_minute=2)) as address:
        page = browser.new_page()
        page.goto(address)
        page.set_input_files("#file", paths)
        page.wait_for_function(
            "() => document.querySelector('#status').textContent.includes('3个')"
        )
        assert page.locator("#list tr:has-text('还差1件')").count() == 3
        page.close()


def test_a_folder_is_taken_with_what_it_holds(page: Any, form: Edition, tmp_path: Path) -> None:
    folder = tmp_path / "收到的"
    (folder / "里面").mkdir(parents=True)
    other(form, folder, "甲局.xlsx", 1)
    other(form, folder / "里面", "丙局.xlsx", 0)
    (folder / "说明.txt").write_text("x")
    page.set_input_files("#folder", str(folder))
    page.wait_for_function(
        "() => document.querySelector('#status').textContent.includes('核对完2个')"
    )
    assert "另有1个文件没有读" in page.inner_text("#status")


def test_a_published_page_is_drawn_with_what_is_wrong_and_cannot_be_marked(
    page: Any, form: Edition, tmp_path: Path
) -> None:
    values = consistent(form, random.Random(3)) | {"t3.total.natural": 99.0}
    path = tmp_path / "年报.html"
    path.write_text(published_page(form, values, "甲县", 2024), "utf-8")
    drop(page, path)
    page.wait_for_selector("#result:not([hidden])")
    assert page.get_attribute(r"#t3\.total\.natural", "class") == "likely"
    assert page.is_hidden("#download")
    assert not page.locator("#cards button.apply").count()


def test_last_years_report_lies_beside(page: Any, form: Edition, tmp_path: Path) -> None:
    values = consistent(form, random.Random(2))
    this = book_at(form, tmp_path / "今年.xlsx", year=2024, unit="甲局", values=values)
    values["t3.carried_out.natural"] = values["t3.carried_in.natural"] + 7
    last = book_at(form, tmp_path / "去年.xlsx", year=2023, unit="甲局", values=values)
    page.set_input_files("#prior", str(last))
    page.set_input_files("#file", str(this))
    page.wait_for_selector("#result:not([hidden])")
    (result,) = check_files([this], prior=last)
    assert result.verdict
    assert "Y-CARRY" in {f.rule for f in result.verdict.findings}
    answer = page.inner_text("#cards")
    assert all(card.title in answer for card in result.verdict.cards)


def test_a_rule_is_explained_and_a_blank_template_given(
    page: Any, bad: Path, tmp_path: Path
) -> None:
    drop(page, bad)
    page.wait_for_selector("#result:not([hidden])")
    page.click("#cards summary")
    page.wait_for_selector("#cards dd")
    assert "怎样改" in page.inner_text("#cards dl")
    for edition in ("2021", "2019"):
        downloaded(page, f"#blank-{edition}", tmp_path / f"{edition}.xlsx")
        (result,) = check_files([tmp_path / f"{edition}.xlsx"])
        assert result.report
        assert result.report.edition.id == edition


def test_a_blank_form_is_one_line_a_table(page: Any, form: Edition, tmp_path: Path) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县")
    (result,) = check_files([path])
    assert result.verdict
    drop(page, path)
    page.wait_for_selector("#result:not([hidden])")
    answer = page.locator("#cards > li").all_inner_texts()
    wanted = [card.title.zh for card in result.verdict.cards]
    assert len(answer) == len(wanted) == 5
    assert all(w in t for t, w in zip(answer, wanted, strict=True))


def test_the_other_blanks_become_0_when_asked_and_it_can_be_undone(
    page: Any, form: Edition, tmp_path: Path
) -> None:
    path = whole(
        form,
        tmp_path / "甲.xlsx",
        year=2024,
        unit="甲县",
        values={"t3.new.natural": 3.0, "t3.granted.natural": 3.0},
    )
    page.set_input_files("#file", str(path))
    page.wait_for_selector("#cards button.zeros")
    assert page.inner_text("#cards button.zeros") == "其余空格填0（164格）"
    page.click("#cards button.zeros")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("√ 可以上报；")
    assert page.inner_text("#changed") == "已改：其余空格填0（164格）"
    assert downloaded(page, "#save", tmp_path / "填好.xlsx") == "甲-已改.xlsx"
    (result,) = check_files([tmp_path / "填好.xlsx"])
    assert result.report
    assert result.report.number("t3.total.total") == 3
    assert result.report.number("t4.review.upheld") == 0
    page.click("#undo")
    page.wait_for_selector("#cards button.zeros")
    assert page.is_hidden("#save")


def test_the_page_speaks_english_too(page: Any, bad: Path) -> None:
    drop(page, bad)
    page.wait_for_selector("#result:not([hidden])")
    page.click("#language")
    page.wait_for_function(
        "() => document.querySelector('#counts').textContent.includes('relations')"
    )
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "add up to 6" in page.inner_text("#cards")
    assert page.inner_text("#counts").startswith("3 left to do")
    for held in page.locator("[data-words]").all_inner_texts():
        assert not re.search("[一-鿿]", held), held


def test_print_keeps_the_fills(page: Any, bad: Path) -> None:
    drop(page, bad)
    page.wait_for_selector("#result:not([hidden])")
    page.emulate_media(media="print")
    wrong = page.locator('[id="t3.granted.natural"]')
    assert wrong.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
    assert "★" in wrong.inner_text()
    assert page.is_hidden("#form")


def test_axe_finds_nothing_on_the_drop_page(page: Any, bad: Path, tmp_path: Path) -> None:
    assert violations(page) == []
    copy = tmp_path / "第二份.xlsx"
    copy.write_bytes(bad.read_bytes())
    page.set_input_files("#file", [str(bad), str(copy)])
    page.wait_for_function(
        "() => document.querySelector('#status').textContent.includes('核对完2个')"
    )
    page.click("#list button")
    page.click("#cards summary")
    page.wait_for_selector("#cards dd")
    assert violations(page) == []
    page.click("#language")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert violations(page) == []


def test_a_repair_is_carried_out_when_asked_and_can_be_undone(page: Any, bad: Path) -> None:
    drop(page, bad)
    page.wait_for_selector("#cards button.apply")
    assert page.inner_text("#cards button.apply") == "按此修改"
    page.click("#cards button.apply")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("还差2件；")  # cover and narrative
    downloaded(page, "#save", fixed := bad.with_name("改好.xlsx"))
    (result,) = check_files([fixed])
    assert result.status == "ok"
    assert page.inner_text("#changed") == "已改：D9改成0"
    page.click("#undo")
    page.wait_for_selector("#cards button.apply")
    assert page.is_hidden("#save")
    assert page.is_hidden("#changed")


def test_nothing_is_changed_without_a_yes(browser: Any, address: str, bad: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    page.set_input_files("#file", str(bad))
    page.click("#cards button.apply")
    assert asked == ["（一）予以公开（D9）应是0，现在是1。D9改成0。照这样改吗？"]
    assert page.is_hidden("#save")
    page.close()


def test_rivals_are_asked_of_the_ledger_and_the_one_that_it_bears_out_is_changed(
    page: Any, form: Edition, tmp_path: Path
) -> None:
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 2
    path = whole(form, tmp_path / "甲.xlsx", year=2024, unit="甲县", values=values)
    (result,) = check_files([path])
    assert result.verdict
    (card,) = result.verdict.cards
    rivals = [c for c in card.cells if c.role == "rival"]
    assert len(rivals) > 1
    page.set_input_files("#file", str(path))
    page.wait_for_selector("#cards button.apply")
    assert str(card.question) in page.inner_text("#cards")
    answers = page.locator("#cards button.apply").all_inner_texts()
    assert answers == [f"{c.place.cell}改成{c.to:g}" for c in rivals]
    page.click(f"#cards button:text-is('{answers[1]}')")
    page.wait_for_selector("#save:visible")
    assert page.inner_text("#counts").startswith("√ 可以上报；")
    downloaded(page, "#save", fixed := tmp_path / "改好.xlsx")
    (result,) = check_files([fixed])
    assert result.report
    assert result.report.number(rivals[1].field) == rivals[1].to
