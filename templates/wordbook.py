"""Words and expressions that stand in a TOML file, each with why it is there.

``[lists.NAME]`` has ``words``, ``[pieces.NAME]`` and ``[expressions.NAME]`` have a ``text``, any
other table is a list of alternatives; each entry has its ``why``. ``{NAME}`` in a text stands for
the piece of that name, or for any word of that list.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any


class Wordbook:
    """The words and expressions of the file at ``path``, read when one is first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _all(self) -> dict[str, Any]:
        return tomllib.loads(self._path.read_text("utf-8"))

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a list."""
        return tuple(self._all["lists"][name]["words"])

    def piece(self, name: str) -> str:
        """The text of a piece."""
        return str(self._all["pieces"][name]["text"])

    def expression(self, name: str) -> re.Pattern[str]:
        """An expression, compiled."""
        return re.compile(self._filled(self._all["expressions"][name]["text"]))

    def any_of(self, name: str) -> re.Pattern[str]:
        """The alternatives of ``[[name]]`` as one expression, in the file's order."""
        return re.compile("|".join(self._filled(part["text"]) for part in self._all[name]))

    def _filled(self, text: str) -> str:
        for name, piece in self._all.get("pieces", {}).items():
            text = text.replace("{" + name + "}", piece["text"])
        for name in self._all.get("lists", {}):
            text = text.replace("{" + name + "}", "|".join(map(re.escape, self.words(name))))
        return text


__all__ = ["Wordbook"]
