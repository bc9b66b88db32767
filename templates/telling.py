"""What a published report shows beside its tables: pictures, and sentences ready to be taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .form import Field
from .notation import FilePart, FormFile
from .relations import added
from .words import plain

NUMBER = re.compile(r"\{([a-z0-9_.+]+)\}")


@dataclass(frozen=True)
class Picture:
    """A chart: its title, and for each bar a label and the fields that it adds up.

    ``share``: its bars are the parts of one whole.
    """

    title: str
    bars: tuple[tuple[str, tuple[str, ...]], ...]
    share: bool = False

    def numbers(self, known: Mapping[str, float | None]) -> dict[str, float | None]:
        """The number of every bar by its label; None where one of its fields has none."""
        return {label: added(map(known.get, fields)) for label, fields in self.bars}


@dataclass(frozen=True)
class Ready:
    """A sentence of a section with the tables' numbers in it: ``{t3.new.total}``, or a sum."""

    section: int
    text: str

    def sentence(self, known: Mapping[str, float | None]) -> str | None:
        """The sentence, None where a number of it is missing."""
        missing = False

        def number(match: re.Match[str]) -> str:
            nonlocal missing
            parts = [known.get(key) for key in match[1].split("+")]
            missing = missing or None in parts
            return str(plain(sum(n for n in parts if n is not None)))

        text = NUMBER.sub(number, self.text)
        return None if missing else text


def parse_pictures(source: FormFile, fields: Mapping[str, Field]) -> tuple[Picture, ...]:
    """Every ``[[pictures]]`` of the file."""
    found = []
    for part in source.parts("pictures"):
        bars = tuple(
            (part.within(bar).text("label"), tuple(bar.get("fields", ())))
            for bar in part.get("bars", [])
        )
        _must_be_fields(part, [key for _, keys in bars for key in keys], fields)
        found.append(Picture(part.text("title"), bars, bool(part.get("share"))))
    return tuple(found)


def parse_ready(source: FormFile, fields: Mapping[str, Field]) -> tuple[Ready, ...]:
    """Every ``[[sentences]]`` of the file; ``section`` counts from 1."""
    found = []
    for part in source.parts("sentences"):
        text = part.text("text")
        _must_be_fields(part, [k for m in NUMBER.findall(text) for k in m.split("+")], fields)
        found.append(Ready(int(part.get("section", 1)), text))
    return tuple(found)


def _must_be_fields(part: FilePart, keys: list[str], fields: Mapping[str, Field]) -> None:
    for key in keys:
        if key not in fields:
            raise part.no_field(key)
