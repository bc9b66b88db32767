"""Commands over many reports: side by side, and as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError
from ...templates.words import NOTHING, Words
from . import options
from .bars import progress
from .options import end, password, say, tell
from .speech import command, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...templates.forms import Forms
    from ..finding import Result
    from ..office.paths import FoundFiles


@command()
@click.argument("paths", nargs=-1, type=options.NAME)
@options.output_option
@click.option("--wide", is_flag=True, help="一份年报一行，一个字段一列。")
@click.option("--datapackage", is_flag=True, help="旁边再写 datapackage.json，说明 .csv 的各列。")
@click.option("--dictionary", is_flag=True, help="写数据字典：每个字段的表、行、列、单位。")
@options.jobs_option
@options.cluster_option
@options.forms_options
@options.password_option
@options.force_option
@options.lang_option
def data(
    paths: tuple[str, ...],
    output: Path,
    wide: bool,
    datapackage: bool,
    dictionary: bool,
    jobs: int,
    cluster: str,
    forms: Forms,
    password_env: str | None,
    force: bool,
) -> None:
    r"""把年报里的数写成数据：.csv、.xlsx 或 .parquet，每个数都写明来自哪个文件、哪一格。

    文件夹里能读的都读：工作簿和已公布的年报。只覆盖自己写过的数据。
    退出码：0 都读了；2 有文件读不了。

    \b
    例：gouji data 2024年报/ -o 数据.csv
        gouji data 2024年报/ -o 数据.xlsx --wide
        gouji data 2024年报/ -o 数据.csv --datapackage
        gouji data --dictionary -o 字典.csv
    """
    from ...templates.disk import put
    from ..compare.data_file import data_file, dictionary_file, is_data_file
    from ..compare.data_package import may_write_package, write_package
    from ..compare.tidy import tidy_rows, wide_rows
    from ..office.check import check
    from ..office.paths import gather

    replace = force or is_data_file(output)
    if dictionary:
        put(output, dictionary_file(output), new=not replace)
        say(f"已写入 {output}", f"Wrote {output}")
        return
    if not paths:
        raise InputError(
            "请写明年报所在的文件或文件夹。", "Name the files or folders of the reports."
        )
    if datapackage:
        may_write_package(output, force=force)
    found = gather(paths, True, output)
    unread: list[InputError] = []
    with progress(len(found.files)) as step:
        results = check(
            found.files,
            edition=forms.edition,
            rules=forms.rules,
            jobs=jobs,
            cluster=cluster,
            password=password(password_env),
            progress=step,
        )
        rows = (wide_rows if wide else tidy_rows)(_read(results, unread))
        try:
            put(output, data_file(output, rows, wide=wide), new=not replace)
        finally:
            for error in unread:
                tell(error, colour="yellow", err=True)
    if datapackage:
        write_package(output, wide=wide)
    count = len(found.files) - len(unread)
    done = Words(f"{count}份年报", f"{count} reports") + _left(found)
    say(f"已写入 {output}：{done.zh}", f"Wrote {output}: {done.en}")
    end(2 if unread else 0)


def _read(results: Iterable[Result], unread: list[InputError]) -> Iterator[Result]:
    """The results of files that could be read; the errors of the others go to ``unread``.

    Raises ``InputError`` after the last where there was none to read.
    """
    nothing = True
    for result in results:
        if result.error is not None:
            unread.append(result.error)
        else:
            nothing = False
            yield result
    if nothing:
        raise _nothing()


def _nothing() -> InputError:
    return InputError("没有读出一份年报，什么也没有写。", "No report was read: nothing written.")


def _left(found: FoundFiles) -> Words:
    left = len(found.skipped)
    return Words(f"，另有{left}个文件没有读", f", {left} other files not read") if left else NOTHING


@command()
@click.argument("paths", nargs=-1, required=True, type=options.NAME)
@options.output_option
@click.option(
    "--roster", type=options.PATH, help="名册：单位的代码、曾用名，改名前后的年报算一个单位。"
)
@options.jobs_option
@options.cluster_option
@click.option("--strict", is_flag=True, help="有警告、提示也以退出码1结束。")
@options.forms_options
@options.password_option
@options.force_option
@options.lang_option
def compare(
    paths: tuple[str, ...],
    output: Path,
    roster: Path | None,
    jobs: int,
    cluster: str,
    strict: bool,
    forms: Forms,
    password_env: str | None,
    force: bool,
) -> None:
    r"""把多年、多单位的年报放在一起对照：网页（.html）或工作簿（.xlsx）。

    每个单位的各年排成一行，每个数写出比上年增减；各年之间的关系（结转、现行有效）逐对核对，
    对不上的逐条列出。缺一年的、同一年不止一份的指出来，不跨过去对照。
    退出码：0 没有错误；1 有错误；2 有文件读不了。

    \b
    例：gouji compare 历年年报/ -o 对照.html
        gouji compare 历年年报/ -o 对照.xlsx --roster 名册.csv
    """
    from ...templates.disk import put
    from ..city.roster import roster_of
    from ..compare.comparison_page import page, summary
    from ..compare.comparison_workbook import may_write, workbook
    from ..compare.series import compared, taken
    from ..office.check import reports_in
    from ..office.paths import gather

    replace, _ = may_write(output, force=force), forms.candidates  # a wrong pack is said at once
    units = roster_of(roster) if roster is not None else None
    found = gather(paths, True, output)
    with progress(len(found.files)) as step:
        secret = password(password_env)
        read = taken(
            reports_in(found.files, forms.last_year, jobs=jobs, password=secret, cluster=cluster),
            step,
        )
    with progress(len(read[0])) as step:
        comparison = compared(read, units, step)
    for result in comparison.unreadable:
        assert result.error is not None
        tell(result.error, colour="yellow", err=True)
    if not comparison.results:
        raise _nothing()
    is_book, lang = output.suffix.lower() == ".xlsx", spoken()
    data = workbook(comparison, lang) if is_book else page(comparison, output, found.skipped, lang)
    put(output, data, new=not replace)
    for one in comparison.contradictions:
        tell(f"{one.unit}  {one.report.year or '?'}  ", one.words)
    for series in comparison.series:
        for year, words in series.remarks:
            tell(f"{series.unit}  {year or '?'}  ", words)
    done = summary(comparison) + _left(found)
    say(f"已写入 {output}：{done.zh}", f"Wrote {output}: {done.en}")
    end(comparison.exit_code(strict))


COMMANDS = (data, compare)
