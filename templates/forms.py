"""Which editions a workbook may be of, as a command was told: ``--edition`` and ``--rules``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from .edition import Edition, edition_ids, find, for_year, load, newest
from .errors import InputError


@dataclass(frozen=True)
class Forms:
    """The editions that will do, cheap to send to other processes.

    ``edition`` is an id or the path of an edition file, ``""`` for whatever the workbook says;
    ``rules`` is a local rule pack that is added to it. ``only``: nothing but ``edition`` will do.
    """

    edition: str = ""
    rules: Path | None = None
    only: bool = True

    @property
    def last_year(self) -> Forms:
        """For last year's report, which may be of another edition."""
        return replace(self, only=False)

    @cached_property
    def candidates(self) -> list[Edition]:
        """The editions to look for, with the rule pack; their files are read once.

        An edition that the pack does not fit is left out; ``InputError`` when it fits none.
        """
        named = [find(self.edition)] if self.edition else []
        shipped = [] if named and self.only else [load(i) for i in edition_ids()]
        found: list[Edition] = []
        fault: InputError | None = None
        for edition in dict.fromkeys([*named, *shipped]):
            try:
                found.append(self._extended(edition))
            except InputError as error:
                fault = error
        if not found and fault is not None:
            raise fault
        return found

    def _extended(self, edition: Edition) -> Edition:
        """``edition`` with the rule pack; last year's without it where it does not fit."""
        if self.rules is None:
            return edition
        try:
            return edition.with_pack(self.rules)
        except InputError:
            if self.only:
                raise
            return edition

    def stamped(self, edition_id: str, name: str, packs: Sequence[str] = ()) -> Edition | None:
        """The edition of a workbook's stamp; None where it has none.

        Of ``packs``, which the stamp names too, those that come with gouji are added: a file never
        says which file is read. Raises ``InputError`` for a stamp of an edition that is not here
        and was not given.
        """
        found = self._stamped(edition_id, name)
        return found.with_shipped(packs) if found is not None and packs else found

    def _stamped(self, edition_id: str, name: str) -> Edition | None:
        if self.edition and self.only:
            return self.candidates[0]
        if not edition_id:
            return None
        if self.edition and find(self.edition).id == edition_id:
            return self._extended(find(self.edition))
        if edition_id in edition_ids():  # no other edition is loaded
            return self._extended(load(edition_id))
        raise InputError(
            f"{name} 用的是“{edition_id}”格式，这里没有。请用 --edition 给出它的格式文件（.toml），"
            "或更新 gouji。",
            f"{name} is on the form {edition_id!r}, which is not here: give its file with "
            "--edition, or update gouji.",
        )

    def to_make(self, year: int | None = None) -> Edition:
        """The edition for a new workbook of ``year``: the one named, else the year's.

        Raises ``InputError`` when the one named is not for that year.
        """
        if not self.edition:
            return self._extended(for_year(year) if year else newest())
        chosen = find(self.edition)
        if year and not chosen.fits_year(year):
            right = for_year(year, chosen)
            use, use_en = "", ""
            if right is not chosen:
                use, use_en = f"请改用 --edition {right.id}，或", f"use --edition {right.id} or "
            raise InputError(
                f"{chosen.id}格式不用于{year}年度；{use or '请'}改年度。",
                f"Edition {chosen.id} is not for {year}: {use_en}change the year.",
            )
        return self._extended(chosen)


ANY = Forms()
