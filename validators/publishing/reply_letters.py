"""Reply letters (答复文书) from the case ledger, by templates that an office can edit in Word."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...templates.edition import Edition
from ...templates.ledger import outcomes
from ...templates.units import Unit
from ...templates.words import printable
from ..ooxml.limits import Limits, load
from ..report import LedgerLine, Report
from .letter_template import LetterTemplate
from .official_paper import Paper

OTHER = "其他"
_BLANK = "____________"


@dataclass(frozen=True)
class Letter:
    """One letter, ready to be written: its file's name and its document."""

    name: str
    case: LedgerLine
    data: bytes


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    text = (files("gouji.validators.publishing") / "reply_letters.toml").read_text("utf-8")
    return tomllib.loads(text)


def blanks(edition: Edition) -> dict[str, bytes]:
    """File name → template, one for every outcome that the edition counts, to be edited."""
    rows = {**outcomes(edition), OTHER: ""}
    return {_file(label) + ".docx": _template(row) for label, row in rows.items()}


def _file(label: str) -> str:
    return Unit(label).file_name.removesuffix(".xlsx")


@lru_cache(maxsize=64)
def _template(row: str) -> bytes:
    words = _words()
    letter = next((x for x in words["letters"] if row in x["rows"]), words["letters"][-1])
    paper = Paper(words["paper"]["title"])
    paper.title(words["paper"]["title"])
    head, *rest = words["paper"]["head"]
    paper.text(head)
    for text in (*rest, *letter["text"], *words["paper"]["tail"]):
        paper.text(text, indent=True)
    paper.text("")
    for text in words["paper"]["foot"]:
        paper.text(text, align="right")
    return paper.data


def letters(report: Report, folder: Path | None = None) -> Iterator[Letter]:
    """A letter for every line of the case ledger that has an outcome and contradicts nothing.

    ``folder`` holds the office's templates, named as ``blanks`` names them; what is not there
    is taken from ours. Raises ``InputError`` for a template that cannot be read.
    """
    labels = {row: label for label, row in outcomes(report.edition).items()}
    templates: dict[str, LetterTemplate] = {}
    taken: set[str] = set()
    for case in report.ledgers.of("cases"):
        outcome = case.words.get("outcome", "")
        if not outcome or case.wrong:
            continue
        label = labels.get(outcome, OTHER)
        if label not in templates:
            own = _read(folder, _file(label))
            templates[label] = own or LetterTemplate(_template(outcome), label)
        stem = _file(f"{case.number or f'第{case.row}行'}_答复书")
        name = stem if stem.casefold() not in taken else f"{stem}（第{case.row}行）"
        taken.add(name.casefold())
        data = templates[label].filled(values_of(report, case, label))
        yield Letter(f"{name}.docx", case, data)


def values_of(report: Report, case: LedgerLine, label: str) -> dict[str, str]:
    """What stands for each placeholder; a line to fill in where the ledger says nothing."""
    values = {
        "申请人": case.words.get("name", ""),
        "申请内容": case.words.get("subject", ""),
        "编号": case.number,
        "收到日期": _day(case.dates.get("received")),
        "答复日期": _day(case.dates.get("answered")),
        "办理结果": label.partition(" ")[2] or label,
        "单位": report.unit,
    }
    return {key: printable(text) or _BLANK for key, text in values.items()}


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _read(folder: Path | None, stem: str) -> LetterTemplate | None:
    """The office's template for an outcome, else its template for any; None without."""
    if folder is None:
        return None
    for name in (stem, OTHER):
        path = folder / f"{name}.docx"
        if path.is_file():
            return LetterTemplate(load(path, Limits()), str(path))
    return None
