"""Mutation testing: does a fast test notice when a line of a room is changed?

A seeded sample of mutants of ``validators/judging`` and ``validators/reading`` is made with
cosmic-ray's operators, each in a copy of the tree (the working copy is never touched), and the
fast tests of its room are run until the first failure. What survives is printed with its place
and its change; ``tests/data/equivalent_mutants.toml`` names those that change nothing.

    python bench/mutants.py [--count 150] [--after 0] [--seed 1] [--room judging] [--jobs 2]
    python bench/mutants.py --named     # those of tests/data/named_mutants.toml
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "tests" / "data" / "equivalent_mutants.toml"
NAMED = ROOT / "tests" / "data" / "named_mutants.toml"
# A room's fast tests; judging is also seen through the tests of the forms.
TESTS = {
    "judging": ["tests/validators/judging", "tests/test_forms.py"],
    "reading": ["tests/validators/reading", "tests/validators/ooxml", "tests/test_forms.py"],
}
# Where a change of such a file is most likely seen: run first. The slow comparisons come last.
FIRST = {
    "blame": "test_which_cell",
    "screen": "test_screen",
    "claims": "test_narrative",
    "sentences": "test_narrative",
    "parts": "test_narrative",
    "completeness": "test_notices",
    "line_checks": "test_ledger",
    "workdays": "test_ledger",
    "counts": "test_ledger",
    "schemas": "test_schemas",
    "frames": "test_schemas",
    "last_year": "test_prior",
    "rules": "test_footing",
}
LAST = ("test_ledger", "test_plain")
_UNION = re.compile(r"(None|\b[A-Z]\w*|str|float|int|date)\]? \| (None|[A-Z]\w*|str|float|int)")
TIMEOUT = 300  # seconds for one mutant: a loop without end is a mutant that was noticed
SKIPPED = ("Words(", "import ", "#", '"""', "raise ", "@")  # lines of words and structure


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the whole text of the file after it."""

    room: str
    path: str
    line: int
    operator: str
    before: str
    after: str

    @property
    def change(self) -> str:
        """The changed lines, as a diff shows them."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0)
        return "\n".join(x for x in lines if x[:1] in "+-" and x[:3] not in ("+++", "---"))

    @property
    def key(self) -> str:
        """By which a mutant is known again: its file and its change."""
        return f"{self.path} {' '.join(self.change.split())}"


Place = tuple[str, str, int, str, int]  # room, file, line, operator, which of its places


def places(room: str) -> list[Place]:
    """Everywhere in a room where one of cosmic-ray's operators can change something."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    found = []
    kinds = {n: get_operator(n) for n in sorted(operator_names())}
    operators = {name: kind() for name, kind in kinds.items() if not kind.arguments()}
    for path in sorted((ROOT / "validators" / room).rglob("*.py")):
        text = path.read_text("utf-8")
        nodes, lines = [*ast_nodes(get_ast(text))], text.splitlines()
        for name, operator in operators.items():
            if name.endswith(("Eq_Is", "Eq_IsNot")):
                continue  # of short texts and small numbers CPython keeps one: no difference
            at = [p for node in nodes for p in operator.mutation_positions(node)]
            for which, ((line, _), _) in enumerate(at):
                union = "BitOr" in name and _UNION.search(lines[line - 1])  # of an annotation
                if not union and not any(word in lines[line - 1] for word in SKIPPED):
                    found.append((room, path.relative_to(ROOT).as_posix(), line, name, which))
    return found


def mutant(place: Place) -> Mutant | None:
    """The change at a place, None where the operator has nothing to change after all."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    room, path, line, name, which = place
    before = (ROOT / path).read_text("utf-8")
    after = mutate_code(before, get_operator(name)(), which)
    return Mutant(room, path, line, name, before, after) if after and after != before else None


def named() -> list[Mutant]:
    """The hand-made mutants; ``ValueError`` for one whose place is gone."""
    found = []
    for each in tomllib.loads(NAMED.read_text("utf-8"))["mutants"]:
        text = (ROOT / each["path"]).read_text("utf-8")
        if text.count(each["before"]) != 1:
            raise ValueError(f"{each['name']}: {each['before']!r} stands not once there")
        line = text[: text.index(each["before"])].count("\n") + 1
        after = text.replace(each["before"], each["after"])
        found.append(Mutant("judging", each["path"], line, each["name"], text, after))
    return found


def copy_of_tree(where: Path) -> Path:
    """What the tests need, with the rooms as one package."""
    for name in ("addin", "templates", "validators", "tests", "docs", "bench"):
        ignored = shutil.ignore_patterns("__pycache__", "fuzz")
        shutil.copytree(ROOT / name, where / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "README.zh-CN.md"):
        shutil.copy(ROOT / name, where)
    (where / "package" / "gouji").mkdir(parents=True)
    for room in ("addin", "templates", "validators"):
        (where / "package" / "gouji" / room).symlink_to(where / room)
    return where


def in_order(tree: Path, mutant: Mutant) -> list[str]:
    """The room's test files, those first that look at the changed module."""
    files = [
        found
        for given in TESTS[mutant.room]
        for found in (sorted((tree / given).rglob("test_*.py")) or [tree / given])
    ]
    parts = [*Path(mutant.path).with_suffix("").parts][::-1]
    wanted = next((FIRST[p] for p in parts if p in FIRST), "")

    def rank(path: Path) -> tuple[bool, bool, int]:
        late = LAST.index(path.stem) + 1 if path.stem in LAST else 0
        return path.stem != "test_planted", path.stem != wanted, late

    return [str(path.relative_to(tree)) for path in sorted(files, key=rank)]


def passes(tree: Path, mutant: Mutant) -> bool:
    """Whether the room's fast tests pass in ``tree``."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-m", "not slow and not apps", *in_order(tree, mutant)]
    env = {**os.environ, "PYTHONPATH": str(tree / "package"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=env, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survivors(sample: list[Mutant], jobs: int) -> list[Mutant]:
    """Those of ``sample`` that no test noticed."""
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for number in range(jobs):
            trees.put(copy_of_tree(Path(folder) / str(number)))

        for one in {m.room: m for m in sample}.values():
            if not passes(trees.queue[0], one):
                raise SystemExit(f"the fast tests of {one.room} fail without any mutant")

        def noticed(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                (tree / mutant.path).write_text(mutant.after, "utf-8")
                return not passes(tree, mutant)
            finally:
                (tree / mutant.path).write_text(mutant.before, "utf-8")
                trees.put(tree)

        with ThreadPoolExecutor(jobs) as pool:
            left = []
            for number, (mutant, gone) in enumerate(
                zip(sample, pool.map(noticed, sample), strict=True), 1
            ):
                if not gone:
                    left.append(mutant)
                    print(f"survived: {mutant.path}:{mutant.line}\n{mutant.change}", flush=True)
                if number % 10 == 0:
                    print(f"{number} of {len(sample)}, {len(left)} survived", flush=True)
    return left


def main() -> int:
    """Prints the survivors and their share; 1 when a tenth or more survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", type=int, default=0, help="how many of them were tried before")
    parser.add_argument("--room", choices=[*TESTS], action="append")
    parser.add_argument("--named", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if given.named:
        left = survivors(sample := named(), given.jobs)
        print(f"{len(sample)} named mutants, {len(left)} survived")
        return int(bool(left))
    equivalent = tomllib.loads(EQUIVALENT.read_text("utf-8")) if EQUIVALENT.exists() else {}
    known = {each["key"] for each in equivalent.get("mutants", [])}
    every = [place for room in given.room or TESTS for place in places(room)]
    random.Random(given.seed).shuffle(every)
    made = (m for place in every if (m := mutant(place)) is not None and m.key not in known)
    sample = list(islice(made, given.after, given.count))
    print(f"{len(sample)} of {len(every)} mutants", flush=True)
    left = survivors(sample, given.jobs)
    share = len(left) / max(1, len(sample))
    print(f"{len(sample)} mutants, {len(left)} survived: {share:.1%}")
    return int(share >= 0.1)


if __name__ == "__main__":
    raise SystemExit(main())
