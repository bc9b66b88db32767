"""What was not meant to change a workbook does not change its verdict.

2,000 reports are put through it by ``python bench/rewriting.py``; here is a seeded sample.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.workbook import build
from gouji.validators.finding import Result
from gouji.validators.office import check_bytes, check_files

from ...builders import consistent
from .rewriting import REWRITES

# What a rewriting may add: it says that something of the template was lost.
MAY_DIFFER = {"CELL-FORMULA", "S-TEMPLATE", "S-EDITION"}


@lru_cache(maxsize=8)
def workbook(form: Edition, seed: int) -> tuple[bytes, bool]:
    """A filled workbook, and whether one number in it is wrong."""
    rng = random.Random(seed)
    values = consistent(form, rng)
    wrong = bool(seed % 2)
    if wrong:
        key = rng.choice([k for k in form.fields if k.startswith("t3.") and k not in form.totals])
        values[key] += rng.choice([1, 9, 10])
    data = build(form, year=form.from_year, unit="某县", values=values, typed_totals=bool(seed % 3))
    return data, wrong


def verdict_of(result: Result) -> Counter[tuple[object, ...]]:
    """The verdict without places, which a rewriting may move."""
    assert result.verdict is not None, result.error
    return Counter(
        (f.rule, f.severity, f.field, f.found, f.expected)
        for f in result.verdict.findings
        if f.rule not in MAY_DIFFER
    )


def compare(form: Edition, seed: int, kind: str) -> str:
    """What differs after the rewriting ``kind``, ``""`` for nothing."""
    data, wrong = workbook(form, seed)
    before = check_bytes(data, "a.xlsx")
    after = check_bytes(REWRITES[kind](data), "a.xlsx")
    if verdict_of(before) != verdict_of(after):
        return f"{seed} {kind}: {verdict_of(before)} became {verdict_of(after)}"
    if wrong and after.status == "ok":
        return f"{seed} {kind}: passes with an error"
    return ""


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3))])
@pytest.mark.parametrize("kind", list(REWRITES))
@pytest.mark.sampled
def test_a_rewritten_workbook_has_the_same_verdict(kind: str, seed: int) -> None:
    for form in (load("2021"), load("2019")):
        assert compare(form, seed, kind) == ""


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
def test_saved_by_libreoffice_it_has_the_same_verdict(
    tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    form = load("2021")
    paths, before = [tmp_path / f"{seed}.xlsx" for seed in range(100, 104)], []
    for path in paths:
        path.write_bytes(workbook(form, int(path.stem))[0])
        (result,) = check_files([path])
        before.append(verdict_of(result))
    for suffix in ("xlsx", "ods", "xls"):
        folder = libreoffice(paths[0], suffix, folder=suffix, more=paths[1:]).parent
        after = [verdict_of(r) for r in check_files(sorted(folder.iterdir()))]
        assert after == before, suffix
