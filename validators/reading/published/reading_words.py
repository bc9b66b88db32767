"""The words and expressions of ``reading_words.toml``, by their names there."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "reading_words.toml").read_text("utf-8"))


def word_list(name: str) -> tuple[str, ...]:
    """The words of a list."""
    return tuple(_read()["lists"][name]["words"])


def expression(name: str) -> re.Pattern[str]:
    """An expression, compiled; ``{name}`` in it is any of the words of that list."""
    text: str = _read()["expressions"][name]["text"]
    for known in _read()["lists"]:
        text = text.replace("{" + known + "}", "|".join(map(re.escape, word_list(known))))
    return re.compile(text)
