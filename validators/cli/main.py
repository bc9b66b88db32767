"""The command line's root: every command, and what becomes of a user's error.

Heavy imports stand inside the commands: ``--help``, ``template``, ``clear`` and ``rules`` judge
nothing and must start at once.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from ...templates.disk import failed
from ...templates.errors import InputError, extra
from ...templates.unforeseen import unforeseen
from ...templates.words import Words, printable
from ..office.garbage import collect_seldom
from . import check, city, desk, many, options, papers
from .options import password, say
from .settings import Settings, own_file
from .speech import CommandGroup, in_chinese, language_of, language_of_environment, speak, spoken

if TYPE_CHECKING:
    from ...templates.forms import Forms


class _Sentence(click.ClickException):
    """What is wrong before any command runs, as one sentence."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)


class _Root(CommandGroup):
    """Turns a user's error into one sentence and exit code 2, in the language asked for.

    ``addin`` is found by its name when it is asked for: this room does not import the add-in's,
    which stands above it.
    """

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs a command; a process of one command has little garbage to look for."""
        before = collect_seldom()
        try:
            return super().main(*args, **extra)
        finally:
            gc.set_threshold(*before)

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        """The language is known before anything is read, so that what is wrong is said in it."""
        asked = language_of(args)
        lang = asked or language_of_environment(os.environ, _configured())
        speak(lang)
        extra.setdefault("obj", {"lang": lang, "asked": bool(asked), "typed": [*args]})
        try:
            return super().make_context(info_name, args, *rest, **extra)
        except InputError as error:
            raise _Sentence(error.text(lang)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "addin"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "addin":
            found = importlib.import_module("gouji.addin.install.commands").addin
            assert isinstance(found, click.Command)
            return found
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Exit code 1 means findings and nothing else: whatever goes wrong ends with 2."""
        try:
            _somewhere()
            return super().invoke(ctx)
        except click.UsageError as error:
            wrong = in_chinese(error.format_message(), error.ctx) + self._hint(ctx)
            raise click.UsageError(printable(wrong), error.ctx) from error
        except InputError as error:
            shown: InputError | None = error
        except (KeyboardInterrupt, click.Abort):
            shown = InputError("已中断。", "Interrupted.")
        except BrokenPipeError:  # whoever read the output has enough
            shown = None
        except (click.ClickException, click.exceptions.Exit):
            raise
        except OSError as error:
            shown = failed(error)
        except Exception as error:  # the last boundary: nobody is shown a traceback
            shown = unforeseen(f"gouji {ctx.invoked_subcommand or ''}".strip(), error)
        _end(ctx, shown)
        return None

    def _hint(self, ctx: click.Context) -> str:
        """What to type for a file that stands where a command or an option is looked for."""
        typed: list[str] = ctx.obj["typed"]
        lang = spoken(ctx)
        files = [w for w in typed if os.path.isfile(w)]  # noqa: PTH113  # no name is too long for it
        if files and typed[0] == files[0] and typed[0] not in self.list_commands(ctx):
            words = Words("要核对这个文件：gouji check ", " To check this file: gouji check ")
            return words.text(lang) + files[0]
        dashed = [w for w in files if w.startswith("-")]
        if dashed and "--" not in typed:
            words = Words("名字以 - 开头的文件写成 ./", " A file of such a name is written ./")
            return words.text(lang) + dashed[0]
        return ""


def _somewhere() -> None:
    """Raises where the folder that the command runs in is gone: nothing can be found from there."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError as error:
        raise InputError(
            "当前的文件夹已经没有了。请换到别的文件夹再运行。",
            "The folder that this was started in is gone: change to another one.",
        ) from error


def _configured() -> str:
    """The language of the user's own settings; whatever is wrong with them is said later."""
    try:
        return Settings(own_file()).lang if own_file().is_file() else ""
    except InputError:
        return ""


def _end(ctx: click.Context, error: InputError | None) -> None:
    """Says the sentence and ends with 2; what standard output cannot take is let go."""
    try:
        if sys.stdout is not None:  # closed before we began
            sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error is not None:
        with contextlib.suppress(OSError):
            click.echo(error.text(spoken(ctx)), err=True)
    ctx.exit(2)


@click.group("gouji", cls=_Root, context_settings={"help_option_names": ["-h", "--help"]})
@options.lang_option
@click.pass_context
def main(ctx: click.Context) -> None:
    r"""勾稽：核对政府信息公开工作年度报告的三张表，把错的格标红。

    \b
    例：gouji template --year 2025 --unit 某某县人民政府 -o 年报.xlsx
        gouji check 年报.xlsx
        gouji flag 年报.xlsx      # 标红，并附“校验结果”
        gouji clear 年报.xlsx     # 还原
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        ctx.color = False
    elif os.environ.get("FORCE_COLOR", "0") != "0" and ctx.color is None:
        ctx.color = True
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page must not stop a check.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command()
@click.argument("rule", default="", metavar="[ID]", shell_complete=options.rule_ids)
@options.forms_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"], case_sensitive=False),
    default="text",
    show_default=True,
    help="输出形式。",
)
@click.option("--schema", is_flag=True, help="写出 check --format json 的结果的 JSON Schema。")
@options.lang_option
def rules(rule: str, forms: Forms, form: str, schema: bool) -> None:
    r"""列出全部规则；写上编号则说明这一条：内容、依据、等级、例子、怎样改。

    \b
    例：gouji rules
        gouji rules T3-BALANCE
        gouji rules --edition 2019 --format md
        gouji rules --schema
    """
    if schema:
        from ..output import json

        click.echo(json.schema(), nl=False)
        return
    if rule:
        from ..output import explaining

        click.echo(explaining.PAGES[form](forms.to_make(), rule, spoken()), nl=False)
        return
    from ..output import rules as pages

    writers = {"text": pages.text, "md": pages.markdown, "json": pages.as_json}
    click.echo(writers[form](forms.to_make(), spoken()), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="在哪个地址上服务。")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="端口。"
)
@click.option("--token-env", metavar="VAR", help="口令所在的环境变量；本机以外没有写就自动生成。")
@click.option(
    "--name", "names", multiple=True, metavar="NAME", help="本服务的别的名字（域名），可写几次。"
)
@click.option(
    "--proxy", "proxies", multiple=True, metavar="IP", help="前面的代理的地址，可写几次。"
)
@options.forms_options
@options.lang_option
def serve(
    host: str,
    port: int,
    token_env: str | None,
    names: tuple[str, ...],
    proxies: tuple[str, ...],
    forms: Forms,
) -> None:
    r"""在办公网上开一个校验网页：把工作簿拖进去，看结果，下载标注好的文件。

    \b
    例：gouji serve
        gouji serve --host 0.0.0.0 --port 8765 --name nianbao.example.gov.cn
    """
    with extra("server"):
        server = importlib.import_module("gouji.addin.web.server")
    token = password(token_env) or ""

    def announce(url: str) -> None:
        say(f"校验网页：{url}", f"Serving {url}")
        say("按 Ctrl+C 停止。文件核对完就删去，不保存。", "Press Ctrl+C to stop.")

    server.run(
        host, port, token=token, announce=announce, forms=forms, names=names, proxies=proxies
    )


for _command in (*check.COMMANDS, *desk.COMMANDS, *papers.COMMANDS, *many.COMMANDS, *city.COMMANDS):
    main.add_command(_command)
