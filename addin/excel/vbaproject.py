"""A vbaProject.bin from readable sources, on any platform.

Container and compression are those of ``ole``; here are the two descriptions of the project, the
``dir`` stream and the ``PROJECT`` stream. Source: [MS-OVBA], Office VBA File Format Structure. Only
sources are stored: the version 0xFFFF in ``_VBA_PROJECT`` makes Excel compile them when it opens
the file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from .ole import compress, container

PROJECT_ID = "{6B8E0A52-3D6F-4B61-9E0C-0D6F7C1B2A77}"
# [MS-OVBA] 2.4.3, encrypted with PROJECT_ID: not protected, no password, visible
KEYS = {
    "CMG": "1C1EE43839673D673D673D673D",
    "DPB": "B8BA40B341B341B3",
    "GC": "5654AED1CB3D363E363EC9",
}
_CODE_PAGE = 1252
_CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_BOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_REFERENCES = {
    "stdole": "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#"
    "C:\\Windows\\System32\\stdole2.tlb#OLE Automation",
    "Office": "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    "C:\\Program Files\\Common Files\\Microsoft Shared\\OFFICE16\\MSO.DLL#"
    "Microsoft Office 16.0 Object Library",
}
_ATTRIBUTE = re.compile(r'^Attribute VB_Name = "([A-Za-z_]\w*)"', re.M)


@dataclass(frozen=True)
class Module:
    """One module. ``kind`` is ``module``, ``class`` or ``document``."""

    name: str
    kind: str
    source: str


def module(text: str) -> Module:
    """The module of an exported ``.bas`` or ``.cls`` text.

    Raises ``ValueError`` when it bears no ``VB_Name``, or a character that VBA source in the
    project's code page cannot hold.
    """
    text = text.replace("\r\n", "\n")
    found = _ATTRIBUTE.search(text)
    if not found:
        raise ValueError("the module has no line Attribute VB_Name")
    kind = "class" if text.startswith("VERSION") else "module"
    source = text[found.start() :]
    if kind == "class" and "VB_Base" not in source:
        head, _, rest = source.partition("\n")
        source = f'{head}\nAttribute VB_Base = "{_CLASS_BASE}"\n{rest}'
    source.encode(f"cp{_CODE_PAGE}")
    return Module(found[1], kind, source.rstrip("\n") + "\n")


def document(name: str, base: str) -> Module:
    """The module that every workbook and sheet has."""
    lines = [f'Attribute VB_Name = "{name}"', f'Attribute VB_Base = "{base}"']
    flags = ("GlobalNameSpace", False), ("Creatable", False), ("PredeclaredId", True)
    more = ("Exposed", True), ("TemplateDerived", False), ("Customizable", True)
    lines += [f"Attribute VB_{flag} = {value}" for flag, value in flags + more]
    return Module(name, "document", "\n".join(lines) + "\n")


def project(name: str, modules: Sequence[Module], sheets: Sequence[str]) -> bytes:
    """A ``vbaProject.bin`` with ``modules``, for sheets with the code names ``sheets``."""
    documents = [document("ThisWorkbook", _BOOK_BASE), *(document(s, _SHEET_BASE) for s in sheets)]
    every = [*documents, *modules]
    streams = {m.name: compress(_encoded(m.source)) for m in every}
    streams["dir"] = compress(_dir(name, every))
    streams["_VBA_PROJECT"] = b"\xcc\x61\xff\xff\x00\x00\x00"
    top = {"PROJECT": _project(name, every), "PROJECTwm": _names(every)}
    return container({"VBA": streams}, top)


def _encoded(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode(f"cp{_CODE_PAGE}")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HI", kind, len(content)) + content


def _both(kind: int, wide: int, text: str) -> bytes:
    """A text twice, in the code page and in UTF-16."""
    return _record(kind, text.encode(f"cp{_CODE_PAGE}")) + _record(wide, text.encode("utf-16-le"))


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    """The uncompressed ``dir`` stream ([MS-OVBA] 2.3.4.2)."""
    out = _record(0x01, struct.pack("<I", 1))  # 32-bit Windows, which 64-bit Excel writes too
    out += _record(0x02, struct.pack("<I", 0x0409)) + _record(0x14, struct.pack("<I", 0x0409))
    out += _record(0x03, struct.pack("<H", _CODE_PAGE)) + _record(0x04, name.encode("ascii"))
    out += _both(0x05, 0x40, "") + _both(0x06, 0x3D, "")
    out += _record(0x07, struct.pack("<I", 0)) + _record(0x08, struct.pack("<I", 0))
    out += struct.pack("<HIIH", 0x09, 4, 1, 1)  # the version's size field is a constant 4
    out += _both(0x0C, 0x3C, "")
    for reference, library in _REFERENCES.items():
        text = library.encode("ascii")
        out += _both(0x16, 0x3E, reference)
        out += _record(0x0D, struct.pack("<I", len(text)) + text + bytes(6))
    out += _record(0x0F, struct.pack("<H", len(modules))) + _record(0x13, b"\xff\xff")
    for each in modules:
        out += _both(0x19, 0x47, each.name) + _both(0x1A, 0x32, each.name)
        out += _both(0x1C, 0x48, "") + _record(0x31, struct.pack("<I", 0))
        out += _record(0x1E, struct.pack("<I", 0)) + _record(0x2C, b"\xff\xff")
        out += _record(0x21 if each.kind == "module" else 0x22, b"") + _record(0x2B, b"")
    return out + _record(0x10, b"")


def _project(name: str, modules: Sequence[Module]) -> bytes:
    """The ``PROJECT`` stream ([MS-OVBA] 2.3.1): neither locked nor with a password."""
    heads = {"module": "Module={}", "class": "Class={}", "document": "Document={}/&H00000000"}
    lines = [f'ID="{PROJECT_ID}"', *(heads[m.kind].format(m.name) for m in modules)]
    lines += [f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'{name}="{value}"' for name, value in KEYS.items()]
    lines += ["", "[Host Extender Info]"]
    lines += ["&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", ""]
    lines += ["[Workspace]", *(f"{m.name}=0, 0, 0, 0, C" for m in modules), ""]
    return _encoded("\n".join(lines))


def _names(modules: Sequence[Module]) -> bytes:
    pairs = (m.name.encode("ascii") + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"
