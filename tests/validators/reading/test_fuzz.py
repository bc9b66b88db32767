"""The fuzzer, briefly; and every input it ever found to go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...fuzzing import KEPT, attempt, made


@pytest.mark.parametrize(
    "block", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 8))]
)
def test_damaged_input_is_read_or_refused_and_nothing_else(block: int) -> None:
    for seed in range(block * 40, block * 40 + 40):
        attempt(*made(seed))


@pytest.mark.parametrize(
    "path",
    sorted(p for p in KEPT.glob("*.*") if p.suffix in (".xlsx", ".txt", ".ods", ".xls", ".roster")),
    ids=lambda p: p.name,
)
def test_what_the_fuzzer_found_stays_repaired(path: Path) -> None:
    attempt(path.suffix[1:], path.read_bytes())
