"""WPS's list of add-ins, ``publish.xml``: our line put in and taken out, all else as it stands."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from xml.sax.saxutils import quoteattr

from ...templates.disk import put
from ...templates.errors import InputError

_EMPTY = b'<?xml version="1.0" encoding="UTF-8"?>\n<jsplugins>\n</jsplugins>\n'
_COMMENT = re.compile(rb"(<!--.*?-->)", re.DOTALL)


class WpsList:
    """The file as bytes. Raises ``InputError`` where it is no list that can be edited."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self._name = path, name.encode()
        self.before: bytes = path.read_bytes() if path.exists() else b""
        self.content: bytes = self.before or _EMPTY
        try:
            root = ET.fromstring(_parsable(self.content))
        except (ET.ParseError, ValueError, LookupError) as error:
            raise self._broken() from error
        if root.tag != "jsplugins" or b"jsplugins" not in self.content:  # also UTF-16
            raise self._broken()
        self.names: list[str | None] = [e.get("name") for e in root]

    def _broken(self) -> InputError:
        return InputError(
            f"WPS 的加载项列表 {self.path} 坏了，没有动它。请改名后再安装。",
            f"WPS's list of add-ins {self.path} is broken and was left alone; rename it, try again",
        )

    def take_out(self) -> bool:
        """Takes our line out, outside comments; whether there was one."""
        mark = rb"""\sname\s*=\s*(?:"%s"|'%s')""" % (self._name, self._name)
        line = rb"[ \t]*<jsplugin\b(?=[^>]*" + mark + rb")[^>]*?(?:/>|>\s*</jsplugin\s*>)\r?\n?"
        pieces = _COMMENT.split(self.content)
        left = [p if i % 2 else re.sub(line, b"", p) for i, p in enumerate(pieces)]
        changed = b"".join(left)
        found = changed != self.content
        self.content = changed
        return found

    def put_in(self, entry: dict[str, str]) -> None:
        """Puts our line last."""
        attributes = " ".join(f"{k}={quoteattr(v)}" for k, v in entry.items())
        line = f"  <jsplugin {attributes}/>\n".encode()
        closed = re.sub(rb"<jsplugins\s*/>", b"<jsplugins>\n</jsplugins>", self.content)
        at = closed.rindex(b"</jsplugins")
        start = closed.rfind(b"\n", 0, at) + 1
        if closed[start:at].strip():  # all on one line
            start, line = at, line.strip()
        self.content = closed[:start] + line + closed[start:]

    def save(self) -> None:
        """Writes the list; an empty one that was ours alone goes."""
        if self.content == _EMPTY:
            self.path.unlink(missing_ok=True)
        elif self.content != self.before:
            put(self.path, self.content)


def _parsable(content: bytes) -> bytes | str:
    """The list for the parser, which knows no encoding of two bytes: GBK is decoded for it."""
    declared = re.match(rb"""\s*<\?xml[^>]*?encoding=["']([\w.-]+)["'][^>]*\?>""", content)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        return content
    return content[declared.end() :].decode(declared[1].decode())
