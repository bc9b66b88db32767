"""Things made of bytes, kept from the second time on that the same bytes come."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
_SEEN = 30_000  # bytes that are known to have come once, by their hash


class Twice(Generic[T]):
    """At most ``most`` things, none made of more than ``longest`` bytes."""

    def __init__(self, most: int, longest: int) -> None:
        self._most, self._longest = most, longest
        self._kept: dict[bytes, T] = {}
        self._seen: set[int] = set()

    def get(self, data: bytes) -> T | None:
        """What was made of ``data``, if it is kept."""
        return self._kept.get(data)

    def made(self, data: bytes, thing: T) -> T:
        """``thing``, which was made of ``data`` and is kept if this was the second time."""
        at = hash(data)
        if len(data) > self._longest:
            return thing
        if at in self._seen:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[data] = thing
        elif len(self._seen) >= _SEEN:
            self._seen.clear()
        else:
            self._seen.add(at)
        return thing
