"""The commands that judge: check, flag; and clear, which takes away what flag put."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError
from ...templates.words import Words
from ..formats import output_named
from . import options
from .bars import progress
from .options import end, on_terminal, password, quiet, say, tell, with_each
from .speech import command, spoken, with_formats

if TYPE_CHECKING:
    from ...templates.forms import Forms
    from ..finding import Result
    from ..formats import Writer
    from ..output.text import Tally

_STDIN = "-"


@command()
@click.argument("paths", nargs=-1, required=True, type=options.NAME)
@options.forms_options
@options.prior_option
@click.option(
    "--format",
    "form",
    type=options.FORM,
    help=with_formats("输出形式：{outputs}；不写则看 -o 的文件名，没有 -o 是 text。"),
)
@click.option("-o", "--output", type=options.FILE_OUT, help="写到文件而不是屏幕（- 是屏幕）。")
@options.jobs_option
@click.option("--strict", is_flag=True, help="有警告也以退出码1结束。")
@click.option("--published", is_flag=True, help="文件夹里已公布的年报也核对（没有工作簿时总是）。")
@click.option("--rules-shown", is_flag=True, help="每件事后面写出规则号（文字形式）。")
@click.option("-v", "--verbose", is_flag=True, help="文件很多时也逐件列出（文字形式）。")
@options.password_option
@options.force_option
@options.lang_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    forms: Forms,
    prior: Path | None,
    form: str | None,
    output: Path | None,
    jobs: int,
    strict: bool,
    published: bool,
    rules_shown: bool,
    verbose: bool,
    password_env: str | None,
    force: bool,
) -> None:
    r"""核对工作簿（文件、文件夹或通配符；- 是标准输入），说明哪里不符、怎样改。

    退出码：0 没有错误；1 有错误；2 用法不对或有文件读不了。

    \b
    例：gouji check 年报.xlsx
        gouji check 收到的/ -o 结果.html   # 只覆盖自己写过的结果；.json .sarif .txt 也行
        gouji check 2024年报.xlsx --prior 2023年报.xlsx
        gouji check 公布的年报/ --published
        gouji check - < 年报.xlsx
    """
    from ..finding import Results
    from ..office.check import check as run
    from ..office.check import check_stream
    from ..office.paths import gather
    from ..output import FORMATS, Tally, concise
    from ..output.text import document as text

    output = None if str(output) == options.STDOUT else output
    form = form or output_named(output)
    if output is not None:
        from ..office.outputs import is_result, may_write_result, put_result

        may_write_result(output, is_result, force=force)
    if _STDIN in paths and sys.stdin is None:
        raise InputError("标准输入是关着的，没有可读的。", "Standard input is closed.")
    secret, named = password(password_env), [p for p in paths if p != _STDIN]
    found = gather(named, published or None, output)
    if (count := len(found.published)) and not quiet():
        zh = f"没有工作簿的文件夹里，核对已公布的年报{count}份"
        en = f"Folders without a workbook: {count} published reports are checked"
        tell(Words(zh, en), err=True)
    files, tally = found.files, Tally(skipped=len(found.skipped))
    links = output is None and on_terminal(sys.stdout) and ctx.color is not False
    write: Writer = FORMATS[form]
    if form == "text":
        write = concise if quiet() else partial(text, rules=rules_shown, whole=verbose)
    with progress(len(files)) as step:
        results = run(
            files,
            edition=forms.edition,
            rules=forms.rules,
            jobs=jobs,
            password=secret,
            prior=prior,
            progress=step,
            lean=not FORMATS[form].tables,
        )
        if len(named) < len(paths):
            typed = check_stream(sys.stdin.buffer, _STDIN, forms, password=secret, prior=prior)
            results = chain(results, [typed])
        content = write(Results(_counted(results, tally), found.skipped), spoken(), links)
    if output is None:
        click.echo(content, nl=False)
    else:
        data = click.unstyle(content).encode("utf-8", "replace")
        put_result(output, data, is_result, force=force)
        if not quiet():
            click.echo(tally.line(spoken()))
    end(tally.exit_code(strict))


def _counted(results: Iterable[Result], tally: Tally) -> Iterator[Result]:
    for result in results:
        tally.add(result)
        yield result


@command()
@click.argument("paths", nargs=-1, required=True, type=options.NAME)
@options.forms_options
@options.prior_option
@click.option("--copy-to", type=options.FOLDER_OUT, help="标在副本上，原文件不动。")
@click.option("--dry-run", is_flag=True, help="只说会标哪些格，不写文件。")
@options.force_option
@options.lang_option
def flag(
    paths: tuple[str, ...],
    forms: Forms,
    prior: Path | None,
    copy_to: Path | None,
    dry_run: bool,
    force: bool,
) -> None:
    r"""核对并在工作簿里标出：错的格标红、加批注，末尾加“校验结果”表。

    \b
    例：gouji flag 年报.xlsx
        gouji flag 收到的/ --copy-to 已标注/
        gouji flag 年报.xlsx --dry-run
    """
    from ..office.check import check as run
    from ..office.flag import flag as put
    from ..office.flag import would_flag
    from ..office.outputs import Copies
    from ..office.paths import gather
    from ..output.text import Tally, left_out

    found = gather(paths)
    files, tally = found.files, Tally(skipped=len(found.skipped))
    copies = Copies(copy_to, force=force) if copy_to is not None else None
    with progress(len(files)) as step:
        for result in run(
            files, edition=forms.edition, rules=forms.rules, prior=prior, progress=step
        ):
            outcome = would_flag(result) if dry_run else put(result, copies)
            tally.add(outcome.result)
            if outcome.error is not None:
                tell(outcome.error, err=True)
            else:
                say(outcome.words.zh, outcome.words.en)
    if not quiet():
        for line in (*left_out(found.skipped, spoken()), tally.line(spoken())):
            click.echo(line)
    end(tally.exit_code(False))


@command()
@click.argument("paths", nargs=-1, required=True, type=options.NAME)
@options.lang_option
def clear(paths: tuple[str, ...]) -> None:
    r"""去掉标记，还原工作簿。

    \b
    例：gouji clear 年报.xlsx
    """
    from .. import mark
    from ..office.paths import expand

    def work(path: Path) -> Words:
        mark.clear(path)
        return Words(f"{path}：已清除标记", f"{path}: marks cleared")

    with_each(expand(paths), work)


COMMANDS = (check, flag, clear)
