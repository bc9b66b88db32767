"""Marks and clears every workbook of a folder and compares every part before and after.

Usage: python bench/corpus.py FOLDER [--libreoffice]

For each .xlsx and .xlsm: three cells are marked on every worksheet; which parts changed is checked;
openpyxl and python-calamine read the same values before and after; clearing must give back every
part byte for byte; and once more without the journal, as after another program saved the file, no
marker may be left. With --libreoffice the marked and the unmarked file are turned into PDF and
their text and page counts compared, and LibreOffice saves the marked file, which is then cleared.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from gouji.templates.errors import InputError
from gouji.validators.mark import Mark, apply_bytes, clear_bytes
from gouji.validators.ooxml.package import Package
from gouji.validators.ooxml.spans import JOURNAL
from python_calamine import CalamineWorkbook

MAY_CHANGE = re.compile(
    r"\[Content_Types\]\.xml|.*\.rels|.*(workbook|styles|comments\d*|sheet\d*)[^/]*\.xml|.*\.vml",
    re.IGNORECASE,
)


def parts(data: bytes) -> list[tuple[str, bytes]]:
    """Every part in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(i.filename, package.read(i)) for i in package.infolist()]


def marks_for(package: Package) -> list[Mark]:
    """Three marks on every worksheet."""
    cells = (("A1", "error"), ("C3", "warning"), ("J9", "note"))
    return [
        Mark(s.name, cell, severity, f"试标 {cell}", rule="T3-ROW", found="11", expected="10")
        for s in package.sheets
        if s.kind == "worksheet"
        for cell, severity in cells
    ]


def by_calamine(data: bytes, names: list[str]) -> Any:
    """The values as python-calamine reads them, or the kind of its error."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {n: book.get_sheet_by_name(n).to_python() for n in names}
    except BaseException as error:
        return type(error).__name__


def by_openpyxl(data: bytes, names: list[str]) -> Any:
    """The values as openpyxl reads them, or the kind of its error."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return {
            n: [[c.value for c in row] for row in book[n].iter_rows(max_row=60, max_col=20)]
            for n in names
        }
    except Exception as error:
        return type(error).__name__


def trimmed(grid: Any) -> Any:
    """Rows and cells without the blanks at their ends: a note makes a sheet's edge larger."""
    if not isinstance(grid, dict):
        return grid
    found = {}
    for name, rows in grid.items():
        cells = {
            (r, c): repr(v)
            for r, row in enumerate(rows)
            for c, v in enumerate(row)
            if v not in (None, "")
        }
        found[name] = cells
    return found


def without_journal(data: bytes) -> bytes:
    """The marked package as another program would leave it: the journal gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts(data):
            if name == "[Content_Types].xml":
                content = re.sub(rb"<[^>]*" + JOURNAL.encode() + rb"[^>]*/>", b"", content)
            if name != JOURNAL:
                package.writestr(name, content)
    return out.getvalue()


def check(path: Path) -> tuple[list[str], bytes]:
    """What went wrong with one workbook, and its marked bytes."""
    data = path.read_bytes()
    package = Package.open(data, name=path.name)
    marks = marks_for(package)
    marked = apply_bytes(data, marks, name=path.name)
    wrong = []
    before, after = dict(parts(data)), dict(parts(marked))
    strange = [n for n in before if before[n] != after.get(n) and not MAY_CHANGE.fullmatch(n)]
    if strange:
        wrong.append(f"changed {strange}")
    if apply_bytes(marked, marks, name=path.name) != marked:
        wrong.append("marking twice differs")
    if parts(clear_bytes(marked)) != parts(data):
        wrong.append("clearing differs")
    left = dict(parts(clear_bytes(without_journal(marked))))
    if any(b"gouji:" in x or "【勾稽】".encode() in x for x in left.values()):
        wrong.append("a marker is left")
    names = [s.name for s in package.sheets if s.kind == "worksheet"]
    for reader in (by_calamine, by_openpyxl):
        if trimmed(reader(data, names)) != trimmed(reader(marked, names)):
            wrong.append(f"{reader.__name__[3:]} reads other values")
    return wrong, marked


def convert(files: list[Path], to: str, out: Path) -> None:
    """Converts files with LibreOffice, a few at a time."""
    profile = (out.parent / "profile").as_uri()
    for start in range(0, len(files), 20):
        command = [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            str(out),
            *map(str, files[start : start + 20]),
        ]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            print("LibreOffice did not finish:", [f.name for f in files[start : start + 20]])


def words_and_pages(pdf: Path) -> tuple[set[str], int]:
    """The words of a PDF and how many pages it has."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    content = text.stdout.decode()
    return set(content.split()), content.count("\f")


def libreoffice(marked: dict[Path, bytes]) -> None:
    """Opens, renders and saves every marked file with LibreOffice and says what differs."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files: dict[str, list[Path]] = {"plain": [], "marked": []}
        for number, (path, data) in enumerate(marked.items()):
            for kind, content in (("plain", path.read_bytes()), ("marked", data)):
                copy = root / kind / f"{number:03}{path.suffix}"
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(content)
                files[kind].append(copy)
        for kind, copies in files.items():
            convert(copies, "pdf", root / f"{kind}-pdf")
        convert(files["marked"], "xlsx", root / "saved")
        opened = shown = cleared = 0
        for number, path in enumerate(marked):
            plain, ours = (root / f"{k}-pdf" / f"{number:03}.pdf" for k in ("plain", "marked"))
            if plain.exists() != ours.exists():
                print(f"{path.name}: LibreOffice opens only one of the two")
            if plain.exists() and ours.exists():
                opened += 1
                old, new = words_and_pages(plain), words_and_pages(ours)
                missing = old[0] - new[0]
                # LibreOffice prints one page for a workbook in which nothing is to be printed
                pages = 0 if not old[0] else old[1]
                if missing or new[1] <= pages:
                    print(f"{path.name}: pages {old[1]} → {new[1]}, missing {sorted(missing)[:6]}")
                else:
                    shown += 1
            elif not plain.exists():
                print(f"{path.name}: LibreOffice shows nothing of the unmarked file either")
            saved = root / "saved" / f"{number:03}.xlsx"
            if saved.exists():
                left = dict(parts(clear_bytes(saved.read_bytes(), path.name)))
                if any(b"gouji:" in x for x in left.values()):
                    print(f"{path.name}: a marker is left after LibreOffice saved")
                else:
                    cleared += 1
        print(f"LibreOffice: {opened} opened, {shown} show all they showed and the marks, ", end="")
        print(f"{cleared} saved by it and cleared")


def main() -> None:
    """Runs over the folder given on the command line."""
    warnings.simplefilter("ignore")
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    files = sorted(
        p for p in Path(arguments[0]).rglob("*") if p.suffix.lower() in (".xlsx", ".xlsm")
    )
    marked: dict[Path, bytes] = {}
    for path in files:
        try:
            wrong, data = check(path)
        except InputError as error:
            print(f"{path.name}: {error.en}")
            continue
        if wrong:
            print(f"{path.name}: {'; '.join(wrong)}")
        else:
            marked[path] = data
    print(f"{len(marked)} of {len(files)} workbooks marked and given back byte for byte")
    if "--libreoffice" in sys.argv:
        libreoffice(marked)


if __name__ == "__main__":
    main()
