"""One report as many sites and converters would print it: read, and never a number wrong."""

from __future__ import annotations

import html
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators.reading.published import document_lines, web_page
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.report import Report

from ....builders import consistent
from ....published_documents import Cell, Values, parts

Rows = Sequence[Sequence[Cell]]
Site = Callable[[Rows, random.Random], str]
MOST = 100_000
SHEET = (
    "<style><!-- td { border: 0 } span.up, .over { VERTICAL-ALIGN: super; }\n"
    ".gone { color: red; display: none !important } @media print { .screen {display:none} .b {} }"
    "--></style><style media=print>.screen { display: none }</style>"
)


def td(cell: Cell, text: str | None = None) -> str:
    """A cell with what it spans; ``text`` is markup in place of its own."""
    across, down = cell.last_col - cell.col + 1, cell.last_row - cell.row + 1
    held = html.escape(cell.text) if text is None else text
    return f'<td colspan="{across}" rowspan="{down}">{held}</td>'


def table(rows: Rows, cell: Callable[[Cell], str] = td) -> str:
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table border=1>{body}</table>"


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+", text) is not None


def flattened(rows: Rows, repeated: bool) -> str:
    """Without spans: the other cells are empty, or say the same."""
    held = {}
    for cell in (c for row in rows for c in row):
        for row in range(cell.row, cell.last_row + 1):
            for column in range(cell.col, cell.last_col + 1):
                first = (row, column) == (cell.row, cell.col)
                held[row, column] = cell.text if first or repeated else ""
    down, across = sorted({r for r, _ in held}), sorted({c for _, c in held})
    lines = ("".join(f"<td>{html.escape(held.get((r, c), ''))}</td>" for c in across) for r in down)
    return f"<table>{''.join(f'<tr>{x}</tr>' for x in lines)}</table>"


def numbers_as(change: Callable[[str], str]) -> Site:
    return lambda rows, _: table(
        rows, lambda c: td(c, change(c.text)) if is_number(c.text) else td(c)
    )


def labels_as(change: Callable[[str], str]) -> Site:
    return lambda rows, _: table(
        rows, lambda c: td(c) if is_number(c.text) or not c.text else td(c, change(c.text))
    )


def split_in_two(rows: Rows, rng: random.Random, heads: int) -> str:
    at = rng.randrange(heads + 1, len(rows) - 1) if len(rows) > 8 else len(rows) - 1
    return table(rows[:at]) + "<p>第2页</p>" + table([*rows[:heads], *rows[at:]])


def unclosed(rows: Rows, _: random.Random) -> str:
    body = "".join("<TR>" + "".join(td(c).replace("</td>", "") for c in row) for row in rows)
    return f"<TABLE>{body}</TABLE>"


def wide_heads(rows: Rows, rng: random.Random) -> str:
    """Heads that do not stand over their numbers."""
    return table(
        rows, lambda c: td(c).replace("colspan", "data-x", rng.random() < 0.3 and c.row < 4)
    )


def doubled_unseen(rows: Rows) -> str:
    """Every row of numbers stands there twice, once unseen and with other numbers."""
    return re.sub(
        r"<tr>((?:(?!</tr>).)*>\d+</td>.*?</tr>)",
        lambda m: f"<tr class='x gone'>{re.sub(r'>[0-9]+<', '>8<', m[1])}<tr>{m[1]}",
        table(rows),
    )


def as_boxes(rows: Rows, _: random.Random) -> str:
    cells = "".join(f"<div>{html.escape(c.text)}</div>" for row in rows for c in row)
    return f"<div class=table>{cells}</div>"


def without_number(label: str) -> str:
    """As Word and sites count by themselves."""
    return re.sub(r"^(（[一二三四五六七八九十]）|[一二三四五六七八九十\d]+[、.])", "", label)


# What a site does, and the share of the numbers that is read at least.
SITES: dict[str, tuple[Site, float]] = {
    "as the form": (lambda rows, _: table(rows), 1),
    "spans as empty cells": (lambda rows, _: flattened(rows, repeated=False), 1),
    "spans as the same again": (lambda rows, _: flattened(rows, repeated=True), 0.95),
    "rows without their spans": (
        lambda rows, _: table(rows, lambda c: f"<td>{html.escape(c.text)}</td>"),
        1,
    ),
    "labels in two lines": (labels_as(lambda t: f"{t[: len(t) // 2]}<br/>{t[len(t) // 2 :]}"), 1),
    "a character a line": (labels_as(lambda t: "<br>".join(t) if len(t) < 12 else t), 1),
    "labels without numbers": (labels_as(without_number), 0.92),
    "digits in spans": (numbers_as(lambda t: "".join(f"<span lang=x>{d}</span>" for d in t)), 1),
    "wide digits": (numbers_as(lambda t: t.translate({48 + n: 0xFF10 + n for n in range(10)})), 1),
    "thousands": (numbers_as(lambda t: f"{float(t):,g}" if float(t) < 1e5 else t), 1),
    "counting words": (numbers_as(lambda t: t if "." in t else f"{t}件"), 1),
    "blanks around": (numbers_as(lambda t: f"\r\n\t&nbsp; {t} \u3000"), 1),
    "two tables": (lambda rows, rng: split_in_two(rows, rng, 0), 1),
    "two tables with heads": (lambda rows, rng: split_in_two(rows, rng, 3), 1),
    "a table in a table": (
        lambda rows, _: f"<table><tr><td>&nbsp;<td><div>{table(rows)}</div></table>",
        1,
    ),
    "nothing closed": (unclosed, 1),
    "heads beside their numbers": (wide_heads, 1),
    "boxes": (as_boxes, 1),
    "for desktop and phone": (lambda rows, _: table(rows) + f"<div>{table(rows)}</div>", 1),
    "a hidden copy": (
        lambda rows, _: (
            table(rows) + f"<div style='display:none'>{table(rows).replace('>1<', '>7<')}</div>"
        ),
        1,
    ),
    "corrected by hand": (numbers_as(lambda t: f"<s>88</s><del>1</del>{t}"), 1),
    "struck by style": (
        numbers_as(lambda t: f"<span style='color:red;text-decoration:line-through'>8</span>{t}"),
        1,
    ),
    # a raised digit is a mark, and a number with a mark is told, never guessed
    "notes' marks": (numbers_as(lambda t: f"{t}<sup>1</sup>"), 0),
    "notes' marks set by style": (
        numbers_as(lambda t: f"{t}<a style='vertical-align:super' href=#n>1</a>"),
        0,
    ),
    "notes' marks lifted": (
        numbers_as(
            lambda t: f"{t}<span style='position:relative;top:-3.0pt;mso-text-raise:3.0pt'>1</span>"
        ),
        0,
    ),
    "notes' marks of a class": (numbers_as(lambda t: f"{t}<span class='small up'>1</span>"), 0),
    "notes' marks of Word": (
        numbers_as(lambda t: f"{t}<span class=MsoFootnoteReference>1</span>"),
        0,
    ),
    "all lifted": (numbers_as(lambda t: f"<span style='mso-text-raise:1.0pt'>{t}</span>"), 1),
    "hidden by a class": (numbers_as(lambda t: f"<b class=gone>8</b>{t}"), 1),
    "hidden in print alone": (numbers_as(lambda t: f"<b class=screen>{t}</b>"), 1),
    "rows hidden by a class": (lambda rows, _: doubled_unseen(rows), 1),
    "clear, far off, hidden in Word": (
        numbers_as(
            lambda t: (
                "<i style='opacity:0'>8</i><i style='position:absolute;left:-9999px'>8</i>"
                f"<i style='mso-hide:all'>8</i><span class=msoDel>8</span>{t}"
            )
        ),
        1,
    ),
    "hidden around what is sized": (
        numbers_as(
            lambda t: f"{t}<b style='visibility:hidden'><span style='font-size:9px'>8</span></b>"
        ),
        1,
    ),
    "sized within what has no size": (
        lambda rows, _: table(
            rows,
            lambda c: td(c, f"<span style='font-size:9px'>{html.escape(c.text)}</span>").replace(
                "<td ", "<td style='font-size:0' "
            ),
        ),
        1,
    ),
    "a form in the table": (lambda rows, _: table(rows).replace("1>", "1><form>", 1), 1),
    "a form in the row": (lambda rows, _: table(rows).replace("<tr>", "<tr><form>"), 1),
    "the foot first": (
        lambda rows, _: (
            "<table><tfoot>"
            + table(rows[-1:])[16:-8]
            + "</tfoot><tbody>"
            + table(rows[:-1])[16:-8]
            + "</tbody></table>"
        ),
        1,
    ),
    "deep": (lambda rows, _: "<div>" * 90 + table(rows), 1),
    "a note below": (
        lambda rows, _: table(rows) + "<table><tr><td colspan=9>注：共3项。</table>",
        1,
    ),
}


def read(form: Edition, values: Values, site: Site, rng: random.Random) -> Report:
    body = [
        f"<p>{html.escape(part)}</p>" if isinstance(part, str) else site(part, rng)
        for part in parts(form, values, "某县", form.from_year + 1)
    ]
    _, pieces = web_page.read_parts(f"<html>{SHEET}<body>{''.join(body)}".encode(), MOST)
    return report_of(document_lines.lines(pieces), Path("a.html"))


@pytest.mark.parametrize("sheet", ["a" * 10**6, "@" * 10**6, "/*" * 10**6, "@a{" * 10**5])
@pytest.mark.slow
def test_a_style_sheet_that_never_ends_takes_no_time(sheet: str) -> None:
    start = time.process_time()
    kind, _ = web_page.read_parts(f"<style>{sheet}</style><p>x</p>".encode(), MOST)
    assert kind == "ok"
    assert time.process_time() - start < 5


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
@pytest.mark.parametrize("name", SITES)
@pytest.mark.sampled
def test_a_site_is_read_and_no_number_wrong(name: str, edition_id: str) -> None:
    form, (site, least) = load(edition_id), SITES[name]
    for seed in (1, 2):
        rng = random.Random(seed)
        values = consistent(form, rng)
        report = read(form, values, site, rng)
        numbers = {k: report.values[k].number if k in report.values else None for k in form.fields}
        assert {k: n for k, n in numbers.items() if n not in (None, values[k])} == {}
        assert sum(n is not None for n in numbers.values()) >= least * len(form.fields)
