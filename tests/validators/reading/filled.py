"""A filled template, edited as somebody would, and what is then said of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gouji.templates.edition import load
from gouji.validators.finding import Finding, Result
from gouji.validators.office import check_files

from ...builders import consistent, editing

FORM = load("2021")
VALUES = consistent(FORM, random.Random(5))


def edited(path: Path, edit: Callable[[Any], None]) -> Result:
    """The result after ``edit`` of the openpyxl workbook."""
    with editing(path) as book:
        edit(book)
    (result,) = check_files([path])
    return result


def findings(result: Result, rule: str = "") -> list[Finding]:
    assert result.verdict is not None, result.error
    return [f for f in result.verdict.findings if not rule or f.rule == rule]
