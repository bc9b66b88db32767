"""What is written into an XML part, and the part that holds our own journal."""

from __future__ import annotations

import re

JOURNAL = "xl/gouji.journal.json"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def legal(text: str) -> str:
    """Text with the characters that XML forbids replaced."""
    return _ILLEGAL.sub("\ufffd", text)


def escaped(text: str, limit: int = 32767) -> str:
    """Text for an XML element or attribute: illegal characters replaced, at most ``limit``."""
    clean = legal(text)[:limit]
    clean = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return clean.replace('"', "&quot;")
