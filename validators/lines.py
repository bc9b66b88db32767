"""The lines of a ledger, as reading found them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """One line of a ledger: its row on the sheet, what is wrong with its words, and its dates.

    ``wrong`` are (column letter, Chinese, English). A date that cannot be read is None and
    stands in ``wrong``.
    """

    row: int
    number: str
    wrong: tuple[tuple[str, str, str], ...]
    dates: dict[str, date]


@dataclass(frozen=True)
class Case(Line):
    """One application. ``applicant`` is a column's key, ``outcome`` a row's, ``""`` for none."""

    applicant: str = ""
    outcome: str = ""
    extended: bool = False


@dataclass(frozen=True)
class Document(Line):
    """One document. ``kind`` is ``t2.regulations`` or ``t2.normative``."""

    kind: str = ""


@dataclass(frozen=True)
class Ledgers:
    """The ledgers that a workbook has; None for one that is not there or has no line."""

    cases: tuple[Case, ...] | None = None
    documents: tuple[Document, ...] | None = None

    @property
    def none(self) -> bool:
        """Whether there is no line of either."""
        return self.cases is None and self.documents is None
