"""Slate, a spreadsheet application whose open book is a dictionary of sheets."""

from __future__ import annotations

from ..remote import answer


def validate(book: dict[str, object]) -> dict[str, str]:
    """Sends the open book and carries out the plan: cell to kind of fill."""
    plan = answer(book)
    return {f"{fill['sheet']}!{fill['cell']}": fill["kind"] for fill in plan["fills"]}
