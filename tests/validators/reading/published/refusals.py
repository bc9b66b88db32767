"""What is no report, and what was damaged: one sentence that names the file, or a report."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.errors import InputError
from gouji.validators.reading.published import document_lines
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.readers import read_published


def has_its_sentence(path: Path, content: bytes, words: str) -> None:
    """The file is refused with ``words``, and named in both languages."""
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_published(path)
    assert path.name in caught.value.zh
    assert path.name in caught.value.en


def read_or_refused(reader: Any, data: bytes, rng: random.Random, most: int, path: Path) -> None:
    """Up to ``most`` bytes of ``data`` changed: ``reader`` gives parts that are read or refused."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, most)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    kind, parts = reader.read_parts(bytes(changed), 100_000)
    if kind == "ok":
        try:
            report_of(document_lines.lines(parts), path)
        except InputError as error:
            assert path.name in error.zh
