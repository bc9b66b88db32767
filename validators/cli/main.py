"""The command line. A command reads its arguments, calls one function and prints.

Heavy imports stand inside the commands: ``--help``, ``template``, ``clear`` and ``rules`` judge
nothing and must start at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ...templates.errors import InputError
from .city import collect, distribute, fill

if TYPE_CHECKING:
    from ...templates.edition import Edition

F = TypeVar("F", bound=Callable[..., Any])
_PROGRESS_FROM = 20  # files


class _Group(click.Group):
    """Turns a user's error into one sentence and exit code 2, in the language asked for.

    ``addin`` is found by its name when it is asked for: this room does not import the add-in's,
    which stands above it.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "addin"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "addin":
            found = importlib.import_module("gouji.addin.install.commands").addin
            assert isinstance(found, click.Command)
            return found
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            lang = ctx.obj.get("lang", "zh") if isinstance(ctx.obj, dict) else "zh"
            click.echo(error.text(lang), err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gouji")
@click.pass_context
def main(ctx: click.Context) -> None:
    r"""勾稽：核对政府信息公开工作年度报告的三张表，把错的格标红。

    Checks the statutory tables of the annual report on open government information and marks
    the wrong cells in place.

    \b
    例：gouji template --year 2025 --unit 某某县人民政府 -o 年报.xlsx
        gouji check 年报.xlsx
        gouji flag 年报.xlsx      # 标红，并附“校验结果”
        gouji clear 年报.xlsx     # 还原
    """
    ctx.obj = {"lang": "zh"}
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page must not stop a check.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _lang(function: F) -> F:
    def remember(ctx: click.Context, _: click.Parameter, value: str) -> str:
        if isinstance(ctx.obj, dict):
            ctx.obj["lang"] = value
        return value

    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default="zh",
        is_eager=True,
        callback=remember,
        help="语言 language of the messages.",
    )(function)


_rules_option = click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path),
    help="本地规则包 LOCAL.toml（见 docs/rules-howto.md）.",
)


@main.command()
@click.option("--edition", "edition_id", help="格式版本 2019 或 2021；不写则按年度.")
@click.option("--year", type=int, help="报告年度.")
@click.option("--unit", default="", help="单位名称.")
@click.option("--code", default="", help="单位代码.")
@_rules_option
@click.option("--ledgers", is_flag=True, help="加上申请台账、文件台账两张表.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="写到哪里.")
@_lang
def template(
    edition_id: str | None,
    year: int | None,
    unit: str,
    code: str,
    rules_file: Path | None,
    ledgers: bool,
    output: Path,
    lang: str,
) -> None:
    r"""生成空白的填报工作簿。

    \b
    例：gouji template --year 2025 --unit 某某县人民政府 -o 年报2025.xlsx
    """
    from ...templates.edition import for_year, load
    from ...templates.workbook import write
    from ..office.paths import must_be_xlsx

    must_be_xlsx(output)
    edition = load(edition_id) if edition_id else (for_year(year) if year else load("2021"))
    if year and not edition.fits_year(year):
        right = for_year(year).id
        raise InputError(
            f"{edition.id}格式不用于{year}年度；请改用 --edition {right}，或改年度。",
            f"Edition {edition.id} is not for {year}: use --edition {right} or change the year.",
        )
    form = _with_rules(edition, rules_file)
    write(form, output, year=year, unit=unit, code=code, ledgers=ledgers)
    _say(lang, f"已生成 {output}（{edition.notice}）", f"Wrote {output} ({edition.notice})")


def _with_rules(edition: Edition, rules_file: Path | None) -> Edition:
    return edition.with_pack(rules_file) if rules_file else edition


def _say(lang: str, zh: str, en: str) -> None:
    click.echo(en if lang == "en" else zh)


@main.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="写到哪里.")
@_lang
def import_(source: Path, output: Path, lang: str) -> None:
    r"""把已公布的年报（.txt、.md）填进模板工作簿，数字照原文，不重新计算。

    \b
    例：gouji import 某县2021年报.txt -o 某县2021.xlsx
    """
    from ..office.import_ import import_report
    from ..office.paths import must_be_xlsx

    must_be_xlsx(output)
    report = import_report(source, output)
    found = sum(v.number is not None for v in report.values.values())
    total = len(report.values)
    _say(
        lang,
        f"已写入 {output}：{report.edition.notice}，{total}个格中读到{found}个数字",
        f"Wrote {output}: {report.edition.notice}, {found} of {total} fields read as numbers",
    )
    for remark in report.remarks:
        text = remark.en if lang == "en" else remark.zh
        click.secho(f"  {text}", fg="yellow", err=True)


_prior_option = click.option(
    "--prior",
    type=click.Path(path_type=Path),
    help="上年的报告（工作簿、已公布的 .txt/.md，或文件夹），用来核对上年结转.",
)


@main.command()
@click.argument("paths", nargs=-1, required=True)
@_rules_option
@_prior_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="输出形式.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="写到文件而不是屏幕.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="读取进程数.")
@click.option("--strict", is_flag=True, help="有警告也以退出码1结束.")
@click.option("--password-env", metavar="VAR", help="打开密码所在的环境变量的名字.")
@_lang
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    rules_file: Path | None,
    prior: Path | None,
    form: str,
    output: Path | None,
    jobs: int,
    strict: bool,
    password_env: str | None,
    lang: str,
) -> None:
    r"""核对工作簿（文件、文件夹或通配符），说明哪里不符、怎样改。

    退出码：0 没有错误；1 有错误；2 用法不对或有文件读不了。

    \b
    例：gouji check 年报.xlsx
        gouji check 收到的/ --format json -o 结果.json
        gouji check 2024年报.xlsx --prior 2023年报.xlsx
    """
    from ..office.check import check as run
    from ..office.paths import expand
    from ..output import json as json_output
    from ..output import text as text_output

    files = expand(paths)
    tally = text_output.Tally()
    with _progress(len(files)) as step:
        password = _password(password_env)
        results = run(
            files, rules=rules_file, jobs=jobs, password=password, prior=prior, progress=step
        )
        if form == "json":
            kept = []
            for result in results:
                tally.add(result)
                kept.append(result)
            content = json_output.document(kept, lang)
        else:
            links = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
            parts = []
            for result in results:
                tally.add(result)
                parts += [*text_output.lines(result, lang, links)]
            content = "\n".join([*parts, tally.line(lang)]) + "\n"
    if output is None:
        click.echo(content, nl=False)
    else:
        _write_text(output, click.unstyle(content))
        click.echo(tally.line(lang))
    ctx.exit(tally.exit_code(strict))


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    if variable not in os.environ:
        raise InputError(
            f"没有名为 {variable} 的环境变量；请先把密码放进去（不要写在命令行上）。",
            f"There is no environment variable {variable}: put the password in it first.",
        )
    return os.environ[variable]


def _write_text(output: Path, content: str) -> None:
    try:
        output.write_text(content, "utf-8")
    except OSError as error:
        raise InputError(
            f"写不了文件 {output}（{error.strerror}），请换一个位置。",
            f"{output} cannot be written ({error.strerror}): choose another place.",
        ) from error


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, from 20 files on and only on a terminal."""
    if total < _PROGRESS_FROM or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=total, label="核对", file=sys.stderr, show_pos=True) as bar:
        yield bar.update


@main.command()
@click.argument("paths", nargs=-1, required=True)
@_rules_option
@_prior_option
@click.option("--copy-to", type=click.Path(path_type=Path), help="标在副本上，原文件不动.")
@_lang
@click.pass_context
def flag(
    ctx: click.Context,
    paths: tuple[str, ...],
    rules_file: Path | None,
    prior: Path | None,
    copy_to: Path | None,
    lang: str,
) -> None:
    r"""核对并在工作簿里标出：错的格标红、加批注，末尾加“校验结果”表。

    \b
    例：gouji flag 年报.xlsx
        gouji flag 收到的/ --copy-to 已标注/
    """
    from ..office.check import check as run
    from ..office.flag import flag as put
    from ..office.paths import expand
    from ..output.text import Tally

    files = expand(paths)
    tally = Tally()
    with _progress(len(files)) as step:
        for result in run(files, rules=rules_file, prior=prior, progress=step):
            outcome = put(result, copy_to)
            tally.add(outcome.result)
            if outcome.error is not None:
                click.echo(outcome.error.text(lang), err=True)
            else:
                click.echo(outcome.line_en if lang == "en" else outcome.line)
    click.echo(tally.line(lang))
    ctx.exit(tally.exit_code(False))


@main.command()
@click.argument("paths", nargs=-1, required=True)
@_lang
@click.pass_context
def clear(ctx: click.Context, paths: tuple[str, ...], lang: str) -> None:
    r"""去掉标记，还原工作簿。

    \b
    例：gouji clear 年报.xlsx
    """
    from .. import mark
    from ..office.paths import expand

    failed = False
    for path in expand(paths):
        try:
            mark.clear(path)
            _say(lang, f"{path}：已清除标记", f"{path}: marks cleared")
        except InputError as error:
            failed = True
            click.echo(error.text(lang), err=True)
    ctx.exit(2 if failed else 0)


@main.command()
@click.option("--edition", "edition_id", default="2021", show_default=True, help="格式版本.")
@_rules_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    show_default=True,
    help="输出形式.",
)
@_lang
def rules(edition_id: str, rules_file: Path | None, form: str, lang: str) -> None:
    r"""列出全部规则：内容、依据、依据等级、结果轻重。

    \b
    例：gouji rules
        gouji rules --edition 2019 --format md
    """
    from ...templates.edition import load
    from ..output import rules as pages

    edition = _with_rules(load(edition_id), rules_file)
    writers = {"text": pages.text, "md": pages.markdown, "json": pages.as_json}
    click.echo(writers[form](edition, lang), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="在哪个地址上服务.")
@click.option("--port", default=8765, show_default=True, help="端口.")
@click.option("--token-env", metavar="VAR", help="口令所在的环境变量；本机以外没有写就自动生成.")
@_lang
def serve(host: str, port: int, token_env: str | None, lang: str) -> None:
    r"""在办公网上开一个校验网页：把工作簿拖进去，看结果，下载标注好的文件。

    \b
    例：gouji serve
        gouji serve --host 0.0.0.0 --port 8765
    """
    try:
        server = importlib.import_module("gouji.addin.web.server")
    except ImportError as error:
        raise InputError(
            f'缺少 {error.name}，请先安装：pip install "gouji[server]"。',
            f'{error.name} is missing, install: pip install "gouji[server]".',
        ) from error
    token = _password(token_env) or ""

    def announce(url: str) -> None:
        _say(
            lang, f"校验网页：{url}\n按 Ctrl+C 停止。文件只在内存里核对，不保存。", f"Serving {url}"
        )

    server.run(host, port, token, announce)


for _command in (distribute, collect, fill):
    main.add_command(_command)
