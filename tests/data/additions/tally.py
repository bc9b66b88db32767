"""Results as one line: how many files, how many findings."""

from __future__ import annotations

from collections.abc import Iterable

from ..finding import Result


def document(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
    """The line."""
    found = [len(r.verdict.findings) for r in results if r.verdict is not None]
    return f"tally {lang}: {len(found)} files, {sum(found)} findings\n"
