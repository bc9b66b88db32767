"""Draws those pictures of docs/ that need no screen: `make pictures`.

Needs LibreOffice (Calc and Writer), pdftoppm and Chromium. The pictures of windows are taken by
the tests of those applications, with GOUJI_PICTURES=1; without it those compare.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gouji.templates.edition import for_year, load
from gouji.templates.formulas import computed_totals
from gouji.templates.workbook import write
from gouji.validators import read

from bench.compare import six_years

ROOT = Path(__file__).resolve().parents[1]


def main(docs: Path = ROOT / "docs") -> None:
    """Every picture, into the folders ``images`` and ``pictures`` of ``docs``."""
    images, pictures = docs / "images", docs / "pictures"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = [sys.executable, str(ROOT / "bench/demo.py"), name]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        book = next(folder.glob("*改错*.xlsx"))
        pages = pdf(book)
        page(pages, 4, images / "marked-table")
        page(pages, last(pages), pictures / "results-sheet-a4")
        gouji("clear", book)
        gouji("check", book, "-o", folder / "a.html")
        shot(folder / "a.html", pictures / "html-output.png")
        papers(folder, book, pictures)
        side_by_side(folder, pictures)


def side_by_side(folder: Path, pictures: Path) -> None:
    """A unit's six years, in one of which another number was carried in."""
    reports = folder / "历年年报"
    reports.mkdir()
    for year, values in six_years(random.Random(5)).items():
        moved = 2 if year == 2023 else 0
        for key in ("t3.carried_in.natural", "t3.granted.natural"):
            values[key] += moved
        form, path = for_year(year), reports / f"{year}.xlsx"
        write(form, path, year=year, unit="某某县教育局", values=computed_totals(form, values))
    gouji("compare", reports, "-o", folder / "b.html")
    shot(folder / "b.html", pictures / "side-by-side.png", at="#every")


def papers(folder: Path, book: Path, pictures: Path) -> None:
    """A notice of return, and the published report."""
    report = read(book)
    form = load("2021")
    values = {k: v.number for k, v in report.values.items() if v.number is not None}
    right = {k: n for k, n in values.items() if k not in form.totals}
    right["t3.granted.natural"] -= 1  # the cell that is wrong in the demo
    text = "本年主动公开信息三百二十条，按时办结全部申请。"
    good = write(
        form,
        folder / "good.xlsx",
        year=2021,
        unit="某某县教育局",
        unit_class="政府部门",
        values=right,
        narrative={s.title: text for s in form.sections},
    )
    for suffix, picture in ((".docx", "published-docx"), (".html", "published-html")):
        gouji("publish", good, "-o", folder / f"report{suffix}")
        if suffix == ".html":
            shot(folder / "report.html", pictures / f"{picture}.png")
        else:
            page(pdf(folder / "report.docx"), 1, pictures / picture)
    inbox = folder / "收到的"
    inbox.mkdir()
    unit = "某某县教育局"
    write(form, inbox / "教育局.xlsx", year=2021, unit=unit, values=values, typed_totals=True)
    (folder / "名册.csv").write_text(f"单位名称,上级\n{unit},某某县人民政府办公室\n", "utf-8")
    back = folder / "退回"
    signed = ["--contact", "王某", "--phone", "0000-1234567", "--return-by", "2099-02-10"]
    roll_up = ["-o", folder / "汇总.xlsx", "--notices", back]
    gouji("collect", inbox, "--roster", folder / "名册.csv", *roll_up, *signed)
    page(pdf(back / f"{unit}.docx"), 1, pictures / "notice")


def gouji(*words: object) -> None:
    """A command; that it found something wrong is what it is drawn for."""
    command = [sys.executable, "-m", "gouji", *map(str, words)]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode > 1:
        raise SystemExit(f"gouji {words[0]} ended with {done.returncode}")


def pdf(path: Path) -> Path:
    """The document as LibreOffice prints it."""
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(path.parent)]
    subprocess.run([*command, str(path)], check=True, stdout=subprocess.DEVNULL)
    return path.with_suffix(".pdf")


def last(path: Path) -> int:
    """How many pages a PDF has."""
    text = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    return next(int(li.split()[1]) for li in text.splitlines() if li.startswith("Pages"))


def page(path: Path, number: int, image: Path) -> None:
    """One page of a PDF as ``image``.png."""
    draw = ["pdftoppm", "-r", "80", "-f", str(number), "-l", str(number), "-png", "-singlefile"]
    subprocess.run([*draw, str(path), str(image)], check=True)


def shot(path: Path, image: Path, at: str = "body") -> None:
    """A page on a screen that begins with the element ``at``."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1366, "height": 768})
        view.goto(path.as_uri())
        view.evaluate("(at) => document.querySelector(at).scrollIntoView()", at)
        view.screenshot(path=str(image))
        browser.close()


if __name__ == "__main__":
    main()
