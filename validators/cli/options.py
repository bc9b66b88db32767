"""Options that several commands share, and what their values become."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from ...templates.errors import InputError
from ...templates.unforeseen import bounded
from ...templates.words import Words, printable
from ..formats import FORMATS
from .settings import config_option
from .speech import LANGUAGES, speak, spoken, with_formats

F = TypeVar("F", bound=Callable[..., Any])


@add_completion_class
class _Bash(BashComplete):
    """bash hands over ``--format=h`` as three words."""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        return [word for word in args if word != "="], incomplete


class _Form(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """One of the forms of results, in any case; the list is looked at when somebody asks."""

    name = "form"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return f"[{'|'.join(FORMATS)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = str(value).lower()
        if known not in FORMATS:
            words = Words(
                f"没有“{value}”这种输出形式，可用的是：{'、'.join(FORMATS)}。",
                f"There is no format {value!r}: use one of {', '.join(FORMATS)}.",
            )
            self.fail(words.text(spoken(ctx)), param, ctx)
        return known

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return _beginning(FORMATS, incomplete.lower())


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


class _Output(_Named):
    """Where something is written; a folder that is not there yet is made, and that is said first.

    Where somebody sits before a terminal it is asked.
    """

    def __init__(self, *, folder: bool = False) -> None:
        super().__init__(path_type=Path)
        self._folder = folder

    def convert(
        self, value: Any, parameter: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        path: Path = super().convert(value, parameter, ctx)
        folder = path if self._folder else path.parent
        if ctx is None or ctx.resilient_parsing or os.path.lexists(folder) or str(path) == STDOUT:
            return path
        words = Words(f"没有文件夹 {folder}", f"There is no folder {folder}")
        if on_terminal(sys.stdin) and on_terminal(sys.stderr):
            ask = words + Words("，现在建吗？", ": make it now?")
            if not click.confirm(printable(ask.text(spoken(ctx))), default=True, err=True):
                raise click.Abort
        elif not quiet(ctx):
            tell((words + Words("，会新建。", ": it will be made.")).text(spoken(ctx)), err=True)
        return path


STDOUT = "-"
NAME = _Named()  # as text: a glob, or - for standard input
PATH = _Named(path_type=Path)
FILE_OUT, FOLDER_OUT = _Output(), _Output(folder=True)
FORM = _Form()
YEAR = click.IntRange(1900, 2099)  # what a workbook's cover is read as


def lang_option(function: F) -> F:
    """What every command takes, wherever it stands on the line; none of it is handed to it.

    ``--lang``, the language of all it says; ``--config``, ``-q`` (nothing is said of what went
    well), ``--no-color``, ``-V``.
    """
    aside: dict[str, Any] = {"is_eager": True, "expose_value": False}
    known = click.Choice(LANGUAGES, case_sensitive=False)
    words = "语言 language of the messages."
    with_lang = click.option(
        "--lang", type=known, default="zh", callback=_language, help=words, **aside
    )(function)
    with_looks = click.option(
        "--no-color", is_flag=True, callback=_uncoloured, help="不用颜色。", **aside
    )(with_lang)
    with_version = click.version_option(
        None,
        "-V",
        "--version",
        package_name="gouji",
        prog_name="gouji",
        message="%(prog)s, version %(version)s",  # the same in every language, for programs
        help="显示版本。",
    )(with_looks)
    words = "只说问题和错误，顺利的不说。"
    with_quiet = click.option("-q", "--quiet", is_flag=True, callback=_silent, help=words, **aside)(
        with_version
    )
    return config_option(with_quiet)


def _language(ctx: click.Context, _: click.Parameter, value: str) -> None:
    if isinstance(ctx.obj, dict):
        if ctx.get_parameter_source("lang") is ParameterSource.COMMANDLINE:
            ctx.obj["lang"] = value
        speak(ctx.obj["lang"])


def _uncoloured(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().color = ctx.color = False


def _silent(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if isinstance(ctx.obj, dict) and value:
        ctx.obj["quiet"] = True


def quiet(ctx: click.Context | None = None) -> bool:
    """Whether ``--quiet`` was given to the command that runs."""
    ctx = ctx or click.get_current_context(silent=True)
    return bool(ctx and isinstance(ctx.obj, dict) and ctx.obj.get("quiet"))


def forms_options(function: F) -> F:
    """``--edition`` and ``--rules``, handed on as one ``forms``."""

    @wraps(function)
    def with_forms(*args: Any, edition_id: str, rules_file: Path | None, **rest: Any) -> Any:
        from ...templates.forms import Forms  # loads the editions' types: not for --help

        forms = Forms(edition_id, rules_file)
        if edition_id or rules_file:
            _ = forms.candidates  # what is wrong with them is said once, not of every file
        return function(*args, forms=forms, **rest)

    with_edition = click.option(
        "--edition",
        "edition_id",
        default="",
        metavar="ID|FILE.toml",
        shell_complete=_editions,
        help="格式版本（如2021）或格式文件；不写则看工作簿或年度。",
    )(with_forms)
    return click.option(
        "--rules",
        "rules_file",
        type=PATH,
        metavar="LOCAL.toml",
        shell_complete=_packs,
        help="规则包：文件，或随附的名字 evidence（见 docs/rules-howto.md）。",
    )(with_edition)  # type: ignore[return-value]


def _editions(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from ...templates.edition import edition_ids

    return _beginning(edition_ids(), typed)


def _packs(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from ...templates.notation import shipped_ids

    return _beginning(shipped_ids("packs"), typed) or [CompletionItem(typed, type="file")]


def rule_ids(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of rules that begin with what is ``typed``, in any case."""
    from ...templates.edition import newest

    return _beginning(newest().rule_by_id, typed.upper())


def _beginning(names: Iterable[str], typed: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(typed)]


prior_option = click.option(
    "--prior",
    type=PATH,
    help=with_formats("上年的报告（工作簿、已公布的 {documents}，或文件夹），用来核对上年结转。"),
)
password_option = click.option(
    "--password-env", metavar="VAR", help="打开密码所在的环境变量的名字。"
)
output_option = click.option("-o", "--output", type=FILE_OUT, required=True, help="写到哪里。")
force_option = click.option("--force", is_flag=True, help="覆盖已有的文件。")
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="读取进程数。"
)
cluster_option = click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="Dask 调度器的地址，由几台电脑来读，如 tcp://10.0.0.9:8786。",
)
ledgers_option = click.option(
    "--ledgers", is_flag=True, help="加上台账（申请台账、文件台账，规则包里的）。"
)


def say(zh: str, en: str) -> None:
    """One line in the language asked for, none with ``--quiet``; what an input put in is inert."""
    if not quiet():
        click.echo(printable(en if spoken() == "en" else zh))


def tell(*pieces: str | Words | InputError, colour: str = "", err: bool = False) -> None:
    """One line of texts, and of words in the language asked for; what an input put in is inert."""
    lang = spoken()
    texts = (p.text(lang) if isinstance(p, Words | InputError) else p for p in pieces)
    click.secho(printable("".join(texts)), fg=colour or None, err=err)


def end(code: int) -> None:
    """Ends the command that runs with an exit code."""
    click.get_current_context().exit(code)


def with_each(paths: Iterable[Path], work: Callable[[Path], Words]) -> None:
    """Says what came of every workbook; ends with 2 where one failed, whose reason is told."""
    failed = False
    for path in paths:
        try:
            with bounded(str(path)):
                done = work(path)
            say(done.zh, done.en)
        except InputError as error:
            failed = True
            tell(error, err=True)
    end(2 if failed else 0)


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
