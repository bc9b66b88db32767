"""What is merged and how numbers are shown, asked of an application that answers for an area.

It has one answer for an area that is all alike and none for any other, so an area is cut until
each part has one: columns first, since tables are alike downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ..validators.reading import Merge

T = TypeVar("T")
MOST = 2000  # questions about one sheet


def alike(area: Merge, ask: Callable[[Merge], T | None]) -> Iterator[tuple[Merge, T]]:
    """The parts of ``area`` that have one answer, with it; ``ask`` gives None where there is none.

    What would take more than ``MOST`` questions is left out.
    """
    waiting = [area]
    for _ in range(MOST):
        if not waiting:
            return
        part = waiting.pop()
        (top, left), (bottom, right) = part
        answer = ask(part)
        if answer is not None:
            yield part, answer
        elif left < right:
            middle = (left + right) // 2
            waiting += [((top, middle + 1), (bottom, right)), ((top, left), (bottom, middle))]
        elif top < bottom:
            middle = (top + bottom) // 2
            waiting += [((middle + 1, left), (bottom, right)), ((top, left), (middle, right))]


def merged(
    area: Merge, ask: Callable[[Merge], bool | None], whole: Callable[[tuple[int, int]], Merge]
) -> list[Merge]:
    """The merged ranges that ``area`` meets; ``whole`` tells the one that a cell belongs to."""
    found: list[Merge] = []

    def known(part: Merge) -> bool | None:
        (top, left), (bottom, right) = part
        inside = any(
            r0 <= top and bottom <= r1 and c0 <= left and right <= c1
            for (r0, c0), (r1, c1) in found
        )
        answer = False if inside else ask(part)
        if answer and (top, left) == (bottom, right):
            found.append(whole((top, left)))
        return None if answer and (top, left) != (bottom, right) else answer

    for _ in alike(area, known):
        pass
    return found
