"""Every word and expression of a wordbook has its reason, is read and ends."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from gouji.templates.wordbook import Wordbook

ROOT = Path(__file__).resolve().parents[2] / "validators"
BOOKS = (
    "reading/sheet_words.toml",
    "judging/rules/narrative_words.toml",
    "reading/published/reading_words.toml",
)


@pytest.mark.parametrize("name", BOOKS)
def test_every_entry_has_its_reason_and_somebody_who_asks_for_it(name: str) -> None:
    path = ROOT / name
    book, held = Wordbook(path), tomllib.loads(path.read_text("utf-8"))
    code = "".join(p.read_text("utf-8") for p in path.parent.glob("*.py"))
    texts = path.read_text("utf-8")
    entries = [
        (kind, key, entry)
        for kind, table in held.items()
        for key, entry in (table.items() if isinstance(table, dict) else enumerate(table))
    ]
    assert len(entries) > 15
    for kind, key, entry in entries:
        assert len(entry["why"]) > 10
        asked = f'"{kind if isinstance(key, int) else key}"'
        assert asked in code or f"{{{key}}}" in texts or str(key).startswith("flow_"), key
        if kind == "expressions":
            assert not re.search(r"\{[a-z_]+\}", book.expression(str(key)).pattern)


def test_pieces_and_lists_stand_in_expressions(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        "[lists.ends]\nwhy = 'x'\nwords = ['局', '.']\n"
        "[pieces.n]\nwhy = 'x'\ntext = '[0-9]{1,2}'\n"
        "[expressions.a]\nwhy = 'x'\ntext = '(?:{ends}){n}'\n"
        "[[some]]\nwhy = 'x'\ntext = '{n}件'\n[[some]]\nwhy = 'x'\ntext = '甲'\n",
        "utf-8",
    )
    book = Wordbook(path)
    assert book.words("ends") == ("局", ".")
    assert book.expression("a").pattern == r"(?:局|\.)[0-9]{1,2}"
    assert book.any_of("some").pattern == "[0-9]{1,2}件|甲"
    with pytest.raises(KeyError):
        book.expression("b")
