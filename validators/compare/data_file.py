"""``gouji data``: the numbers of many reports as CSV, Excel workbook or Parquet."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

from ...templates.edition import edition_ids, load
from ...templates.errors import InputError, extra
from ...templates.styles import TEXTS_AS_TEXTS
from ...templates.words import printable
from ..office.outputs import is_workbook_with, suffix_of
from .tidy import COLUMNS, ORIGIN, Row

DICTIONARY = ("field", "table", "row", "column", "unit", "rules")
_ACTING = ("=", "+", "-", "@", "\t")  # what a spreadsheet takes for the start of a formula
_SHEET = "数据"
_MOST_LINES = 1_048_575  # of a sheet, below its head
_PIECE = 1 << 20
_BATCH = 500_000  # cells of a group of Parquet


def data_file(
    out: Path, rows: Iterable[Row], *, wide: bool = False, columns: Sequence[str] = COLUMNS
) -> Iterable[bytes]:
    """The file of ``rows`` by the suffix of ``out``: .csv, .xlsx or .parquet, in pieces.

    Raises ``InputError`` for any other suffix, for more rows than a sheet has, and where pyarrow
    is missing.
    """
    writers = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    return writers[suffix_of(out, writers)](rows, wide_columns() if wide else columns)


def is_data_file(path: Path) -> bool:
    """Whether a file is an earlier one of ours, by its heads or its sheet."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(64).decode("utf-8-sig", "replace")
    except OSError:
        return False
    heads = (",".join(COLUMNS[:3]), ",".join(ORIGIN[:3]), f"edition,{DICTIONARY[0]}")
    return head.startswith(heads) or is_workbook_with((_SHEET,))(path)


def dictionary_file(out: Path) -> Iterable[bytes]:
    """What every field of every edition is: its table, row, column, unit and relations."""
    return data_file(out, _dictionary(), columns=("edition", *DICTIONARY))


def _dictionary() -> Iterator[Row]:
    for name in edition_ids():
        edition = load(name)
        for key, field in edition.fields.items():
            rules = dict.fromkeys(i.rule for i in edition.relations if key in i.fields)
            yield {
                "edition": name,
                "field": key,
                "table": field.sheet,
                "row": " ".join(field.row.path),
                "column": " ".join(field.column.path),
                "unit": "万元" if field.kind == "amount" else "件",
                "rules": " ".join(rules),
            }


def wide_columns() -> tuple[str, ...]:
    """The columns of wide rows: where a report comes from, the fields of every edition."""
    fields = dict.fromkeys(key for name in edition_ids() for key in load(name).fields)
    return (*ORIGIN, *fields)


def harmless(value: object) -> object:
    """A text that no spreadsheet takes for a formula; a number as it is.

    >>> harmless("=1+1"), harmless(-3.0), harmless("某县")
    ("'=1+1", -3.0, '某县')
    """
    return _harmless(value) if isinstance(value, str) else value


@lru_cache(maxsize=1 << 14)  # of some hundred labels and places each comes in every report
def _harmless(text: str) -> str:
    text = printable(text)
    return f"'{text}" if text.startswith(_ACTING) else text


def _csv(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")  # by which Excel knows UTF-8
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(row.get(c)) for c in columns])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _xlsx(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _read_back
    by_line = {"in_memory": False, "constant_memory": True}
    with xlsxwriter.Workbook(file, TEXTS_AS_TEXTS | by_line) as book:
        sheet = book.add_worksheet(_SHEET)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(rows, 1):
            if number > _MOST_LINES:
                raise InputError(
                    "数据超过一张表能放的行数，请改写 .csv 或 .parquet。",
                    "More rows than a sheet has: write .csv or .parquet.",
                )
            sheet.write_row(number, 0, [row.get(c) for c in columns])
        sheet.autofilter(0, 0, max(1, number), len(columns) - 1)
    yield from _read_back(file)


def _parquet(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    with extra("data"):
        import pyarrow
        import pyarrow.parquet
    texts = {*COLUMNS, *ORIGIN} - {"value", "year"}
    schema = pyarrow.schema(
        [
            (c, pyarrow.string() if c in texts else pyarrow.int64() if c == "year" else "double")
            for c in columns
        ]
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _read_back
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) * len(columns) >= _BATCH:
                writer.write_table(pyarrow.Table.from_pylist(batch, schema))
                batch.clear()
        writer.write_table(pyarrow.Table.from_pylist(batch, schema))
    yield from _read_back(file)


def _read_back(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")
