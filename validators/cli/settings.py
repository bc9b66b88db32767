"""An office's defaults for the command line, from the user's own configuration folder.

A file that lies beside the workbooks is never read: whoever sends a workbook must not be able to
change how it is judged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ...templates.disk import reason
from ...templates.errors import InputError
from ...templates.outside import read_outside
from ...templates.words import Words
from .speech import LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])
NAME = "config.toml"
_LARGEST = 1 << 20  # bytes
# What must be said each time: it overwrites, changes a file, or says where something goes.
_NEVER = {"config", "force", "help", "output", "undo", "yes_certain", "copy_to", "quiet"}


def own_file() -> Path:
    """Where the user's own settings lie."""
    return Path(click.get_app_dir("gouji")) / NAME


class Settings:
    """The options that a file sets: at its top for every command, in ``[check]`` for one."""

    def __init__(self, path: Path) -> None:
        """Reads ``path``; raises ``InputError`` when it cannot be read or is no TOML."""
        self.path = path
        try:
            text = read_outside(path, _LARGEST).decode("utf-8")
            self.values: Mapping[str, Any] = tomllib.loads(text)
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else Words(str(error), str(error))
            raise InputError(
                f"读不了设置文件 {path}（{why.zh}）。请改好它，或用 --config 指定另一个。",
                f"The configuration {path} cannot be read ({why.en}): correct it, or name another "
                "with --config.",
            ) from error

    @property
    def lang(self) -> str:
        """The language it asks for, ``""`` where it asks for none."""
        lang = self.values.get("lang", "")
        return lang if lang in LANGUAGES else ""

    def for_command(self, command: click.Command, every: Iterable[click.Command]) -> dict[str, Any]:
        """The defaults of ``command`` by parameter; a path is meant from the file's folder.

        Raises ``InputError`` for a name that no command of ``every`` has.
        """
        options = {c.name: _options(c) for c in every}
        anywhere = {name for names in options.values() for name in names}
        own = _options(command)
        found = {}
        for name, value in self.values.items():
            if isinstance(value, dict):
                if name not in options:
                    raise self._unknown(f"[{name}]")
                for inner in value:
                    if inner not in options[name]:
                        raise self._unknown(f"[{name}] {inner}")
            elif name not in anywhere:
                raise self._unknown(name)
            elif name in own:
                found[name] = value
        found |= self.values.get(command.name or "", {})
        return {own[name].name or name: self._meant(own[name], v) for name, v in found.items()}

    def _meant(self, option: click.Option, value: Any) -> Any:
        if option.name == "rules_file":
            from ...templates.notation import shipped_ids

            if value in shipped_ids("packs"):
                return str(value)
        local = isinstance(option.type, click.Path) or option.name == "edition_id"
        if local and isinstance(value, str) and (option.name != "edition_id" or "." in value):
            return str(self.path.parent / Path(value).expanduser())
        return value if isinstance(value, bool | list) else str(value)

    def _unknown(self, name: str) -> InputError:
        return InputError(
            f"设置文件 {self.path} 里的 {name} 没有这一项。可写的是各命令的选项（不带 --），"
            "如 lang、rules、prior、due。",
            f"{self.path}: there is no setting {name}. What may be set are options of commands "
            "(without --), such as lang, rules, prior, due.",
        )


def _options(command: click.Command) -> dict[str, click.Option]:
    return {
        long.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option) and option.name not in _NEVER
        for long in option.opts
        if long.startswith("--")
    }


def settings_of(ctx: click.Context, named: Path | None) -> Settings | None:
    """The file named on this command or an outer one, else the user's own where there is one."""
    context: dict[str, Any] = ctx.obj if isinstance(ctx.obj, dict) else {}
    if named is not None:
        context["settings"] = Settings(named)
    elif "settings" not in context:
        own = own_file()
        context["settings"] = Settings(own) if own.is_file() else None
    found: Settings | None = context["settings"]
    return found


def _use(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    """Makes the settings the defaults of the command that is being read."""
    if ctx.resilient_parsing:
        return
    settings = settings_of(ctx, value)
    root = ctx.find_root().command
    if settings is None or ctx.command is root or not isinstance(root, click.Group):
        return
    every = [c for name in root.commands if (c := root.commands[name])]
    if ctx.command not in every:
        every.append(ctx.command)
    ctx.default_map = settings.for_command(ctx.command, every)
    if isinstance(ctx.obj, dict) and not ctx.obj.get("asked"):
        ctx.obj["lang"] = ctx.default_map.get("lang", settings.lang or ctx.obj["lang"])


def config_option(function: F) -> F:
    """``--config``: another file of settings than the user's own."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_use,
        help="设置文件（TOML）；不写则读本人设置文件夹里的 config.toml。",
    )(function)
