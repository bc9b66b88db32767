"""Whether a count of 正文 is of documents by their attribute, and not of applications.

公文 are 主动公开, 依申请公开 or 不予公开 from the day they are made, and so are a report's outcomes
called: what the sentence is about says which.
"""

from __future__ import annotations

import re

from .narrative_words import WORDS

_MADE = WORDS.expression("documents_made")
_LISTED = WORDS.expression("attributes_listed")
_ASKED = WORDS.expression("asked")
_GOES_ON = WORDS.expression("goes_on")


def of_documents(sentence: str, match: re.Match[str], before: str) -> bool:
    """Whether a count of a sentence is of documents; ``before`` is what leads to the sentence."""
    led = sentence[: match.end()]
    if _GOES_ON.match(sentence):
        led = before.rstrip("。").rpartition("。")[2] + led
    issued = max((m.end() for m in _MADE.finditer(led)), default=-1)
    asked = max((m.end() for m in _ASKED.finditer(led)), default=-1)
    return issued > asked or (asked < 0 and bool(_LISTED.search(sentence[: match.start()])))
