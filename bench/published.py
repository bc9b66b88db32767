"""How much of published reports is read, and how much of it right: ``python bench/published.py``.

    python bench/published.py PATH...      a .jsonl of excerpts, or a folder of files
    python bench/published.py --damaged N  N random reports as texts, one to four lines changed

An excerpt has ``text``, ``layout`` and what a person read: ``table2``, ``table3_rows``, ``table4``,
``narrative_claims``. A file ``NN.ext`` of a folder has its ``values`` by field in ``NN.json``.
Prints, for every layout, how many numbers were read right, refused and read wrong, and of the
excerpts' narratives what was found against the tables as the person read them.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gouji.templates.edition import Edition, edition_ids, load
from gouji.templates.errors import InputError
from gouji.validators import judge
from gouji.validators.judging.rules.sentences import stated
from gouji.validators.reading.published.decoding import simplified
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.tokens import split
from gouji.validators.reading.readers import read
from gouji.validators.reading.spelling import normal, reading
from gouji.validators.report import Place, Report, Standing, Value

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.builders import consistent
from tests.published_text import LAYOUTS, published

# What a person called a claim → the quantities that it may be tied to.
TIED = {
    "新收": {"t3.new.total"},
    "办结": {"t3.total.total", "t3.new.total"},
    "上年结转": {"t3.carried_in.total"},
    "结转": {"t3.carried_out.total"},
    "予以公开+部分公开": {"opened"},
    "不予公开": {"refused"},
    "无法提供": {"unable"},
    "不予处理": {"rejected"},
    "复议": {"t4.review.total"},
    "诉讼": {"lawsuits"},
    "行政许可": {"t2.licences.decisions"},
    "行政处罚": {"t2.penalties.decisions"},
    "规范性文件": {"t2.normative.issued", "t2.normative.made", "t2.normative.published"},
    "自然人新收": {"t3.new.natural"},
    "法人新收": {"organisations"},
}

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
            keys = [
                [".".join(p for p in (table.id, r.key, c.key) if p) for c in block.columns]
                for r in block.rows
            ]
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


@dataclass
class Claims:
    """What a person saw in the narratives: how many claims, how many were found and tied right."""

    seen: int = 0
    found: int = 0
    other: list[str] = field(default_factory=list)


def with_narrative(part: Mapping[str, Any]) -> Report:
    """An excerpt's narrative beside the tables as the person read them."""
    edition = load(part["edition"] if part["edition"] in edition_ids() else "2021")
    values = {k: Value(Standing.ABSENT) for k in edition.fields}
    for key, printed in wanted_of(edition, part, None).items():
        standing, number = standing_of(edition, key, str(printed))
        values[key] = Value(standing, number, str(printed), Place(edition.fields[key].sheet))
    digits = part["year"][:4]
    year = int(digits) if digits.isdigit() else None
    texts = ((edition.sections[0].title, part["text"]),)
    return Report("", edition, part["org"], year, values, narrative=texts)


def claims_of(report: Report, part: Mapping[str, Any], claims: Claims) -> None:
    """Counts the recorded claims that stand in the text, and those found."""
    found = {(s.claim.quantity, s.number) for s in stated(report)}
    for claim in part["narrative_claims"]:
        number = float(claim["value"])
        there = claim["text"][:4] in part["text"] or claim["text"] in part["text"]
        if claim["claims"] in TIED and there:
            claims.seen += 1
            if any((quantity, number) in found for quantity in TIED[claim["claims"]]):
                claims.found += 1
            else:
                claims.other.append(f"#{part['id']} {claim['claims']} {number:g}: {claim['text']}")


def narratives(path: Path) -> None:
    """Prints what is found in the excerpts' narratives beside what a person saw."""
    claims = Claims()
    print("\nnarratives: found / what a person saw")
    for line in path.read_text("utf-8").splitlines():
        part = json.loads(line)
        part["text"] = simplified(part["text"])
        report = with_narrative(part)
        claims_of(report, part, claims)
        show(f"#{part['id']}", report, part["observed_errors"])
    print(f"claims recorded in these texts {claims.seen}, found and tied right {claims.found}")
    for other in claims.other:
        print("  not found:", other)


def show(name: str, report: Report, seen: list[str]) -> None:
    """Prints what is found in a narrative; nothing where nothing is and nobody saw anything."""
    (verdict,) = judge([report])
    output = [f"{f.rule}: {f.message}" for f in verdict.findings if f.rule.startswith("N-")]
    if output or any("≠" in s for s in seen):
        print(name, "found" if output else "nothing found")
        for line in output:
            print("   +", line)
        for line in seen:
            print("   ·", line)


def damaged(count: int) -> int:
    """Prints what is read of random texts after changes that a copy does to them."""
    right = refused = 0
    wrong: list[str] = []
    for seed in range(count):
        rng = random.Random(seed)
        edition = load(rng.choice([*edition_ids()]))
        values = consistent(edition, rng)
        layout = rng.choice([*LAYOUTS])
        lines = published(edition, values, layout, "某县", edition.from_year).splitlines()
        changes = [_change(lines, rng) for _ in range(rng.randint(1, 4))]
        try:
            report = report_of(split("\n".join(lines)), Path("x.txt"))
        except InputError:
            refused += len(values)
            continue
        numbers = report.numbers if report.edition is edition else {}
        bad = [k for k, v in numbers.items() if v != values[k]]
        right += len(numbers) - len(bad)
        refused += len(values) - len(numbers)
        if bad:
            wrong.append(f"{seed} {layout}: {len(bad)} numbers from {bad[0]} on; {changes}")
    print(f"{count} texts: right {right}, refused {refused}, wrong in {len(wrong)} texts")
    for line in wrong:
        print("  wrong:", line)
    return 1 if wrong else 0


def _change(lines: list[str], rng: random.Random) -> str:
    """One line lost, doubled, cut by a character, or with an empty cell for 0; or one put in."""
    at, kind = rng.randrange(len(lines)), rng.random()
    if kind < 0.25:
        lines.insert(at, rng.choice(["", "第3页", "（续表）", "- 4 -", "|"]))
        return "a line put in"
    if kind < 0.5:
        return f"lost {lines.pop(at)!r}"
    if kind < 0.7:
        lines[at] = lines[at].replace(" 0 ", "  ", 1)
        return "a 0 left empty"
    if kind < 0.85:
        if not any(c.isdigit() or c in "|\t" for c in lines[at]):
            lines[at] = lines[at][: len(lines[at]) // 2] + lines[at][len(lines[at]) // 2 + 1 :]
        return "a character lost"
    lines.insert(at, lines[at])
    return f"doubled {lines[at]!r}"


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
    if arguments[:1] == ["--damaged"]:
        return damaged(int(arguments[1]))
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
        if path.is_dir():
            print("\nnarratives: found")
            for file in sorted(path.iterdir()):
                if file.suffix != ".json" and (report := tried(file)):
                    show(file.name, report, [])
        else:
            narratives(path)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
