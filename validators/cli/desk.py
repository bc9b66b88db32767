"""The commands for one unit's workbooks: template, import, check, flag, clear, fix, fill."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError
from .options import (
    PATH,
    force_option,
    forms_options,
    lang_option,
    ledgers_option,
    output_option,
    password,
    prior_option,
    progress,
    say,
    tell,
)

if TYPE_CHECKING:
    from ...templates.forms import Forms
    from ..finding import Event, Result
    from ..output.text import Tally


@click.command()
@click.option("--year", type=int, help="报告年度.")
@click.option("--unit", default="", help="单位名称.")
@click.option("--code", default="", help="单位代码.")
@forms_options
@ledgers_option
@output_option
@force_option
@lang_option
def template(
    year: int | None, unit: str, code: str, forms: Forms, ledgers: bool, output: Path,
    force: bool, lang: str,
) -> None:  # fmt: skip
    r"""生成空白的填报工作簿。已有的文件不覆盖，除非加 --force。

    \b
    例：gouji template --year 2025 --unit 某某县人民政府 -o 年报2025.xlsx
    """
    from ...templates.workbook import build
    from ..office.outputs import put_document
    from ..office.paths import must_be_xlsx

    must_be_xlsx(output)
    form = forms.to_make(year)
    made = build(form, year=year, unit=unit, code=code, ledgers=ledgers)
    put_document(output, made, force=force)
    say(lang, f"已生成 {output}（{form.notice}）", f"Wrote {output} ({form.notice})")


@click.command("import")
@click.argument("source", type=PATH)
@forms_options
@output_option
@force_option
@lang_option
def import_(source: Path, forms: Forms, output: Path, force: bool, lang: str) -> None:
    r"""把已公布的年报（.txt、.md）填进模板工作簿，数字照原文，不重新计算。

    已有的文件不覆盖，除非加 --force。

    \b
    例：gouji import 某县2021年报.txt -o 某县2021.xlsx
    """
    from ..office.import_ import import_report
    from ..office.paths import must_be_xlsx

    must_be_xlsx(output)
    report = import_report(source, output, forms, force=force)
    found = sum(v.number is not None for v in report.values.values())
    total = len(report.values)
    say(
        lang,
        f"已写入 {output}：{report.edition.notice}，{total}个格中读到{found}个数字",
        f"Wrote {output}: {report.edition.notice}, {found} of {total} fields read as numbers",
    )
    for remark in report.remarks:
        text = remark.en if lang == "en" else remark.zh
        tell(f"  {text}", colour="yellow", err=True)


@click.command()
@click.argument("paths", nargs=-1, required=True)
@forms_options
@prior_option
@click.option("--format", "form", default="text", show_default=True, help="输出形式.")
@click.option("-o", "--output", type=PATH, help="写到文件而不是屏幕.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="读取进程数.")
@click.option("--strict", is_flag=True, help="有警告也以退出码1结束.")
@click.option("--password-env", metavar="VAR", help="打开密码所在的环境变量的名字.")
@force_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    forms: Forms,
    prior: Path | None,
    form: str,
    output: Path | None,
    jobs: int,
    strict: bool,
    password_env: str | None,
    force: bool,
    lang: str,
) -> None:
    r"""核对工作簿（文件、文件夹或通配符），说明哪里不符、怎样改。

    退出码：0 没有错误；1 有错误；2 用法不对或有文件读不了。

    \b
    例：gouji check 年报.xlsx
        gouji check 收到的/ --format json -o 结果.json   # 只覆盖自己写过的结果
        gouji check 2024年报.xlsx --prior 2023年报.xlsx
    """
    from ..finding import Results
    from ..office.check import check as run
    from ..office.paths import gather
    from ..output import FORMATS
    from ..output.text import Tally

    if form not in FORMATS:
        raise click.BadParameter(f"{form}；可用的是：{'、'.join(FORMATS)}", param_hint="--format")
    if output is not None:
        from ..office.outputs import is_result, may_write_result, put_result

        may_write_result(output, is_result, force=force)
    found = gather(paths)
    files, tally = found.files, Tally(skipped=len(found.skipped))
    links = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with progress(len(files)) as step:
        results = run(
            files, edition=forms.edition, rules=forms.rules, jobs=jobs,
            password=password(password_env), prior=prior, progress=step, lean=True,
        )  # fmt: skip
        content = FORMATS[form](Results(_counted(results, tally), found.skipped), lang, links)
    if output is None:
        click.echo(content, nl=False)
    else:
        plain = click.unstyle(content).encode("utf-8", "replace")
        put_result(output, plain, is_result, force=force)
        click.echo(tally.line(lang))
    ctx.exit(tally.exit_code(strict))


def _counted(results: Iterable[Result], tally: Tally) -> Iterator[Result]:
    for result in results:
        tally.add(result)
        yield result


@click.command()
@click.argument("paths", nargs=-1, required=True)
@forms_options
@prior_option
@click.option("--copy-to", type=PATH, help="标在副本上，原文件不动.")
@force_option
@lang_option
@click.pass_context
def flag(
    ctx: click.Context,
    paths: tuple[str, ...],
    forms: Forms,
    prior: Path | None,
    copy_to: Path | None,
    force: bool,
    lang: str,
) -> None:
    r"""核对并在工作簿里标出：错的格标红、加批注，末尾加“校验结果”表。

    \b
    例：gouji flag 年报.xlsx
        gouji flag 收到的/ --copy-to 已标注/
    """
    from ..office.check import check as run
    from ..office.flag import flag as put
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
            outcome = put(result, copies)
            tally.add(outcome.result)
            if outcome.error is not None:
                click.echo(outcome.error.text(lang), err=True)
            else:
                say(lang, outcome.line, outcome.line_en)
    for line in left_out(found.skipped, lang):
        click.echo(line)
    click.echo(tally.line(lang))
    ctx.exit(tally.exit_code(False))


@click.command()
@click.argument("paths", nargs=-1, required=True)
@lang_option
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
            say(lang, f"{path}：已清除标记", f"{path}: marks cleared")
        except InputError as error:
            failed = True
            click.echo(error.text(lang), err=True)
    ctx.exit(2 if failed else 0)


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--copy-to", type=PATH, help="填在副本上，原文件不动.")
@forms_options
@force_option
@lang_option
@click.pass_context
def fill(
    ctx: click.Context, paths: tuple[str, ...], copy_to: Path | None, forms: Forms, force: bool,
    lang: str,
) -> None:  # fmt: skip
    r"""按申请台账填表三、按文件台账填表二：只改这些格的数，其余一字不动。

    \b
    例：gouji fill 年报.xlsx
    """
    from ..office.fill import fill as put
    from ..office.outputs import Copies
    from ..office.paths import expand

    copies = Copies(copy_to, force=force) if copy_to is not None else None
    failed = False
    for path in expand(paths):
        try:
            target, new = copies.place(path) if copies else (path, False)
            count = put(path, target, forms, new=new)
            say(lang, f"{target}：按台账填了{count}格", f"{target}: {count} cells filled")
        except InputError as error:
            failed = True
            click.echo(error.text(lang), err=True)
    ctx.exit(2 if failed else 0)


@click.command()
@click.argument("path", type=PATH)
@click.option("--yes-certain", is_flag=True, help="不问，只改有把握（确定）的，供脚本用.")
@click.option("--undo", "undo_", is_flag=True, help="撤销上一次修改，原样还原.")
@forms_options
@prior_option
@lang_option
@click.pass_context
def fix(
    ctx: click.Context,
    path: Path,
    yes_certain: bool,
    undo_: bool,
    forms: Forms,
    prior: Path | None,
    lang: str,
) -> None:
    r"""逐条说出最可能的修改，确认一条改一条；改过的格加批注，随时可撤销。

    y 照改，n 不改、看下一种可能，skip 跳过这一条，q 到此为止。
    退出码：0 没有错误了；1 还有错误；2 用法不对或读不了。

    \b
    例：gouji fix 年报.xlsx
        gouji fix 年报.xlsx --yes-certain
        gouji fix 年报.xlsx --undo
    """
    from ..finding import Severity
    from ..office.fix import Repairs, undo

    if undo_:
        undo(path)
        say(lang, f"{path}：已还原到修改之前", f"{path}: as it was before the repairs")
        return
    repairs = Repairs(path, forms, prior)
    while offers := repairs.offers():
        if yes_certain and offers[0].certainty != "certain":
            repairs.decline(offers)
            continue
        answer = "y" if yes_certain else _asked(offers[0], lang)
        if answer == "q":
            break
        if answer == "y":
            repairs.confirm(offers[0])
            say(lang, f"已改：{offers[0].brief}", f"Changed: {offers[0].brief_en}")
        else:
            repairs.decline(offers if answer == "skip" else offers[:1])
    verdict = repairs.result.verdict
    left = verdict.count(Severity.ERROR) if verdict else 0
    count = len(repairs.changes)
    say(
        lang,
        f"{path}：改了{count}格，还有{left}处错误" + ("；撤销：加 --undo" if count else ""),
        f"{path}: {count} cells changed, {left} errors left" + ("; --undo undoes" if count else ""),
    )
    ctx.exit(1 if left else 0)


def _asked(event: Event, lang: str) -> str:
    """What somebody answers to a repair; without anybody at the desk, q."""
    from ..office.fix import CERTAINTY

    sure = CERTAINTY[event.certainty].text(lang)
    say(lang, f"〔{sure}〕{event.reason}。", f"[{sure}] {event.reason_en}.")
    words = (
        "Change it? (y/n/skip/q)"
        if lang == "en"
        else "改吗？（y 改 / n 不改 / skip 跳过 / q 结束）"
    )
    try:
        answer: str = click.prompt(
            words, type=click.Choice(["y", "n", "skip", "q"]), show_choices=False
        )
    except click.Abort:
        return "q"
    return answer


COMMANDS = (template, import_, check, flag, clear, fix, fill)
