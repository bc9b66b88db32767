"""Lets every system call of the commands that write fail, and looks at what became of the files.

Usage: python bench/kills.py [--sample COUNT] [COMMAND ...]. Each command is run in a fresh copy of
its folder, once for every call that it makes there and every fault: killed before and after a call
that changes something, EIO for every call, ENOSPC for those that need room. Then every file is the
old or the new one, whole; the command run again ends as if nothing had happened, and nothing is
left over; EIO and ENOSPC are one sentence and exit code 2. COUNT faults a command, chosen at random
from a fixed seed, are a sample. Linux on x86-64 alone.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gouji.templates import sealing  # noqa: E402
from gouji.templates.edition import load  # noqa: E402
from gouji.templates.ledger import outcomes  # noqa: E402
from gouji.templates.workbook import build, write  # noqa: E402
from gouji.validators.cli.main import main as gouji  # noqa: E402

from bench.faults import AVAILABLE, EIO, ENOSPC, KILLED_AFTER, KILLED_BEFORE, Call, run  # noqa: E402
from tests.builders import cases_entered, consistent  # noqa: E402

KINDS = (KILLED_BEFORE, KILLED_AFTER, EIO, ENOSPC)
BOOKS = re.compile(r"退回记录\.json|\.gouji-memory\.jsonl$|(^|/)\.~gouji-")  # ours, in between
RESULTS = ("r.json", "s.xlsx")  # written even where a file could not be read
UNITS = ("第一局", "第二局", "第三局")
State = dict[str, tuple[int, object] | None]  # how many names, the content; None: a folder


@dataclass(frozen=True)
class Trial:
    """A command in a folder, of which ``model`` is what lies there before."""

    name: str
    words: tuple[str, ...]
    model: Path
    folder: Path
    said: Path

    def lay_out(self) -> None:
        """The folder as it was before."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.model, self.folder)

    def command(self) -> int:
        """The command, in this very process; its exit code."""
        sealing._secret.cache_clear()
        to = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(to, 1)
        os.dup2(to, 2)
        os.chdir(self.folder)
        try:
            gouji(list(self.words), prog_name="gouji")
        except SystemExit as end:
            sys.stdout.flush()
            return int(end.code or 0)
        return 0

    def warm(self) -> None:
        """Runs it once in this process, so that those made of it have all modules loaded."""
        kept = [os.dup(n) for n in (1, 2)]
        self.lay_out()
        try:
            self.command()
        finally:
            for number, handle in enumerate(kept, 1):
                os.dup2(handle, number)

    def state(self) -> State:
        """Every file below the folder, with how many names it has; folders too."""
        return {str(p.relative_to(self.folder)): _content(p) for p in self.folder.rglob("*")}


def _content(path: Path) -> tuple[int, object] | None:
    """What a file holds, but the time at which a document was made."""
    if path.is_dir():
        return None
    data: object = path.read_bytes()
    if isinstance(data, bytes) and data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                names = [n for n in package.namelist() if n != "docProps/core.xml"]
                data = {n: package.read(n) for n in names}
        except (zipfile.BadZipFile, OSError):
            data = "damaged"
    return path.stat().st_nlink, data


def trials(top: Path) -> Iterator[Trial]:
    """One trial for every command that writes."""
    form = load("2021")
    text = (ROOT / "tests/data/published/lianshan-2021.txt").read_text("utf-8")

    def trial(name: str, words: str) -> tuple[Path, Trial]:
        model = top / name / "model"
        model.mkdir(parents=True)
        return model, Trial(
            name, tuple(words.split()), model, top / name / "work", top / name / "said"
        )

    def done(made: Trial, *words: str) -> None:
        """What an earlier run left in the model."""
        before = Trial(made.name, words, made.model, made.model, made.said)
        run(before.command, made.model)

    for name, words in (
        ("check", "check a.xlsx -o r.json"),
        ("flag", "flag a.xlsx"),
        ("copy", "flag a.xlsx --copy-to out"),
        ("clear", "clear a.xlsx"),
        ("fix", "fix a.xlsx --yes-certain"),
        ("undo", "fix a.xlsx --undo"),
        ("publish", "publish a.xlsx --with-errors -o a.docx"),
    ):
        model, made = trial(name, words)
        _wrong(model / "a.xlsx")
        if name == "clear":
            done(made, "flag", "a.xlsx")
        elif name == "undo":
            done(made, "fix", "a.xlsx", "--yes-certain")
        yield made
    for name, words in (("fill", "fill a.xlsx"), ("letters", "letters a.xlsx -o out")):
        model, made = trial(name, words)
        write(form, model / "a.xlsx", year=2024, unit="某局", ledgers=True)
        cases_entered(model / "a.xlsx", form, list(outcomes(form))[:2], 2024)
        yield made
    model, made = trial("import", "import a.txt -o a.xlsx")
    (model / "a.txt").write_text(text, "utf-8")
    yield made
    model, made = trial("distribute", "distribute r.csv --year 2025 -o out")
    _roster(model)
    yield made
    model, made = trial("collect", "collect in --roster r.csv -o s.xlsx --notices back")
    _roster(model)
    for unit in UNITS[:2]:
        _wrong(model / "in" / f"{unit}.xlsx", unit)
    done(made, *made.words)  # a round before, in which the second was wrong too
    write(form, model / "in" / f"{UNITS[1]}.xlsx", year=2024, unit=UNITS[1])
    _wrong(model / "in" / f"{UNITS[2]}.xlsx", UNITS[2])
    yield made


def _roster(folder: Path) -> None:
    (folder / "r.csv").write_text("单位名称\n" + "\n".join(UNITS) + "\n", "utf-8")


def _wrong(path: Path, unit: str = "某局") -> None:
    """A unit's report with two wrong cells, of which each is certain."""
    form = load("2021")
    values = consistent(form, random.Random(2))
    for key in ("t3.granted.natural", "t3.new.business"):
        values[key] += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build(form, year=2024, unit=unit, values=values, typed_totals=True))


def _settled(state: State) -> State:
    """What a user sees of a state: the contents of the files that are no books of ours."""
    return {n: c and c[-1] for n, c in state.items() if not BOOKS.search(n)}


class Faults:
    """A trial's undisturbed runs, and what is wrong after a disturbed one."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        trial.warm()
        trial.lay_out()
        self.before = trial.state()
        self.first = run(trial.command, trial.folder)
        self.said = trial.said.read_text("utf-8")
        self.after = trial.state()
        self.second = run(trial.command, trial.folder)
        self.wrong = [] if trial.state() == self.after else ["a second run changes something"]

    def every(self) -> list[tuple[str, int]]:
        """Every fault at every call that it can befall."""
        calls = self.first.calls
        return [(k, n) for k in KINDS for n, call in enumerate(calls) if call.takes(k)]

    def befall(self, kind: str, at: int) -> list[str]:
        """Runs the command with one fault and once more; what is not as it should be."""
        self.trial.lay_out()
        code = run(self.trial.command, self.trial.folder, kind, at).code
        said = self.trial.said.read_text("utf-8", "replace")
        now = self.trial.state()
        found = []
        for name in {*self.before, *now}:
            allowed = [s[name] for s in (self.before, self.after) if name in s]
            if name not in now:
                if name in self.after:
                    found.append(f"{name} is lost")
            elif not BOOKS.search(name) and now[name] != self.after.get(name):
                content = (now[name] or (0,))[-1]
                if content not in [(a or (0,))[-1] for a in allowed] and (
                    code != 2 or not self.tells(name, content)
                ):
                    found.append(f"{name} is neither the old nor the new one")
        if kind in (EIO, ENOSPC):
            found += self.ended(self.first.calls[at], code, said, now)
        again = run(self.trial.command, self.trial.folder).code
        done = _settled(now) == _settled(self.after)
        if again not in (self.first.code, self.second.code if done else None):
            more = self.trial.said.read_text("utf-8", "replace")
            found.append(f"run again: {again}, not {self.first.code}: {more[:200]}")
        last = self.trial.state()
        found += [
            f"run again: {n} {'is left' if n not in self.after else 'is another'}"
            for n in {*last, *self.after}
            if last.get(n) != self.after.get(n)
        ]
        return found

    def tells(self, name: str, content: object) -> bool:
        """Whether a file is a whole result, which may tell what could not be read."""
        return content != "damaged" and (name in RESULTS or name.startswith("back/"))

    def ended(self, call: Call, code: int | None, said: str, now: State) -> Iterator[str]:
        """What is wrong with how the disturbed run ended."""
        if code == self.first.code != 2:
            if _settled(now) != _settled(self.after):
                yield f"ended with {code}, but not all was done: {said[:300]}"
        elif code != 2:
            yield f"ended with {code}: {said[:300]}"
        elif "Traceback" in said or "没有料到" in said or not re.search("[一-鿿]", said):
            yield f"no sentence: {said[:300]}"
        if call.name != "unlink" and any("/.~gouji-" in f"/{n}" for n in now):
            yield "a temporary file is left"


def main() -> None:
    """Runs the trials and prints what was counted; ends with 1 when anything was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("commands", nargs="*")
    given = parser.parse_args()
    if not AVAILABLE:
        sys.exit("Linux on x86-64 is needed")
    rng = random.Random(1)
    total = 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["HOME"] = name
        for trial in trials(Path(name).resolve()):
            if given.commands and trial.name not in given.commands:
                continue
            faults = Faults(trial)
            every = faults.every()
            chosen = rng.sample(every, min(given.sample or len(every), len(every)))
            counted: Counter[str] = Counter()
            wrong = [f"  {w}" for w in faults.wrong]
            for kind, at in chosen:
                counted[kind] += 1
                call = faults.first.calls[at]
                wrong += [
                    f"  {kind} {at} {call.name} {call.on}: {w}" for w in faults.befall(kind, at)
                ]
            told = ", ".join(f"{n} {k}" for k, n in counted.items())
            print(f"{trial.name}: {len(faults.first.calls)} calls; {told}; {len(wrong)} wrong")
            print(*wrong, sep="\n", end="\n" if wrong else "", flush=True)
            total += len(wrong)
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
