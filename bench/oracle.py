"""The one reader beside openpyxl: every value, formula and error of many workbooks.

    python bench/oracle.py [COUNT] [FOLDER ...]

COUNT workbooks are generated (1,000 by default; the tests hold 40 of them), and every .xlsx and
.xlsm of the folders is compared too. What only one of the two can read at all is named, and why.
Exit code 1 when a cell is read otherwise.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gouji.templates.errors import InputError

from tests.validators.reading.books import disagreements, random_book


def books(count: int, folders: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every workbook."""
    for seed in range(count):
        yield f"generated {seed}", random_book(seed)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in {".xlsx", ".xlsm"} and path.is_file():
                yield str(path), path.read_bytes()


def main() -> int:
    """Prints the books compared, those that one of the two refuses, and the disagreements."""
    given = sys.argv[1:]
    count = int(given.pop(0)) if given and given[0].isdigit() else 1000
    answer, wrong = Counter[str](), 0
    for name, data in books(count, [Path(f) for f in given]):
        try:
            found = disagreements(data)
        except InputError as error:
            answer["refused by gouji"] += 1
            print(f"{name}: gouji: {error.en}")
        except Exception as error:  # whatever openpyxl stumbles over
            answer["refused by openpyxl"] += 1
            print(f"{name}: openpyxl: {type(error).__name__}: {str(error)[:80]}")
        else:
            answer["compared"] += 1
            wrong += bool(found)
            for line in found[:3]:
                print(f"{name}: {line}")
    print(f"{dict(answer)}, {wrong} read otherwise")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
