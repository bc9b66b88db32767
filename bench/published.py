"""How much of published reports is read, and how much of it right: ``python bench/published.py``.

    python bench/published.py PATH...      a .jsonl of excerpts, or a folder of files

An excerpt has ``text``, ``layout`` and what a person read: ``table2``, ``table3_rows``, ``table4``,
``narrative_claims``. A file ``NN.ext`` of a folder has its ``values`` by field in ``NN.json``.
Prints, for every layout, how many numbers were read right, refused and read wrong, and of the
excerpts' narratives what was found against the tables as the person read them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gouji.templates.edition import Edition, edition_ids, load
from gouji.templates.errors import InputError
from gouji.validators import judge
from gouji.validators.reading.readers import read
from gouji.validators.reading.spelling import normal, reading
from gouji.validators.report import Place, Report, Standing, Value

Wanted = Mapping[str, str]  # field → what is printed in its cell


@dataclass
class Tally:
    """What came of the numbers of one layout."""

    right: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def wanted_of(edition: Edition, part: Mapping[str, Any], text: str | None) -> dict[str, str]:
    """What the person read, by field; with ``text``, only of rows whose label stands in it."""
    found: dict[str, str] = {}
    seen = normal(text) if text is not None else None
    rows = {**(part["table2"] or {}), **part["table3_rows"]}
    for table in edition.tables:
        for block in table.blocks:
            keys = [[".".join(p for p in (table.id, r.key, c.key) if p) for c in block.columns]
                    for r in block.rows]  # fmt: skip
            if table is edition.tables[-1] and part["table4"]:
                if seen is None or "复议后起诉" in seen:
                    found |= dict(zip(keys[0], part["table4"], strict=True))
                continue
            for row, fields in zip(block.rows, keys, strict=True):
                for label, cells in rows.items():
                    if named(label, [row.label, *row.aliases]) and (
                        seen is None or normal(row.label) in seen
                    ):
                        cells = cells if isinstance(cells, list) else [cells]
                        if len(cells) == len(fields):
                            found |= dict(zip(fields, cells, strict=True))
    return found


def named(label: str, spellings: list[str]) -> bool:
    """Whether the person's name of a row is one of its ``spellings``: (三)1.属于国家秘密."""
    bare = normal(label.replace("(万元)", ""))
    tail = bare.partition(")")[2] if bare.startswith("(") else bare
    for spelling in map(normal, spellings):
        if not spelling:
            continue
        if bare == spelling or (tail == spelling and spelling[:1].isdigit()):
            return True
    return False


def standing_of(edition: Edition, key: str, printed: str) -> tuple[Standing, float | None]:
    """How a cell with ``printed`` stands, a plain number being one."""
    standing, number = reading(printed, edition.fields[key].kind)
    if standing is Standing.TEXT_NUMBER:
        standing = Standing.NUMBER
    return standing, number


def compare(
    report: Report | None, wanted: Wanted, edition: Edition, tally: Tally, name: str
) -> None:
    """Counts what was read of ``wanted``."""
    for key, printed in wanted.items():
        standing, number = standing_of(edition, key, str(printed))
        value = report.values.get(key) if report else None
        if value is None or value.standing is Standing.ABSENT:
            tally.refused += 1
            tally.lost.append(f"{name} {key}")
        elif number is not None and value.number != number:
            if value.standing in (Standing.TEXT, Standing.BLANK) and value.number is None:
                tally.refused += 1
            else:
                tally.wrong.append(f"{name} {key}: {value.shown or value.number}, not {printed}")
        elif number is None and value.standing is Standing.NUMBER:
            tally.wrong.append(f"{name} {key}: {value.number}, not {printed!r} ({standing})")
        else:
            tally.right += 1


def tried(path: Path) -> Report | None:
    """The report in ``path``, None where it is refused."""
    try:
        return read(path)
    except InputError:
        return None


def excerpts(path: Path, tallies: dict[str, Tally]) -> None:
    """Reads every excerpt's tables."""
    with tempfile.TemporaryDirectory() as folder:
        for line in path.read_text("utf-8").splitlines():
            part = json.loads(line)
            text = Path(folder) / "excerpt.txt"
            text.write_text(part["text"], "utf-8")
            report = tried(text)
            known = part["edition"] in edition_ids()
            edition = load(part["edition"]) if known else report.edition if report else None
            wanted = wanted_of(edition, part, part["text"]) if edition else {}
            if edition and wanted:
                tally = tallies.setdefault(part["layout"][:44], Tally())
                compare(report, wanted, edition, tally, f"#{part['id']}")


def folder_of(path: Path, tallies: dict[str, Tally]) -> None:
    """Reads every file that has its values beside it."""
    for source in sorted(path.glob("*.json")):
        held = json.loads(source.read_text("utf-8"))
        for file in sorted(path.glob(source.stem + ".*")):
            if file.suffix != ".json" and (held.get("values") or held.get("format") == "docx"):
                report = tried(file)
                wanted = {k: str(v) for k, v in held["values"].items()}
                tally = tallies.setdefault(f"{source.stem}{file.suffix}", Tally())
                compare(report, wanted, load(held["edition"][:4]), tally, file.name)


def narratives(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Per excerpt with claims: its name, what is found, what a person found."""
    for line in path.read_text("utf-8").splitlines():
        part = json.loads(line)
        if not part["narrative_claims"] and not part["observed_errors"]:
            continue
        edition = load(part["edition"] if part["edition"] in edition_ids() else "2021")
        values = {k: Value(Standing.ABSENT) for k in edition.fields}
        for key, printed in wanted_of(edition, part, None).items():
            standing, number = standing_of(edition, key, str(printed))
            values[key] = Value(standing, number, str(printed), Place(edition.fields[key].sheet))
        first = edition.sections[0].title
        digits = part["year"][:4]
        report = Report(
            "", edition, part["org"], int(digits) if digits.isdigit() else None, values,
            narrative=((first, part["text"]),),
        )  # fmt: skip
        (verdict,) = judge([report])
        said = [f"{f.rule}: {f.message}" for f in verdict.findings if f.rule.startswith("N-")]
        yield f"#{part['id']}", said, part["observed_errors"]


def table(tallies: Mapping[str, Tally]) -> None:
    """Prints the numbers of every layout, and their sum."""
    print(f"{'layout':<46}{'right':>7}{'refused':>9}{'wrong':>7}{'read':>8}")
    sums: Counter[str] = Counter()
    for layout, tally in tallies.items():
        row(layout, tally.right, tally.refused, len(tally.wrong))
        sums.update(right=tally.right, refused=tally.refused, wrong=len(tally.wrong))
    row("together", sums["right"], sums["refused"], sums["wrong"])
    for tally in tallies.values():
        for wrong in tally.wrong:
            print("  wrong:", wrong)


def row(name: str, right: int, refused: int, wrong: int) -> None:
    """Prints one line of the table."""
    every = right + refused + wrong
    print(f"{name:<46}{right:>7}{refused:>9}{wrong:>7}{right / every if every else 1:>8.0%}")


def main(arguments: list[str]) -> int:
    """Prints a table for every path; 1 where a number was read wrong."""
    bad = 0
    for argument in arguments:
        path, tallies = Path(argument), dict[str, Tally]()
        print(f"\n{path.name}")
        if path.is_dir():
            folder_of(path, tallies)
        else:
            excerpts(path, tallies)
        table(tallies)
        bad += sum(len(t.wrong) for t in tallies.values())
        if not path.is_dir():
            print("\nnarratives: found / what a person saw")
            for name, said, seen in narratives(path):
                if said or any(mark in "".join(seen) for mark in "≠"):
                    print(name, "found" if said else "nothing found")
                    for line in said:
                        print("   +", line)
                    for line in seen:
                        print("   ·", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
