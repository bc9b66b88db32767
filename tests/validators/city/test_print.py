"""The roll-up as LibreOffice prints it: pages that hold what they should, none of them empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .test_collect import distributed, run


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
def test_every_page_is_one_that_an_officer_wants(
    tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    import pypdfium2 as pdfium

    listing, out, _ = distributed(tmp_path, 12)
    code, _ = run("collect", out, "--roster", listing, "-o", tmp_path / "rollup.xlsx")
    assert code == 0
    printed = pdfium.PdfDocument(libreoffice(tmp_path / "rollup.xlsx", "pdf"))
    texts = [page.get_textpage().get_text_range() for page in printed]
    assert all(text.strip() for text in texts)
    assert not any("填报说明" in text or "总体情况" in text for text in texts)
    feet = [m[1] for t in texts if (m := re.search(r"(\w+) \d+ / \d+", t))]
    pages = {name: feet.count(name) for name in dict.fromkeys(feet)}
    assert pages == {"各单位状态": 1, "明细": 10, "出处": 10, "问题": 1, "重报变动": 1}
    for text in (t for t in texts if re.search(r"(明细|出处) \d+ /", t)):
        assert all(f"第{n}局" in text for n in range(12))  # repeated on every page
    assert "没有单位重报过。" in texts[-1]
