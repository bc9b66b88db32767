"""Draws the printed pages of a roll-up of twelve units: python docs/roll_up_pictures.py.

Needs soffice and pdftoppm; the numbers are invented.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gouji.templates.edition import load
from gouji.templates.workbook import write
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.builders import consistent  # noqa: E402

UNITS = (
    "教育局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "自然资源局",
    "住房和城乡建设局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
    "应急管理局",
    "城关镇",
)
# picture → (pages of the print, how many stand beside one another, width of each in pixels)
PICTURES = {
    "roll-up-front": ([1], 1, 600),
    "roll-up-tables": ([2, 3, 4, 5], 2, 480),
    "roll-up-states": ([6], 1, 1200),
    "roll-up-charts": ([7], 1, 480),
    "roll-up-detail": ([8], 1, 1200),
    "roll-up-detail-all": (range(8, 18), 4, 330),
    "roll-up-sources-all": (range(18, 28), 4, 330),
}
_KB = 60


def collected(folder: Path) -> Path:
    """The roll-up of twelve units: one sends a PDF, two have an error, the others are right."""
    form, rng = load("2021"), random.Random(12)
    lines = ["单位名称,代码,类别,上级"]
    for number, name in enumerate(UNITS):
        unit, code = f"清河县{name}", f"Q{number:02d}"
        lines.append(f"{unit},{code},政府部门,清河县")
        values = consistent(form, rng)
        values["t3.granted.natural"] += number == 3
        values["t4.review.total"] += 2 * (number == 7)
        if number == 5:
            (folder / "收到的" / f"{unit}.pdf").write_bytes(b"%PDF-1.4")
            continue
        write(
            form,
            folder / "收到的" / f"{unit}.xlsx",
            year=2025,
            unit=unit,
            code=code,
            values=values,
            typed_totals=True,
        )
    (folder / "名册.csv").write_text("\n".join(lines), "utf-8-sig")
    gouji = str(Path(sys.executable).with_name("gouji"))
    words = [gouji, "collect", "收到的", "--roster", "名册.csv", "-o", "汇总.xlsx"]
    subprocess.run(words, cwd=folder, check=False, stdout=subprocess.DEVNULL)
    return folder / "汇总.xlsx"


def together(pages: Sequence[Path], across: int, width: int) -> Image.Image:
    """Pages beside and below one another, each with a thin frame."""
    shown = []
    for path in pages:
        page = Image.open(path).convert("L")
        page = page.resize((width, round(page.height * width / page.width)))
        shown.append(ImageOps.expand(page, 1, 160))
    step, high = width + 8, max(p.height for p in shown) + 6
    made = Image.new("L", (step * min(across, len(shown)), high * -(-len(shown) // across)), 255)
    for n, page in enumerate(shown):
        made.paste(page, (n % across * step, n // across * high))
    return made


def save(picture: Image.Image, path: Path) -> None:
    """As a PNG of few greys and at most so many KB."""
    for colours in (32, 16, 8, 4):
        picture.quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= _KB << 10:
            return
    sys.exit(f"{path} is larger than {_KB} KB")


def main() -> None:
    """Every picture, from one print of one roll-up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "收到的").mkdir()
        book = collected(folder)
        convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", name, str(book)]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        draw = ["pdftoppm", "-r", "90", "-png", str(book.with_suffix(".pdf")), f"{name}/page"]
        subprocess.run(draw, check=True)
        pages = sorted(folder.glob("page-*.png"))
        wanted = {**PICTURES, "roll-up-findings": (range(28, len(pages) + 1), 1, 900)}
        for picture, (numbers, across, width) in wanted.items():
            shown = [pages[n - 1] for n in numbers]
            save(together(shown, across, width), ROOT / "docs" / "images" / f"{picture}.png")


if __name__ == "__main__":
    main()
