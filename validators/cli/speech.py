"""Commands that speak two languages: help, and the sentences of click itself.

Help is written in Chinese where a command is; ``english.toml`` holds the English beside it. click's
own words are taken from gettext's catalogue in ``locale`` (``python bench/catalogue.py`` makes the
binary form of it).
"""

from __future__ import annotations

import gettext
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import click

from ..formats import FORMATS, documents

_ROOM = Path(__file__).parent
LANGUAGES = ("zh", "en")


def language_of(args: Sequence[str]) -> str:
    """What ``--lang`` says wherever it stands; ``""`` where it does not or says something else."""
    found = ""
    for argument, after in zip(args, [*args, ""][1:], strict=True):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name == "--lang":
            found = value if equals else after
    return found.lower() if found.lower() in LANGUAGES else ""


def language_of_environment(env: Mapping[str, str], configured: str = "") -> str:
    """The language where ``--lang`` says none: ``GOUJI_LANG``, the settings, the system's.

    Only a system that says English gets it: C, POSIX and nothing at all are no language.
    """
    for asked in (env.get("GOUJI_LANG", "").lower()[:2], configured):
        if asked in LANGUAGES:
            return asked
    return "en" if (env.get("LC_ALL") or env.get("LANG") or "").startswith("en") else "zh"


# What click calls the things to be typed.
_TYPED = {
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "PATHS...": "文件...",
    "[PATHS]...": "[文件]...",
    "SOURCE": "来源",
    "ROSTER": "名册",
    "FOLDER": "文件夹",
    "PATH": "文件",
    "[ID]": "[规则号]",
}


def in_chinese(text: str, ctx: click.Context | None) -> str:
    """A sentence of click's as Chinese is written, what is to be typed by its Chinese name."""
    if spoken(ctx) != "zh":
        return text
    for name, zh in _TYPED.items():
        text = text.replace(f" '{name}'", f"“{zh.strip('[].')}”")
    text = text.replace("', '", "'、'").replace("。 ", "。")
    return re.sub(r"\.$", "。", re.sub(r"'(-[-\w]*|\w+)'", r"\1", text))


def with_formats(text: str, lang: str = "zh") -> str:
    """A help text with what the lists of formats hold.

    ``{documents}`` becomes the suffixes of published reports, ``{outputs}`` the forms of results.
    """
    opening, closing, comma = ("（", "）", "、") if lang == "zh" else (" (", ")", ", ")
    names = {key: known.name.text(lang) for key, known in FORMATS.items()}
    outputs = [
        key if key == name.lower() else f"{key}{opening}{name}{closing}"
        for key, name in names.items()
    ]
    text = text.replace("{documents}", " ".join(documents()))
    return text.replace("{outputs}", comma.join(outputs))


def speak(lang: str) -> None:
    """From now on click's own sentences are in ``lang``."""
    gettext.bindtextdomain("messages", str(_ROOM / "locale"))
    os.environ["LANGUAGE"] = lang


def spoken(ctx: click.Context | None = None) -> str:
    """The language of the command that runs."""
    ctx = ctx or click.get_current_context(silent=True)
    return ctx.obj.get("lang", "zh") if ctx and isinstance(ctx.obj, dict) else "zh"


@cache
def _english() -> Mapping[str, Mapping[str, str]]:
    text = (Path(__file__).parent / "english.toml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(with_formats(text, "en"))
    return found


def in_english(command: click.Command, parameter: click.Parameter | None = None) -> str:
    """The English help of a command or of its parameter; ``""`` where nobody wrote one."""
    own = _english().get(command.name or "", {})
    if parameter is None:
        return own.get("help", "")
    name = parameter.name or ""
    return own.get(name, "") or _english()["options"].get(name, "")


class Command(click.Command):
    r"""A command whose help is in the language asked for; ``\b`` keeps the lines of an example."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.help = with_formats((self.help or "").replace("\\b\n", "\b\n"))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What is to be typed, in the language asked for."""
        pieces = super().collect_usage_pieces(ctx)
        return [_TYPED.get(p, p) for p in pieces] if spoken(ctx) == "zh" else pieces

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, whole where it is Chinese: its dots are those of suffixes."""
        first, stop, _ = self._help().partition("。")
        return first + stop if stop else click.Command(None, help=first).get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does, with its examples."""
        click.Command(None, help=self._help()).format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every option with what it is for."""
        records = [self._record(ctx, p) for p in self.get_params(ctx)]
        with formatter.section(gettext.gettext("Options")):
            formatter.write_dl([r for r in records if r is not None])

    def _record(self, ctx: click.Context, parameter: click.Parameter) -> tuple[str, str] | None:
        record = parameter.get_help_record(ctx)
        if record is None or isinstance(parameter, click.Argument):
            return None
        if "--help" in parameter.opts:
            return record[0], gettext.gettext("Show this message and exit.")
        zh = getattr(parameter, "help", None)
        if spoken() == "en" and zh and (en := in_english(self, parameter)):
            return record[0], record[1].replace(zh, en)
        return record

    def _help(self) -> str:
        return (in_english(self) if spoken() == "en" else "") or self.help or ""


class CommandGroup(Command, click.Group):
    """A group of such commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without arguments the help is asked for, which is no error."""
        asked = args or ([] if ctx.resilient_parsing else ["--help"])
        return super().parse_args(ctx, asked)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def command(name: str | None = None, **given: Any) -> Callable[[Callable[..., Any]], Command]:
    """As ``click.command``."""
    return click.command(name, cls=Command, **given)


def group(name: str | None = None, **given: Any) -> Callable[[Callable[..., Any]], CommandGroup]:
    """As ``click.group``."""
    return click.group(name, cls=CommandGroup, **given)
