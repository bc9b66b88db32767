"""Commands over many reports: their numbers as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError
from .options import (
    PATH,
    command,
    force_option,
    forms_options,
    lang_option,
    output_option,
    password,
    password_option,
    progress,
    say,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...templates.forms import Forms
    from ..finding import Result


@command()
@click.argument("paths", nargs=-1, type=PATH)
@output_option
@click.option("--wide", is_flag=True, help="一份年报一行，一个字段一列.")
@click.option("--dictionary", is_flag=True, help="写数据字典：每个字段的表、行、列、单位.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="读取进程数.")
@forms_options
@password_option
@force_option
@lang_option
@click.pass_context
def data(
    ctx: click.Context,
    paths: tuple[Path, ...],
    output: Path,
    wide: bool,
    dictionary: bool,
    jobs: int,
    forms: Forms,
    password_env: str | None,
    force: bool,
    lang: str,
) -> None:
    r"""把年报里的数写成数据：.csv、.xlsx 或 .parquet，每个数都写明来自哪个文件、哪一格。

    文件夹里能读的都读：工作簿和已公布的年报。只覆盖自己写过的数据。
    退出码：0 都读了；2 有文件读不了。

    \b
    例：gouji data 2024年报/ -o 数据.csv
        gouji data 2024年报/ -o 数据.xlsx --wide
        gouji data --dictionary -o 字典.csv
    """
    from ...templates.disk import put
    from ..compare.data_file import data_file, dictionary_file, is_data_file
    from ..compare.tidy import files_of, tidy_rows, wide_rows
    from ..office.check import check

    replace = force or is_data_file(output)
    if dictionary:
        put(output, dictionary_file(output), new=not replace)
        say(lang, f"已写入 {output}", f"Wrote {output}")
        return
    if not paths:
        raise InputError(
            "请写明年报所在的文件或文件夹。", "Name the files or folders of the reports."
        )
    files, skipped = files_of(paths)
    unread: list[InputError] = []
    with progress(len(files)) as step:
        results = check(
            files,
            edition=forms.edition,
            rules=forms.rules,
            jobs=jobs,
            password=password(password_env),
            progress=step,
        )
        rows = (wide_rows if wide else tidy_rows)(_read(results, unread))
        put(output, data_file(output, rows, wide=wide), new=not replace)
    for error in unread:
        tell(error.text(lang), colour="yellow", err=True)
    count = len(files) - len(unread)
    left = len(skipped)
    say(
        lang,
        f"已写入 {output}：{count}份年报" + (f"，另有{left}个文件没有读" if left else ""),
        f"Wrote {output}: {count} reports" + (f", {left} other files not read" if left else ""),
    )
    ctx.exit(2 if unread else 0)


def _read(results: Iterable[Result], unread: list[InputError]) -> Iterator[Result]:
    """The results of files that could be read; the errors of the others go to ``unread``."""
    for result in results:
        if result.error is not None:
            unread.append(result.error)
        else:
            yield result


COMMANDS = (data,)
