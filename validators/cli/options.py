"""Options that several commands share, and what their values become."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
from click.core import ParameterSource

from ...templates.errors import InputError
from ...templates.words import Words, printable
from .settings import config_option
from .speech import LANGUAGES, command, speak, spoken, with_formats

F = TypeVar("F", bound=Callable[..., Any])


class _Named(click.Path):
    """A path that is not empty: an unset variable of a script would mean the current folder."""

    def convert(
        self, value: Any, parameter: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        if value == "":
            empty = Words(
                "这里的文件名是空的，请写文件名。", "The name of a file is empty here: write one."
            )
            self.fail(empty.text(spoken(ctx)), parameter, ctx)
        return super().convert(value, parameter, ctx)


NAME = _Named()  # as text: a glob, or - for standard input
PATH = _Named(path_type=Path)
YEAR = click.IntRange(1900, 2099)  # what a workbook's cover is read as
_PROGRESS_FROM = 20  # files


def lang_option(function: F) -> F:
    """What every command takes: ``--lang``, the language of all it says, and ``--config``."""

    def remember(ctx: click.Context, _: click.Parameter, value: str) -> str:
        if isinstance(ctx.obj, dict):
            given = ctx.get_parameter_source("lang") is ParameterSource.COMMANDLINE
            value = value if given else ctx.obj["lang"]
            ctx.obj["lang"] = value
            speak(value)
        return value

    with_lang = click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default="zh",
        is_eager=True,
        callback=remember,
        help="语言 language of the messages.",
    )(function)
    return config_option(with_lang)


def quiet_option(function: F) -> F:
    """``-q``: nothing is said of what went well; findings and errors are."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if isinstance(ctx.obj, dict):
            ctx.obj["quiet"] = value

    return click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="只说问题和错误，顺利的不说.",
    )(function)


def quiet() -> bool:
    """Whether ``--quiet`` was given to the command that runs."""
    ctx = click.get_current_context(silent=True)
    return bool(ctx and isinstance(ctx.obj, dict) and ctx.obj.get("quiet"))


def forms_options(function: F) -> F:
    """``--edition`` and ``--rules``, handed on as one ``forms``."""

    @wraps(function)
    def with_forms(*args: Any, edition_id: str, rules_file: Path | None, **rest: Any) -> Any:
        from ...templates.forms import Forms  # loads the editions' types: not for --help

        return function(*args, forms=Forms(edition_id, rules_file), **rest)

    with_edition = click.option(
        "--edition",
        "edition_id",
        default="",
        metavar="ID|FILE.toml",
        help="格式版本（如2021）或格式文件；不写则看工作簿或年度.",
    )(with_forms)
    return click.option(
        "--rules",
        "rules_file",
        type=PATH,
        metavar="LOCAL.toml",
        help="规则包：文件，或随附的名字 evidence（见 docs/rules-howto.md）.",
    )(with_edition)  # type: ignore[return-value]


prior_option = click.option(
    "--prior",
    type=PATH,
    help=with_formats("上年的报告（工作簿、已公布的 {documents}，或文件夹），用来核对上年结转."),
)
password_option = click.option(
    "--password-env", metavar="VAR", help="打开密码所在的环境变量的名字."
)
output_option = click.option("-o", "--output", type=PATH, required=True, help="写到哪里.")
force_option = click.option("--force", is_flag=True, help="覆盖已有的文件.")
ledgers_option = click.option(
    "--ledgers", is_flag=True, help="加上台账（申请台账、文件台账，规则包里的）."
)


def say(lang: str, zh: str, en: str) -> None:
    """One line in the language asked for, none with ``--quiet``; what an input put in is inert."""
    if not quiet():
        click.echo(printable(en if lang == "en" else zh))


def tell(text: str, *, colour: str = "", err: bool = False) -> None:
    """One line; what an input put into it does nothing."""
    click.secho(printable(text), fg=colour or None, err=err)


def password(variable: str | None) -> str | None:
    """What the environment variable of that name holds; ``InputError`` where there is none."""
    if variable is None:
        return None
    if variable not in os.environ:
        raise InputError(
            f"没有名为 {variable} 的环境变量；请先把密码放进去（不要写在命令行上）。",
            f"There is no environment variable {variable}: put the password in it first.",
        )
    return os.environ[variable]


def on_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits before a stream; Python has none where the shell closed it."""
    return stream is not None and stream.isatty()


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, from 20 files on and only on a terminal."""
    if total < _PROGRESS_FROM or not on_terminal(sys.stderr):
        yield None
        return
    label = "checking" if spoken() == "en" else "核对"
    with click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Told what is done and how much there is: a bar with the remaining time, on a terminal."""
    if not on_terminal(sys.stderr):
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr, show_pos=True) as shown:

        def told(done: int, total: int) -> None:
            shown.length = total
            shown.update(done - shown.pos)

        yield told


__all__ = [
    "NAME",
    "PATH",
    "bar",
    "command",
    "force_option",
    "forms_options",
    "lang_option",
    "ledgers_option",
    "output_option",
    "password",
    "prior_option",
    "progress",
    "quiet",
    "quiet_option",
    "say",
    "spoken",
    "tell",
]
