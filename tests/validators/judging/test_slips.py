"""What a hand leaves for a number, counted by doing it: each slip at each of its places."""

from __future__ import annotations

from collections import Counter

import pytest
from gouji.validators.judging.blame.slips import slip, slips, weights

TRUE = [*range(1, 130), 200, 201, 220, 1001, 1010, 1100, 2024, 30003]


def shown(digits: str) -> int:
    """What a cell makes of digits that were typed."""
    return int(digits or "0")


def done(true: int) -> dict[str, Counter[int]]:
    """By kind of slip how often each number comes of it, one for each place."""
    d = str(true)
    return {
        "dropped": Counter(shown(d[:n] + d[n + 1 :]) for n in range(len(d)) if len(d) > 1),
        "swapped": Counter(shown(d[:n] + d[n + 1] + d[n] + d[n + 2 :]) for n in range(len(d) - 1)),
        "doubled": Counter(shown(d[:n] + d[n] + d[n:]) for n in range(len(d))),
    }


@pytest.mark.parametrize("kind", ["dropped", "swapped", "doubled"])
def test_a_slip_is_as_likely_as_the_places_at_which_it_gives_the_number(kind: str) -> None:
    share, seen = weights().slip[kind], 0
    for true in TRUE:
        places = len(str(true)) - (kind == "swapped")
        for typed, times in done(true)[kind].items():
            shorter = len(str(true)) - len(str(typed))
            if typed in (0, true) or (kind == "swapped" and shorter == 1):
                continue  # left out, no slip at all, or told as a digit that was dropped
            seen += 1
            assert slips(true, typed)[kind] == pytest.approx(share * times / places)
    assert seen > 100


def test_nothing_else_is_taken_for_such_a_slip() -> None:
    for true in TRUE:
        made = done(true)
        for typed in range(1, 300):
            found = slips(true, typed)
            for kind in ("dropped", "swapped", "doubled"):
                assert typed in made[kind] or kind not in found, (true, typed)
            assert ("tenfold" in found) == (typed == 10 * true or true == 10 * typed)


def test_a_mistyped_digit_lies_beside_the_right_one_or_anywhere() -> None:
    known = weights()
    for true, typed, near in ((52, 55, True), (52, 58, False), (5, 8, True), (512, 912, False)):
        was = next(a for a, b in zip(str(true), str(typed), strict=True) if a != b)
        beside = known.near_key / len(known.keypad[was]) if near else 0.0
        wanted = known.slip["mistyped"] * (beside + (1 - known.near_key) / 9) / len(str(true))
        assert slips(true, typed)["mistyped"] == pytest.approx(wanted)


def test_other_numbers_are_rarer_the_farther_they_are() -> None:
    assert slips(7, 0)["omitted"] == weights().slip["omitted"]
    assert slips(7, -7)["negative"] == weights().slip["negative"]
    assert slips(7, -8) == {}
    far = [slip(40, typed) for typed in (81, 95, 133, 500)]
    assert far == sorted(far, reverse=True)
    assert slips(0, 4)["other"] > slips(0, 14)["other"] > slips(0, 40)["other"] > 0
