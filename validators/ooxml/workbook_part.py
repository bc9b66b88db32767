"""What the small parts of a package say: content types, relationships, sheets, names, formats.

Each is parsed once for the same bytes: the workbooks of one distribution share these parts.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from .limits import Budget
from .stream import parse

MAC_EPOCH = 1462  # where day 0 is 1904-01-01


@dataclass(frozen=True)
class SheetRef:
    """A sheet of the workbook; ``kind`` is worksheet, chartsheet, dialogsheet or macrosheet."""

    name: str
    part: str
    kind: str
    state: str
    rel_id: str
    sheet_id: str


@dataclass(frozen=True)
class Relationship:
    """One relationship; ``target`` is a part name without a leading slash, or a URL."""

    id: str
    type: str
    target: str
    external: bool


@dataclass(frozen=True)
class DefinedName:
    """A name of the workbook, or of one sheet alone (``sheet`` is its index, else None)."""

    name: str
    target: str
    sheet: int | None


@dataclass(frozen=True, eq=False)
class WorkbookPart:
    """``sheets`` are (name, relationship id, sheet id, state) in the order of their tabs.

    Compared by identity: that of one distribution is one object. ``manual``: the workbook
    computes only when it is told to. ``epoch``: days from 1899-12-30 to the day 0 of its dates.
    ``asks``: it asks to be computed when it is opened.
    """

    sheets: tuple[tuple[str, str, str, str], ...]
    names: tuple[DefinedName, ...]
    manual: bool
    epoch: int = 0
    asks: bool = False


Types = tuple[dict[str, str], dict[str, str]]


@lru_cache(maxsize=1024)
def part_key(name: str) -> str:
    """By what a part is looked up: some write names with backslashes, or escaped as in a URL."""
    return unquote(name).replace("\\", "/").lower()


def content_types(data: bytes, budget: Budget) -> Types:
    """Content types by extension, and by part name in lower case."""
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        if local == "Default":
            defaults[attrs.get("Extension", "").lower()] = attrs.get("ContentType", "")
        elif local == "Override":
            name = part_key(attrs.get("PartName", "")).lstrip("/")
            overrides[name] = attrs.get("ContentType", "")

    parse([data], budget, start)
    return defaults, overrides


def relationships(data: bytes, budget: Budget, part: str) -> tuple[Relationship, ...]:
    """The relationships of ``part``, in order."""
    found: list[Relationship] = []
    base = posixpath.dirname(part)

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        if local != "Relationship":
            return
        external = attrs.get("TargetMode") == "External"
        target = attrs.get("Target", "")
        if not external:
            target = unquote(target).replace("\\", "/")
            if not target.startswith("/"):
                target = posixpath.join("/" + base, target)
            target = posixpath.normpath(target).lstrip("/")
        found.append(Relationship(attrs.get("Id", ""), attrs.get("Type", ""), target, external))

    parse([data], budget, start)
    return tuple(found)


def workbook_part(data: bytes, budget: Budget) -> WorkbookPart:
    """Sheets, names and settings of the workbook."""
    sheets: list[tuple[str, str, str, str]] = []
    names: list[DefinedName] = []
    pieces: list[str] = []
    taking: dict[str, str] | None = None
    manual = asks = False
    epoch = 0

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        nonlocal taking, manual, epoch, asks
        if local == "sheet" and depth == 3 and "name" in attrs:
            bare = {k.rpartition(":")[2]: v for k, v in attrs.items()}
            state = attrs.get("state", "visible")
            sheets.append((attrs["name"], bare.get("id", ""), attrs.get("sheetId", ""), state))
        elif local == "definedName" and depth == 3:
            taking = attrs
            pieces.clear()
        elif local == "calcPr" and depth == 2:
            manual = attrs.get("calcMode") == "manual"
            asks = attrs.get("fullCalcOnLoad") in ("1", "true")
        elif local == "workbookPr" and depth == 2 and attrs.get("date1904") in ("1", "true"):
            epoch = MAC_EPOCH

    def text(content: str) -> None:
        if taking is not None and len(pieces) < 64:
            pieces.append(content)

    def end(depth: int, local: str) -> None:
        nonlocal taking
        if taking is not None and depth == 3:
            budget.spend(0, 1)
            scope = taking.get("localSheetId", "")
            index = int(scope) if scope.isascii() and scope.isdigit() and len(scope) < 6 else None
            names.append(DefinedName(taking.get("name", ""), "".join(pieces)[:1000], index))
            taking = None

    parse([data], budget, start=start, end=end, text=text)
    return WorkbookPart(tuple(sheets), tuple(names), manual=manual, epoch=epoch, asks=asks)
