"""The command lines that the documentation and the help show, and a desk on which they can run."""

from __future__ import annotations

import random
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner
from gouji.templates.edition import find, load
from gouji.templates.formulas import computed_totals
from gouji.templates.ledger import outcomes
from gouji.validators.cli.main import main

from . import published_documents as published
from .builders import APPLICANTS, book_at, cases_entered, consistent
from .conftest import DATA, ROOT

FORM = load("2021")
PAGES = ("README.md", "README.zh-CN.md", "docs/*.md")
_MISTYPED = "first-minute.md"  # what fails there is meant to: tests/validators/cli tries it
_FENCED = re.compile(r"^```(?:console|bash|sh|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(gouji [^`\n]*)`")
_OUT = ("-o", "--output", "--copy-to", "--notices")

# Lines that need what this machine has not, and where the same is tried.
NOT_HERE: Mapping[str, str] = {
    "gouji addin install": "Excel is for Windows and Mac: tests/addin/test_install.py",
    "gouji addin install --server http://10.0.0.5:8765": "Excel too: tests/addin/test_install.py",
    "gouji addin install --libreoffice": "LibreOffice's installer: tests/addin/test_install.py",
}
# What stands there for a thing of the reader's own.
PLACEHOLDERS = (
    "gouji COMMAND --help",
    "gouji check FILE",
    "gouji import FILE -o BOOK.xlsx",
    "gouji rules ID",
    "gouji addin install --server …",
)


@dataclass(frozen=True)
class Line:
    """A command line with the places that show it; ``words`` come after ``gouji``."""

    text: str
    words: tuple[str, ...]
    stdin: str = ""

    @property
    def outputs(self) -> list[str]:
        """What it says it will write."""
        pairs = zip(self.words, self.words[1:], strict=False)
        return [after for word, after in pairs if word in _OUT]


def line_of(text: str) -> Line:
    """A line as it is typed, its comment left out."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="<")
    lexer.whitespace_split, lexer.commenters = True, "#"
    words = list(lexer)
    stdin = ""
    if "<" in words:
        at = words.index("<")
        stdin = words[at + 1]
        del words[at : at + 2]
    return Line(" ".join(words), tuple(words[1:]), stdin)


def pages() -> Iterator[Path]:
    for pattern in PAGES:
        yield from sorted(p for p in ROOT.glob(pattern) if p.name != _MISTYPED)


def shell_lines(page: Path) -> Iterator[str]:
    """What is typed in the shell blocks of a page."""
    for block in _FENCED.findall(page.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith(("$ ", "> ")):
                yield line[2:]


def commands(group: click.Group = main, *before: str) -> Iterator[tuple[list[str], click.Command]]:
    """Every command and its words, those of a group after the group itself."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found
        yield [*before, name], found
        if isinstance(found, click.Group):
            yield from commands(found, *before, name)


def examples(path: Sequence[str], lang: str) -> Iterator[str]:
    """The example lines of a command's help."""
    shown = CliRunner().invoke(main, [*path, "--help", "--lang", lang]).output
    for line in shown.splitlines():
        text = re.sub(r"^\s*(例：|Examples?: )?\s*", "", line)
        if text.startswith("gouji ") and line.startswith("  "):
            yield text


def every_line() -> dict[str, Line]:
    """Each line once, by its text: shell blocks, spans in prose, examples of every help."""
    texts = [t for page in pages() for t in shell_lines(page) if t.startswith("gouji ")]
    texts += [t for page in pages() for t in _SPAN.findall(page.read_text("utf-8"))]
    texts += [
        t
        for path in [[], *(path for path, _ in commands())]
        for lang in ("zh", "en")
        for t in examples(path, lang)
    ]
    return {line.text: line for line in map(line_of, texts) if line.text not in PLACEHOLDERS}


def command_of(line: Line) -> tuple[click.Command, list[str]]:
    """The command of a line and the words after its name."""
    command: click.Command = main
    rest = list(line.words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            raise click.UsageError(f"no command {rest[0]}")
        command = found
        del rest[0]
    return command, rest


def parsed(line: Line) -> bool:
    """Whether it is whole; False for a mention that leaves out what the command must be given.

    Raises ``click.UsageError`` for an option or a value that there is not.
    """
    command, rest = command_of(line)
    if isinstance(command, click.Group):
        return bool(rest)
    try:
        command.make_context(command.name, list(rest), obj={"lang": "zh"})
    except click.MissingParameter:
        return False
    except click.BadOptionUsage:
        if rest[-1].startswith("-"):  # `gouji check --format` speaks of the option
            return False
        raise
    except (click.exceptions.Exit, SystemExit):
        return True
    return True


def stage(folder: Path) -> None:
    """Lays into ``folder`` all that the documentation speaks of; 年报.xlsx comes in four states."""
    rng = random.Random(15)
    right = consistent(FORM, rng)
    for name, values in (
        ("right", right),
        ("wrong", _wrong(rng)),
        ("ledger", consistent(FORM, rng)),
        ("blank", {k: v for k, v in right.items() if v}),
    ):
        own = folder / name
        own.mkdir()
        for file in ("年报.xlsx", "report.xlsx"):
            _workbook(own / file, 2025, "某县", values, ledgers=name == "ledger")
        if name == "ledger":
            for file in ("年报.xlsx", "report.xlsx"):
                _cases(own / file)
    common = folder / "common"
    common.mkdir()
    for file, year in (
        ("2023年报.xlsx", 2023),
        ("2023.xlsx", 2023),
        ("2024年报.xlsx", 2024),
        ("2024.xlsx", 2024),
        ("上年年报.xlsx", 2024),
        ("last.xlsx", 2024),
        ("往年/2024.xlsx", 2024),
        ("earlier/2024.xlsx", 2024),
        ("2025年报.xlsx", 2025),
        ("县政府年报.xlsx", 2025),
    ):
        values = _before(right, rng) if year == 2024 else consistent(FORM, rng)
        (common / file).parent.mkdir(exist_ok=True)
        _workbook(common / file, year, "某县", values)
    _units(common, rng)
    _published(common, rng)
    _forms(common)


def _before(after: Mapping[str, float], rng: random.Random) -> dict[str, float]:
    """A year that ends with as much as ``after`` begins with."""
    values = consistent(FORM, rng)
    for column in APPLICANTS:
        begin, new, end = (f"t3.{row}.{column}" for row in ("carried_in", "new", "carried_out"))
        values[end] = after[begin]
        values[begin] = 0.0
        values[new] = values[f"t3.total.{column}"] + values[end]
    return computed_totals(FORM, values)


def _wrong(rng: random.Random) -> dict[str, float]:
    values = consistent(FORM, rng)
    values["t3.granted.natural"] += 1
    return values


def _workbook(
    path: Path, year: int, unit: str, values: Mapping[str, float], code: str = "", **more: bool
) -> None:
    book_at(
        FORM,
        path,
        year=year,
        unit=unit,
        code=code,
        values=dict(values),
        typed_totals=True,
        narrative={section.title: "写了。" for section in FORM.sections},
        **more,
    )


def _cases(path: Path) -> None:
    cases_entered(path, FORM, [*list(outcomes(FORM))[:3], ""], 2025)


def _units(folder: Path, rng: random.Random) -> None:
    """A roster, what its units sent (one wrong, one another's, one unreadable), last year's."""
    lines = ["单位名称,代码,类别,上级"] + [f"第{n}局,A{n:03d},政府部门,某县" for n in range(6)]
    for name in ("名册.csv", "roster.csv"):
        (folder / name).write_text("\n".join(lines), "utf-8-sig")
    for name in ("2024年报", "2024"):
        (folder / name).mkdir()
        for n in range(4):
            values = consistent(FORM, rng)
            _workbook(folder / name / f"第{n}局.xlsx", 2024, f"第{n}局", values, f"A{n:03d}")
    for name in ("收到的", "received", "returned"):
        there = folder / name
        there.mkdir()
        for n in range(3):
            values = _wrong(rng) if n == 1 else consistent(FORM, rng)
            _workbook(there / f"A{n:03d}_第{n}局.xlsx", 2025, f"第{n}局", values, f"A{n:03d}")
        _workbook(there / "第3局.xlsx", 2024, "第3局", consistent(FORM, rng), "A003")
        _workbook(there / "另一局.xlsx", 2025, "另一局", consistent(FORM, rng))
        (there / "第4局.docx").write_bytes(b"PK")


def _published(folder: Path, rng: random.Random) -> None:
    values = consistent(FORM, rng)
    for name in ("公布的年报", "published"):
        (folder / name).mkdir()
        page = published.page(FORM, values, "某县", 2025)
        (folder / name / "2025.html").write_text(page, "utf-8")
    for name in ("历年年报", "2019-2024", "reports"):
        (folder / name).mkdir()
        _workbook(folder / name / "2024.xlsx", 2024, "某县", _before(values, rng))
        _workbook(folder / name / "2025.xlsx", 2025, "某县", values)
    (folder / "某县年报.html").write_text(published.page(FORM, values, "某县", 2025), "utf-8")
    (folder / "某局年报.pdf").write_bytes(published.pdf(FORM, values, "某局", 2025))
    for name in ("某县年报.docx", "某县2025年度报告.docx"):
        (folder / name).write_bytes(published.document(FORM, values, "某县", 2025))
    for name in ("某县2021年报.txt", "county2021.txt"):
        (folder / name).write_bytes((DATA / "published" / "lianshan-2021.txt").read_bytes())


def _forms(folder: Path) -> None:
    """The rule packs, the list of words and the form that the pages themselves show."""
    (pack, *_) = _blocks("docs/rules-howto.md", "toml")
    (folder / "LOCAL.toml").write_text(pack, "utf-8")
    for block in _blocks("docs/rules-howto.md", "toml"):
        if block.startswith("[ledgers.training]"):
            (folder / "培训.toml").write_text(block, "utf-8")
    (own, *_) = _blocks("docs/screen.md", "toml")
    (folder / "本单位.toml").write_text(own, "utf-8")
    (words, *_) = _blocks("docs/screen.md", "")
    (folder / "易错词库.txt").write_text(words, "utf-8")
    form = (DATA / "editions" / "enforcement.toml").read_bytes()
    (folder / "我的格式.toml").write_bytes(form)
    book_at(find(str(folder / "我的格式.toml")), folder / "报表.xlsx", year=2025, unit="某队")


def _blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [held for named, held in blocks if named == kind]
