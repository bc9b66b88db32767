"""Marks into a workbook and out of it again."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from ...templates.disk import changed, digest_of, mode_for, put
from ...templates.errors import InputError
from ..ooxml.draft import Draft
from ..ooxml.files import hold
from ..ooxml.limits import Limits, load
from ..ooxml.package import Package
from ..ooxml.spans import JOURNAL, TooMuchError
from ..ooxml.stream import DoctypeError
from . import results, sheet, styles
from .give_back import given_back
from .marks import Mark
from .plan import plan
from .signs import LOOKS
from .undo import unmarked


def apply(
    path: Path | str,
    marks: Sequence[Mark],
    out: Path | str | None = None,
    *,
    summary: Sequence[str] = (),
    digest: str = "",
    new: bool = False,
) -> Path:
    """Marks the workbook at ``path`` in place, or its copy at ``out``; returns where it is.

    Marks of an earlier time are taken out first, so marking twice is marking once; without
    ``marks`` the workbook is cleared. ``summary`` stands above the list on the results sheet.
    ``digest`` is that of the bytes that were judged; with ``new`` nothing may be at ``out`` yet.
    Raises ``InputError`` when the file is not an .xlsx or .xlsm, is encrypted, signed, open
    elsewhere, a link, not writable or no longer the one that was judged; it is then as it was.
    """
    source = Path(path)
    target = Path(out) if out is not None else source
    with hold(target):
        data = load(source, Limits())
        if digest and digest_of(data) != digest:
            raise changed(source)
        marked = apply_bytes(data, marks, summary=summary, name=str(source))
        if target != source:
            put(target, marked, new=new, mode=mode_for(target, source))
        elif marked != data:
            put(target, marked, expected=digest_of(data))
    return target


def clear(path: Path | str, out: Path | str | None = None) -> Path:
    """Takes our marks out of the workbook at ``path``, or writes it without them to ``out``.

    A file that nobody edited since it was marked gets every part back byte for byte; else what
    bears our marker goes and nothing else. A results sheet in which something was explained stays.
    A file without marks is not touched.
    """
    return apply(path, (), out)


def apply_bytes(
    data: bytes, marks: Sequence[Mark], *, summary: Sequence[str] = (), name: str = "workbook"
) -> bytes:
    """As ``apply``, from bytes to bytes; ``name`` is for the messages.

    ``summary`` are the lines above the list. Raises ``InputError`` where it cannot be marked.
    """
    package = Package.open(data, name=name)
    if any(n.startswith("_xmlsignatures/") for n in package.names):
        raise InputError(
            f"{name} 有数字签名，标注会使签名失效，没有改动。请在签名前标注，或标注副本。",
            f"{name} is digitally signed; a mark would break the signature, so it was left as it "
            "is: mark it before signing.",
        )
    try:
        cleared = unmarked(package, anew=bool(marks))
        if not marks:
            return data if cleared is None else cleared
        if cleared is not None:
            package = Package.open(cleared, name=name)
        return _marked(package, marks, summary)
    except zipfile.BadZipFile as error:
        raise package.broken(str(error)) from error
    except TooMuchError as error:
        raise InputError(
            f"{name} 的格式、批注等内容多得放不下标记，没有动它。请删去多余的条件格式和批注后另存，"
            "或只看 gouji check 的结果。",
            f"{name} holds more formats and notes than can be marked and was left as it is: delete "
            "the superfluous ones and save, or use gouji check.",
        ) from error
    except (ExpatError, DoctypeError, ValueError, IndexError) as error:
        raise package.broken("XML") from error


def is_as_marked(data: bytes, name: str = "workbook") -> bool:
    """Whether the workbook bears our marks and nobody saved it since they were put in."""
    package = Package.open(data, name=name)
    return JOURNAL.lower() in package.names and given_back(package) is not None


def clear_bytes(data: bytes, name: str = "workbook") -> bytes:
    """As ``clear``, from bytes to bytes."""
    return apply_bytes(data, (), name=name)


def _marked(package: Package, marks: Sequence[Mark], summary: Sequence[str]) -> bytes:
    """The package with the plan of ``marks`` carried out."""
    draft = Draft(package)
    parts = {s.name: s.part for s in package.sheets if s.kind == "worksheet"}
    painted = {m.sheet for m in marks if m.cell}
    merged = {n: sheet.Merged(draft.read(part)) for n, part in parts.items() if n in painted}

    def area(name: str, cell: str) -> tuple[str, str] | None:
        return merged[name].area(cell) if name in merged else None  # a chart has no cells

    planned = plan(marks, [s.name for s in package.sheets], summary=summary, areas=area)
    used = {(fill.kind, fill.as_shown) for fill in planned.fills}
    every = [(kind, as_shown) for as_shown in (False, True) for kind in LOOKS]
    formats = styles.put(draft, [look for look in every if look in used])
    for name in merged:
        sheet.put(
            draft,
            parts[name],
            fills=[fill for fill in planned.fills if fill.sheet == name],
            notes=[note for note in planned.notes if note.sheet == name],
            formats=formats.fills,
        )
    results.put(draft, planned, formats)
    draft.journalled()
    return draft.packed()
