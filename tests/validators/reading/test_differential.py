"""Own forms made at random: no number is read wrong, and no error is passed over."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from gouji.validators.office import check_bytes

from .own_forms import FORM, OwnForm, own_form


@dataclass
class Tally:
    """Numbers read right and refused; what was read wrong, passed over or said without cause."""

    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.refused += other.refused
        self.wrong += other.wrong
        self.passed += other.passed
        self.alarmed += other.alarmed


def tried(seed: int) -> tuple[Tally, OwnForm]:
    """What came of the form of a seed."""
    form, found = own_form(seed), Tally()
    result = check_bytes(form.data(), "a.xlsx")
    if result.report is None or result.verdict is None:
        found.refused = len(FORM.fields)
        return found, form
    for key, field_ in FORM.fields.items():
        number = result.report.number(key)
        if number is None:
            found.refused += 1
        elif number != form.values[key] or field_.table in form.unclear:
            found.wrong.append(f"{key}: {number:g} for {form.values[key]:g}")
        else:
            found.right += 1
    errors = [f.message for f in result.verdict.findings if f.severity.value == "error"]
    if form.wrong and not errors:
        found.passed.append("no error is said")
    if errors and not form.wrong and not form.unclear:
        found.alarmed.append(errors[0])
    return found, form


@pytest.mark.parametrize("start", range(0, 60, 10))
@pytest.mark.sampled
def test_no_number_is_read_wrong_and_no_error_passed_over(start: int) -> None:
    whole = Tally()
    for seed in range(start, start + 10):
        whole.add(tried(seed)[0])
    assert (whole.wrong, whole.passed, whole.alarmed) == ([], [], [])
    assert whole.right > whole.refused
