"""The macros on the double of desktop Excel."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.slow
def test_marks_and_their_clearing_are_those_of_the_file(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.addin import macros

    from .desktop import open_book

    book = open_book(broken, monkeypatch)
    table = book.impl.sheets("表三")
    table._notes["E7"] = "局长看过"
    assert macros.validate(book).startswith("错误2，警告0，提示0")
    assert {c for c, f in table._formats.items() if f} == {"D9", "J9", "D30"}
    assert set(table._notes) == {"E7", "D9", "J9", "D30"}
    assert book.app.impl._status.startswith("错误2")
    assert book.app.impl._selected._cell == "D9"
    assert macros.explain(book.app.selection).startswith("（一）予以公开（D9）应是")
    assert macros.next_finding(book) == "封面没有选单位类别"  # round to the first
    macros.clear(book)
    assert not any(table._formats.values())
    assert set(table._notes) == {"E7"}
    assert "校验结果" not in [s.name for s in book.sheets]
    assert book.app.impl._status is False


def test_marks_are_told_apart_without_their_colours(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.addin import macros, painting

    from .desktop import open_book

    monkeypatch.setattr(painting, "NATIVE", True)  # as on Windows
    book = open_book(broken, monkeypatch)
    macros.validate(book)
    formats = book.impl.sheets("表三")._formats
    (likely,), (total,) = formats["D9"], formats["J9"]
    assert (likely["font_bold"], likely.get("font_italic")) == (True, None)
    assert (total.get("font_bold"), total["font_italic"]) == (None, True)
    assert likely["native"] == {"Underline": 2, "LineStyle": 1, "Weight": 2}
    assert total["native"] == {"LineStyle": 1, "Weight": 1}
    monkeypatch.setattr(painting, "NATIVE", False)  # a Mac: letters, no border
    macros.validate(book)
    assert "native" not in formats["D9"][0]
    assert formats["D9"][0]["font_bold"]


def test_an_excel_that_takes_no_border_has_the_rest_of_the_marks(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.addin import macros, painting

    from . import desktop

    monkeypatch.setattr(painting, "NATIVE", True)
    monkeypatch.setitem(desktop._MEMBERS["Borders"], "LineStyle", "readonly")
    book = desktop.open_book(broken, monkeypatch)
    assert macros.validate(book).startswith("错误2，警告0，提示0")
    table = book.impl.sheets("表三")
    assert table._formats["D9"][0]["native"] == {"Underline": 2}
    assert set(table._notes) == {"D9", "J9", "D30"}


def test_the_calls_to_excel_are_few(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.addin import macros

    from .desktop import open_book

    book = open_book(broken, monkeypatch)
    macros.validate(book)
    calls = book.app.impl._calls.made
    sheets = len(broken["sheets"])
    assert calls["read"] <= sheets + 1  # each sheet once, and the results' first cell
    assert calls.get("read formulas", 0) <= sheets
    assert calls["look"] <= 2 * sheets  # a table's formats and what is merged in it, at once
    assert calls["write"] == 1  # the whole results sheet
    assert (calls["format"], calls["note"], calls["link"]) == (4, 4, 3)


def test_a_sheet_that_excel_keeps_locked_is_told(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.addin import macros

    from .desktop import open_book

    book = open_book(broken, monkeypatch)
    book.impl.sheets("表三")._locked = True
    assert "表三受保护，未能标红" in macros.validate(book)


def test_a_member_that_xlwings_lacks_is_refused() -> None:
    from xlwings import base_classes

    from .desktop import Note, real

    with pytest.raises(TypeError, match="Note has no colour"):
        real(type("Invented", (base_classes.Note,), {"colour": 1}))
    with pytest.raises(AttributeError, match="cannot be written"):
        Note(None).author = "x"  # type: ignore[arg-type, misc]
