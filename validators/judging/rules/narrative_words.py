"""The words and expressions of ``narrative_words.toml``."""

from __future__ import annotations

from pathlib import Path

from ....templates.wordbook import Wordbook

WORDS = Wordbook(Path(__file__).with_name("narrative_words.toml"))
