"""L-* and D-COUNT: the ledgers against the tables and against themselves, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ....templates.covers import CASES, DOCUMENTS
from ....templates.ledger import applicants
from ...finding import Finding, Severity, Unchecked, number_text
from ...report import Case, Document, Line, Place, Report
from ..workdays import UnknownYearError, after, between

DAYS = 20  # 条例 art. 33
OPEN, NEW, CARRIED = "carried_out", "new", "carried_in"


@dataclass(frozen=True)
class Count:
    """A field, and the lines that a ledger counts for it."""

    rule: str
    sheet: str
    field: str
    rows: tuple[int, ...]


def counts(report: Report, year: int) -> list[Count]:
    """What the tables must show by the ledgers that the report has."""
    found: list[Count] = []
    if report.ledgers.cases is not None:
        found += case_counts(report, report.ledgers.cases, year)
    if report.ledgers.documents is not None:
        found += document_counts(report, report.ledgers.documents, year)
    return found


def case_counts(report: Report, cases: Sequence[Case], year: int) -> list[Count]:
    """What 表三 must show by the ledger, for the six applicants' columns of every input row."""
    rows: dict[str, list[int]] = {}
    start = date(year, 1, 1)
    for case in cases:
        for row in _rows_of(case, start):
            rows.setdefault(f"t3.{row}.{case.applicant}", []).append(case.row)
    columns = set(applicants(report.edition).values())
    fields = [
        f for f in report.edition.fields.values()
        if f.table == "t3" and f.column.key in columns and f.row.key != "total"
    ]  # fmt: skip
    return [Count("L-COUNT", CASES, f.key, tuple(rows.get(f.key, ()))) for f in fields]


def _rows_of(case: Case, start: date) -> Iterator[str]:
    received = case.dates.get("received")
    if received is not None:
        yield CARRIED if received < start else NEW
    yield case.outcome or OPEN


def document_counts(report: Report, documents: Sequence[Document], year: int) -> list[Count]:
    """What 表二 must show by the ledger; a document without a date of issue is in force."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows: dict[str, list[int]] = {}
    for doc in documents:
        issued, repealed = doc.dates.get("issued"), doc.dates.get("repealed")
        if issued is not None and first <= issued <= last:
            rows.setdefault(f"{doc.kind}.issued", []).append(doc.row)
        if repealed is not None and first <= repealed <= last:
            rows.setdefault(f"{doc.kind}.repealed", []).append(doc.row)
        if (issued is None or issued <= last) and (repealed is None or repealed > last):
            rows.setdefault(f"{doc.kind}.in_force", []).append(doc.row)
    wanted = [f"{k}.{c}" for k in ("t2.regulations", "t2.normative")
              for c in ("issued", "repealed", "in_force")]  # fmt: skip
    fields = [k for k in wanted if k in report.edition.fields]
    return [Count("D-COUNT", DOCUMENTS, k, tuple(rows.get(k, ()))) for k in fields]


def count_finding(report: Report, count: Count) -> Finding:
    """The finding for a field that does not show what the ledger counts."""
    edition = report.edition
    rule, field = edition.rule_by_id[count.rule], edition.fields[count.field]
    place = report.values[count.field].place or Place(field.sheet)
    now, due = report.number(count.field), len(count.rows)
    listed = "、".join(str(r) for r in count.rows[:12]) + ("等" if due > 12 else "")
    lines = f"（第{listed}行）" if count.rows else ""
    lines_en = f" (lines {', '.join(map(str, count.rows[:12]))})" if count.rows else ""
    gap = abs(int((now or 0) - due))
    return Finding(
        rule=count.rule,
        severity=Severity(rule.severity),
        message=f"{field.sheet} {field.label}（{place.cell}）是{number_text(now)}，"
        f"{count.sheet}里是{due}件{lines}，相差{gap}。请逐行核对台账；台账无误的，{place.cell}应为{due}。",
        message_en=f"{field.sheet} {field.label} ({place.cell}) is {number_text(now)}, the ledger "
        f"{count.sheet} has {due}{lines_en}, a difference of {gap}: check its lines; if they are "
        f"right, {place.cell} should be {due}.",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=place,
        field=count.field,
        found=now,
        expected=due,
        instance=count.field,
    )


def contradictions(line: Line, year: int, seen: dict[str, int]) -> list[tuple[str, str, str]]:
    """What contradicts itself in a line: (column letter, Chinese, English)."""
    found = list(line.wrong)
    if line.number:
        other = seen.setdefault(line.number, line.row)
        if other != line.row:
            zh = f"编号“{line.number[:30]}”与第{other}行相同"
            found.append(("A", zh, f"the number stands in line {other} too"))
    if isinstance(line, Case):
        found += _case(line, year)
    elif isinstance(line, Document):
        issued, repealed = line.dates.get("issued"), line.dates.get("repealed")
        if issued and repealed and repealed < issued:
            found.append(("E", "废止日期早于制发日期", "repealed before it was issued"))
        if issued and issued.year > year:
            found.append(("D", f"制发日期不在{year}年及以前", f"issued after {year}"))
    return found


def _case(case: Case, year: int) -> Iterator[tuple[str, str, str]]:
    dates = case.dates
    received, answered = dates.get("received"), dates.get("answered")
    if received is None and not any(column == "C" for column, _, _ in case.wrong):
        yield "C", "没有收到日期", "no date of receipt"
    if received and received.year > year:
        yield "C", f"收到日期在{year}年以后", f"received after {year}"
    if case.outcome and not answered:
        yield "I", "有办理结果，没有答复日期", "an outcome without a date of answer"
    if answered and not case.outcome and not any(c == "J" for c, _, _ in case.wrong):
        yield "J", "有答复日期，没有办理结果", "an answer without an outcome"
    if received and answered and answered < received:
        yield "I", "答复日期早于收到日期", "answered before it was received"
    if answered and answered.year < year:
        yield "I", f"答复日期在{year}年以前，这件不应在本年的台账里", f"answered before {year}"
    if answered and answered.year > year:
        zh = f"答复日期在{year}年以后，年末还没有办结，请把答复日期和结果留空"
        yield "I", zh, f"answered after {year}: open at its end"
    for first, second, column, words in (
        ("asked", "corrected", "E", "收到补正日期早于补正通知日期"),
        ("consulted", "heard", "G", "收到第三方意见日期早于征求日期"),
    ):
        if second in dates and (first not in dates or dates[second] < dates[first]):
            zh = words if first in dates else words.partition("早于")[0] + "前面缺一个日期"
            yield column, zh, f"{second} before {first}"
    for key, column in (("asked", "D"), ("consulted", "F")):
        if received and key in dates and dates[key] < received:
            yield column, "日期早于收到日期", f"{key} before the receipt"


def row_finding(report: Report, sheet: str, line: Line, what: tuple[str, str, str]) -> Finding:
    """The finding for one contradiction of a line."""
    rule = report.edition.rule_by_id["L-ROW"]
    column, zh, en = what
    place = Place(sheet, f"{column}{line.row}")
    return Finding(
        rule="L-ROW",
        severity=Severity(rule.severity),
        message=f"{sheet} 第{line.row}行（{place.cell}）：{zh}。请改正这一行。",
        message_en=f"{sheet}, line {line.row} ({place.cell}): {en}; correct the line.",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=place,
    )


def due(case: Case) -> date | None:
    """The last day for the answer; None where a date is missing.

    20 working days after the receipt, or after the corrected application came (条例 art. 30);
    20 more when extended; the working days of a consultation are not counted (art. 33).
    """
    start = case.dates.get("corrected") or case.dates.get("received")
    if start is None:
        return None
    days = DAYS * (2 if case.extended else 1)
    consulted, heard = case.dates.get("consulted"), case.dates.get("heard")
    if consulted and heard and heard > consulted >= start:
        days += between(consulted, heard)
    return after(start, days)


def deadline(report: Report, case: Case, year: int) -> Finding | Unchecked | None:
    """Whether the case was answered in time, or at the year's end is still in time."""
    answered = case.dates.get("answered")
    waits = not answered and ("asked" in case.dates) > ("corrected" in case.dates)
    waits = waits or (not answered and ("consulted" in case.dates) > ("heard" in case.dates))
    if waits or case.wrong:
        return None
    end = answered or date(year, 12, 31)
    try:
        last = due(case)
    except UnknownYearError as error:
        return Unchecked(
            "L-DEADLINE", "", f"{CASES} 第{case.row}行：还没有{error.year}年的工作日历",
            f"{CASES}, line {case.row}: no calendar of {error.year} yet",
        )  # fmt: skip
    if last is None or end <= last:
        return None
    rule = report.edition.rule_by_id["L-DEADLINE"]
    place = Place(CASES, f"{'I' if answered else 'C'}{case.row}")
    what = f"{answered}答复" if answered else f"到{end}还没有答复"
    what_en = f"answered {answered}" if answered else f"not answered by {end}"
    number = f"编号{case.number}，" if case.number else ""
    return Finding(
        rule="L-DEADLINE",
        severity=Severity(rule.severity),
        message=f"{CASES} 第{case.row}行（{place.cell}）：{number}最迟应在{last}答复，"
        f"{what}，超期。"
        "请核对日期；有补正、延期、征求第三方意见的请填在相应的列。",
        message_en=f"{CASES}, line {case.row} ({place.cell}): due {last}, {what_en}. Check the "
        "dates; enter correction, extension and consultation in their columns.",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=place,
        found=str(end),
        expected=str(last),
    )
