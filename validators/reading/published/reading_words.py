"""The words and expressions of ``reading_words.toml``."""

from __future__ import annotations

from pathlib import Path

from ....templates.wordbook import Wordbook

WORDS = Wordbook(Path(__file__).with_name("reading_words.toml"))
