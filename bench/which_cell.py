"""How often the first answer to "which cell?" is exactly right, by kind of error and of report.

``python bench/which_cell.py [--cases 200] [--seed 1]`` invents reports (sizes and zeros as
published ones have them), makes errors as people make them, and asks ``judge_values``. One table:
exact (every wrong cell and its value, and no other), certain but wrong, ambiguous (no first answer
is exactly right and none claimed to be certain), silent (nothing was proposed), said with
certainty, and milliseconds of the processor, beside the naive answer: the total of the first
relation that fails. *After a question*: exact, or exact once the number that the first card asks
for was looked up. *Cards*: how many there are to mend or explain, a report.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from gouji.templates.edition import Edition, load
from gouji.templates.formulas import computed_totals
from gouji.validators import judge_values
from gouji.validators.finding import Stage, Verdict

Numbers = dict[str, float]

# Shares of 24 published reports in which a row or a column is used at all.
ROWS = {
    "granted": 0.9,
    "partial": 0.55,
    "unable_not_held": 0.75,
    "rejected_petition": 0.45,
    "other_other": 0.35,
    "rejected_repeat": 0.14,
    "unable_create": 0.14,
    "refused_law": 0.12,
    "refused_process": 0.12,
    "refused_internal": 0.12,
    "other_no_correction": 0.14,
    "unable_unclear": 0.12,
    "refused_enforcement": 0.1,
    "refused_inquiry": 0.08,
    "refused_third_party": 0.1,
}
COLUMNS = {
    "natural": 1.0,
    "business": 0.5,
    "legal_service": 0.1,
    "other": 0.15,
    "research": 0.05,
    "public_interest": 0.08,
}
RESULTS = {"upheld": 0.6, "corrected": 0.25, "other": 0.3, "pending": 0.2}
GROUPS = {"review": 0.5, "direct": 0.35, "after_review": 0.3}


def report(form: Edition, rng: random.Random) -> Numbers:
    """A report in which every relation holds, totals included."""
    values: Numbers = dict.fromkeys(form.fields, 0.0)
    intake = max(1, round(math.exp(rng.gauss(3.2, 1.6))))
    used = [c for c, share in COLUMNS.items() if rng.random() < share] or ["natural"]
    weights = [rng.expovariate(1) * (8 if c == "natural" else 1) + 0.01 for c in used]
    rows = [r for r in form.sets["leaf"] if rng.random() < ROWS.get(r, 0.04)] or ["granted"]
    taste = [rng.expovariate(1) * (6 if r in ("granted", "unable_not_held") else 1) for r in rows]
    for column, share in zip(used, weights, strict=True):
        new = max(1, round(intake * share / sum(weights)))
        carried = _share(rng, new, 0.35, 0.06)
        out = min(new + carried, _share(rng, new, 0.45, 0.07))
        values[f"t3.new.{column}"], values[f"t3.carried_in.{column}"] = new, carried
        values[f"t3.carried_out.{column}"] = out
        for row in rng.choices(rows, taste, k=new + carried - out):
            values[f"t3.{row}.{column}"] += 1
    for group, share in GROUPS.items():
        if rng.random() < share:
            for result, often in RESULTS.items():
                if rng.random() < often:
                    values[f"t4.{group}.{result}"] = max(1, round(math.exp(rng.gauss(0.7, 1.0))))
    return computed_totals(form, {k: float(v) for k, v in values.items() if k not in form.totals})


def _share(rng: random.Random, new: int, often: float, part: float) -> int:
    return max(1, round(new * part * rng.expovariate(1))) if rng.random() < often else 0


def last_year(form: Edition, this: Numbers, rng: random.Random) -> Numbers:
    """The report of the year before: like this one, and what it carried out is carried in."""
    values = dict(this)
    for key in form.fields:
        if key not in form.totals and this[key]:
            values[key] = float(max(0, round(this[key] * math.exp(rng.gauss(0, 0.5)))))
    for column in COLUMNS:
        values[f"t3.carried_out.{column}"] = this[f"t3.carried_in.{column}"]
    return computed_totals(form, {k: v for k, v in values.items() if k not in form.totals})


# ── how people err: each takes the true values and gives those it would leave, or None ──────────

PAD = {
    "0": "1",
    "1": "024",
    "2": "1350",
    "3": "26",
    "4": "157",
    "5": "2468",
    "6": "359",
    "7": "48",
    "8": "579",
    "9": "68",
}


@dataclass
class Case:
    """A true report and what became of it."""

    form: Edition
    true: Numbers
    formulas: bool
    prior: Numbers | None = None
    typed: Numbers = field(default_factory=dict)

    def cells(self, table: str, rng: random.Random) -> list[str]:
        """The cells somebody types, those with a number ten times as likely as zeros."""
        keys = [
            k
            for k in self.form.fields
            if k.startswith(table) and not (self.formulas and k in self.form.totals)
        ]
        filled = [k for k in keys if self.true[k]]
        return filled if filled and rng.random() < 0.95 else keys


Slip = Callable[[Case, str, random.Random], dict[str, float] | None]


def _digits(change: Callable[[str, random.Random], str]) -> Slip:
    def slip(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
        text = change(str(int(case.true[key])), rng)
        return {key: float(text)} if text else None

    return slip


def _mistyped(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    other = PAD[text[at]] if rng.random() < 0.6 else "0123456789"
    return text[:at] + rng.choice(other) + text[at + 1 :]


def _swapped(text: str, rng: random.Random) -> str:
    if len(text) < 2:
        return ""
    at = rng.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _dropped(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + 1 :] if len(text) > 1 else ""


def _doubled(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at] + text[at:] if text != "0" else ""


def _tenfold(text: str, rng: random.Random) -> str:
    if text.endswith("0") and text != "0" and rng.random() < 0.5:
        return text[:-1]
    return text + "0"


def _omitted(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    return {key: 0.0} if case.true[key] else None


def _negative(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    return {key: -case.true[key]} if case.true[key] else None


def _arbitrary(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    size = max(2.0, case.true[key])
    return {key: float(max(0, round(case.true[key] + rng.gauss(0, 1) * size)))}


def _total(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    totals = [t for t in case.form.totals if t[:2] == key[:2] and case.true[t]]
    if case.formulas or not totals:
        return None
    total = rng.choice(totals)
    by = rng.choice([1, 1, 2, 10, *(case.true[p] for p in case.form.totals[total])])
    return {total: max(0.0, case.true[total] + rng.choice([-1, 1]) * by)}


def _last(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    return {key: case.prior[key]} if case.prior and case.prior[key] else None


def _line(case: Case, key: str, across: bool) -> list[str]:
    field_ = case.form.fields[key]
    same = [
        k
        for k, f in case.form.fields.items()
        if f.table == field_.table
        and (f.row is field_.row if across else f.column is field_.column)
    ]
    return [k for k in same if not (case.formulas and k in case.form.totals)]


def _column(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    free = [
        k for k in _line(case, key, across=True) if k not in case.form.totals and not case.true[k]
    ]
    if key in case.form.totals or not case.true[key] or not free:
        return None
    return {key: 0.0, rng.choice(free): case.true[key]}


def _exchanged(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    line = _line(case, key, rng.random() < 0.3)
    at = line.index(key)
    if at + 1 >= len(line):
        return None
    other = line[at + 1]
    return {key: case.true[other], other: case.true[key]}


def _shifted(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    """A run of numbers one place further down or to the right, up to the first zero after it."""
    line = _line(case, key, rng.random() < 0.3)
    if rng.random() < 0.3:
        line.reverse()
    at = line.index(key)
    end = next((n for n in range(at + 1, len(line)) if not case.true[line[n]]), None)
    if end is None or not case.true[key]:
        return None
    run = line[at : end + 1]
    return {run[0]: 0.0, **{b: case.true[a] for a, b in pairwise(run)}}


def _stale(case: Case, key: str, rng: random.Random) -> dict[str, float] | None:
    totals = [t for t in _line(case, key, rng.random() < 0.5) if t in case.form.totals]
    if case.formulas or len([t for t in totals if case.true[t]]) < 2:
        return None
    if rng.random() < 0.5 or case.prior is None:
        return dict.fromkeys(totals, 0.0)
    return {t: case.prior[t] for t in totals}


KINDS: dict[str, tuple[float, Slip]] = {
    "mistyped": (14, _digits(_mistyped)),
    "total": (12, _total),
    "swapped": (10, _digits(_swapped)),
    "omitted": (10, _omitted),
    "dropped": (7, _digits(_dropped)),
    "tenfold": (7, _digits(_tenfold)),
    "last": (7, _last),
    "column": (7, _column),
    "doubled": (6, _digits(_doubled)),
    "exchanged": (6, _exchanged),
    "shifted": (5, _shifted),
    "negative": (3, _negative),
    "stale": (1, _stale),
    "arbitrary": (14, _arbitrary),
}
SINGLE = (
    "mistyped",
    "swapped",
    "omitted",
    "dropped",
    "tenfold",
    "last",
    "doubled",
    "negative",
    "arbitrary",
)


def followed(case: Case, rng: random.Random) -> dict[str, float] | None:
    """One leaf wrong, and its totals added up from it by hand."""
    leaves = [k for k in case.cells("t3", rng) if k not in case.form.totals]
    wrong = _one(case, rng.choice(leaves), rng, SINGLE) if leaves else None
    if wrong is None:
        return None
    known = {k: v for k, v in (case.true | wrong).items() if k not in case.form.totals}
    return {k: v for k, v in computed_totals(case.form, known).items() if v != case.true[k]}


def _one(case: Case, key: str, rng: random.Random, kinds: tuple[str, ...]) -> Numbers | None:
    kind = rng.choices(kinds, [KINDS[k][0] for k in kinds])[0]
    return KINDS[kind][1](case, key, rng)


# ── strata ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stratum:
    """``errors`` errors of ``kinds`` in reports of one sort."""

    name: str
    errors: int = 1
    kinds: tuple[str, ...] = tuple(KINDS)
    formulas: bool = False
    blanks: bool = False
    evidence: bool = False
    table: str = "t"
    followed: bool = False
    apart: bool = False
    exact: float = 0.0
    wrong: float = 100.0


STRATA = (
    Stratum("typed, 1", 1, table="t3", exact=97, wrong=0.5),
    Stratum("typed, 2", 2, table="t3", exact=94, wrong=2.5),
    Stratum("typed, 3", 3, table="t3", exact=84, wrong=3),
    Stratum("typed, single cells, 2", 2, SINGLE, table="t3", exact=97, wrong=1),
    Stratum("typed, single cells, 3", 3, SINGLE, table="t3", exact=91, wrong=2),
    Stratum("zeros left blank, 1", 1, blanks=True, table="t3", exact=96, wrong=0.5),
    Stratum("formulas, 1", 1, formulas=True, table="t3", exact=68, wrong=3.5),
    Stratum("formulas, 2", 2, formulas=True, table="t3", exact=33, wrong=5),
    Stratum("formulas, 3", 3, formulas=True, table="t3", exact=18, wrong=5),
    Stratum("formulas, a single cell", 1, SINGLE, True, table="t3", exact=64, wrong=5),
    Stratum("totals followed", followed=True, exact=62, wrong=4),
    Stratum("表四, 1", 1, table="t4", exact=74, wrong=2),
    Stratum("formulas and sources, 1", 1, formulas=True, evidence=True, table="t3", exact=78),
    Stratum("formulas and sources, 2", 2, formulas=True, evidence=True, table="t3", exact=52),
    Stratum("formulas and sources, 3", 3, formulas=True, evidence=True, table="t3", exact=38),
)


def failing(form: Edition, values: Mapping[str, float]) -> frozenset[tuple[str, str]]:
    """The footings that do not hold, each with its difference."""
    found = set()
    for inst in form.footings:
        gap = sum(values[k] for k in inst.left) - sum(values[k] for k in inst.right)
        if abs(gap) > 1e-6:
            found.add((inst.rule, f"{inst.key} {gap:g}"))
    return frozenset(found)


def made(stratum: Stratum, rng: random.Random) -> Case:
    """A case of the stratum; every error of it changes what fails."""
    form = load("2021")
    while True:
        true = report(form, rng)
        if stratum.table == "t4" and not any(v for k, v in true.items() if k[:2] == "t4"):
            continue
        case = Case(form, true, stratum.formulas, last_year(form, true, rng), dict(true))
        wrong: Numbers = {}
        seen = failing(form, true)
        for _ in range(stratum.errors):
            for _ in range(40):
                slip = (
                    followed(case, rng)
                    if stratum.followed
                    else _one(case, rng.choice(case.cells(stratum.table, rng)), rng, stratum.kinds)
                )
                slip = {k: v for k, v in (slip or {}).items() if v != true[k]}
                if not slip or slip.keys() & wrong.keys():
                    continue
                after = _totals(case, {**true, **wrong, **slip})
                if (now := failing(form, after)) not in (seen, frozenset()):
                    wrong, case.typed, seen = {**wrong, **slip}, after, now
                    break
            else:
                break
        else:
            if not stratum.apart or _columns_of(form, wrong) >= stratum.errors:
                return case


def _columns_of(form: Edition, wrong: Numbers) -> int:
    """In how many columns of 表三, or groups of 表四, something is wrong."""
    return len({(f.table, f.column.key) for f in map(form.fields.__getitem__, wrong)})


def _totals(case: Case, values: Numbers) -> Numbers:
    if not case.formulas:
        return values
    leaves = {k: v for k, v in values.items() if k not in case.form.totals}
    return computed_totals(case.form, leaves)


def sources(case: Case, rng: random.Random) -> dict[str, Numbers]:
    """Last year's report and what the narrative says, each wrong now and then."""
    assert case.prior is not None
    prior = dict(case.prior)
    if rng.random() < 0.01:
        prior["t3.carried_out.natural"] += 1
    claims = {
        k: case.true[k]
        for k in (
            "t3.new.total",
            "t3.carried_in.total",
            "t3.total.total",
            "t3.carried_out.total",
            "t3.granted.total",
        )
        if rng.random() < 0.7
    }
    for key in claims:
        if rng.random() < 0.03:
            claims[key] += rng.choice([-1, 1, 10])
    return {"prior": prior, "claim": claims}


@dataclass
class Tally:
    """What the cases of a stratum came to."""

    exact: int = 0
    wrong: int = 0
    certain: int = 0
    silent: int = 0
    naive: int = 0
    listed: int = 0
    broken: int = 0
    count: int = 0
    asked: int = 0
    cards: int = 0
    times: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)


def left_blank(case: Case) -> dict[str, float | None]:
    """The case with nothing in the cells in which there is nothing to write.

    A number that was left out stands as 0: no repair writes a number into a blank cell.
    """
    return {k: v if v or case.true[k] else None for k, v in case.typed.items()}


def measure(stratum: Stratum, cases: int, seed: int) -> Tally:
    """Judges ``cases`` cases."""
    tally = Tally()
    rng = random.Random(f"{seed} {stratum.name}")
    for _ in range(cases):
        case = made(stratum, rng)
        given: dict[str, float | None] = dict(case.typed)
        if stratum.blanks:
            given = left_blank(case)
        more = sources(case, rng) if stratum.evidence else None
        start = time.thread_time()
        verdict = judge_values(given, year=2024, formulas=stratum.formulas, sources=more)
        tally.times.append((time.thread_time() - start) * 1000)
        _count(tally, case, verdict)
        first = next((e.changes[0].field for e in verdict.repairs if e.rank == 1), None)
        if _said(verdict) != _truth(case) and first is not None:
            looked_up = {**(more or {}), "cases": {first: case.true[first]}}
            again = judge_values(given, year=2024, formulas=stratum.formulas, sources=looked_up)
            tally.asked += _said(again) == _truth(case)
    return tally


def _truth(case: Case) -> Numbers:
    """What the wrong cells should be."""
    typed = {k: v for k, v in case.typed.items() if not (case.formulas and k in case.form.totals)}
    return {k: case.true[k] for k, v in typed.items() if v != case.true[k]}


def _said(verdict: Verdict) -> Numbers:
    """What the likeliest events make of which cells."""
    return {c.field: c.to for e in verdict.repairs if e.rank == 1 for c in e.changes}


def _count(tally: Tally, case: Case, verdict: Verdict) -> None:
    truth, output = _truth(case), _said(verdict)
    first = [e for e in verdict.repairs if e.rank == 1]
    tally.cards += sum(c.open and c.stage is not Stage.FILL for c in verdict.cards)
    certain = [e for e in first if e.certainty == "certain"]
    tally.count += 1
    tally.exact += output == truth
    tally.silent += not first
    right = all(truth.get(c.field) == c.to for e in certain for c in e.changes)
    all_certain = bool(first) and len(certain) == len(first)
    tally.certain += all_certain
    tally.wrong += not right or (all_certain and output != truth)
    if certain:
        after = _totals(case, {**case.typed, **{c.field: c.to for e in certain for c in e.changes}})
        tally.broken += bool(failing(case.form, after))
    tally.listed += (
        any(truth == {c.field: c.to for c in e.changes} for e in verdict.repairs) or output == truth
    )
    guess = next((i for i in case.form.footings if _gap(i.left, i.right, case.typed)), None)
    if guess is not None:
        gap = _gap(guess.left, guess.right, case.typed)
        tally.naive += truth == {guess.target: case.typed[guess.target] - gap}
    if output != truth:
        tally.misses.append(f"{truth} not {output} {[e.certainty for e in first]}")


def _gap(left: tuple[str, ...], right: tuple[str, ...], values: Numbers) -> float:
    return sum(values[k] for k in left) - sum(values[k] for k in right)


def extremes() -> float:
    """The slowest of reports that nobody can repair: all rows wrong, random, 25 errors."""
    form, rng, slowest = load("2021"), random.Random(5), 0.0
    for kind in range(3):
        for formulas in (False, True):
            for _ in range(4):
                values = report(form, rng)
                keys = [k for k in form.fields if k[:2] in ("t3", "t4")]
                spoiled = ([k for k in keys if k in form.totals], keys, rng.sample(keys, 25))[kind]
                values |= {k: float(rng.randint(0, 500)) for k in spoiled}
                start = time.thread_time()
                judge_values(values, year=2024, formulas=formulas)
                slowest = max(slowest, (time.thread_time() - start) * 1000)
    return slowest


def evened() -> None:
    """Every kind of error as frequent as every other: how much hangs on the frequencies."""
    for kind, (_, slip) in KINDS.items():
        KINDS[kind] = (1, slip)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="strata whose names contain this")
    parser.add_argument("--misses", type=int, default=0, help="show so many of what was missed")
    parser.add_argument("--even", action="store_true", help="all kinds of error equally frequent")
    parser.add_argument("--apart", action="store_true", help="each error in a column of its own")
    options = parser.parse_args()
    if options.even:
        evened()
    heads = (
        "stratum",
        "exact % (goal)",
        "certain but wrong % (goal)",
        "ambiguous %",
        "silent %",
        "certain %",
        "listed %",
        "after a question %",
        "cards",
        "naive %",
        "median, slowest ms",
    )
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for stratum in STRATA:
        if options.only not in stratum.name:
            continue
        tally = measure(replace(stratum, apart=options.apart), options.cases, options.seed)

        def share(n: int, of: int = tally.count) -> str:
            return f"{100 * n / of:.1f}"

        vague = tally.count - tally.exact - tally.wrong - tally.silent
        cells = (
            stratum.name,
            f"{share(tally.exact)} ({stratum.exact:g})",
            f"{share(tally.wrong)} ({stratum.wrong:g})",
            share(max(0, vague)),
            share(tally.silent),
            share(tally.certain),
            share(tally.listed),
            share(tally.exact + tally.asked),
            f"{tally.cards / tally.count:.2f}",
            share(tally.naive),
            f"{statistics.median(tally.times):.1f}, {max(tally.times):.0f}",
        )
        print("| " + " | ".join(cells) + " |")
        if tally.broken:
            print(f"{tally.broken} certain repairs leave or make a failing relation")
        sys.stdout.flush()
        for line in tally.misses[: options.misses]:
            print("   ", line)
    if not options.only:
        print(f"\nslowest of reports beyond repair: {extremes():.0f} ms")


if __name__ == "__main__":
    main()
