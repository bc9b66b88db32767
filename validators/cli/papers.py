"""The commands that make documents of a workbook: publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    PATH,
    command,
    force_option,
    forms_options,
    lang_option,
    output_option,
    password,
    prior_option,
    say,
    tell,
)

if TYPE_CHECKING:
    from ...templates.forms import Forms


@command()
@click.argument("source", type=PATH)
@forms_options
@prior_option
@output_option
@click.option("--with-errors", is_flag=True, help="有错误也生成草稿，首页写明是草稿.")
@click.option("--password-env", metavar="VAR", help="打开密码所在的环境变量的名字.")
@force_option
@lang_option
def publish(
    source: Path, forms: Forms, prior: Path | None, output: Path, with_errors: bool,
    password_env: str | None, force: bool, lang: str,
) -> None:  # fmt: skip
    r"""把填好的工作簿变成可以发布的年报：Word（.docx）或网页（.html），附图解。

    有错误的工作簿不发布。已有的文件不覆盖，除非加 --force。

    \b
    例：gouji publish 年报.xlsx -o 年报.docx
        gouji publish 年报.xlsx -o 年报.html --prior 上年年报.xlsx   # 图解里与上年对比
    """
    from ..office.publish import publish as run

    result = run(
        source, output, forms, prior=prior, with_errors=with_errors, force=force,
        password=password(password_env),
    )  # fmt: skip
    assert result.report is not None
    say(lang, f"已生成 {output}（{result.report.edition.notice}）", f"Wrote {output}")
    if result.verdict is not None:
        for open_ in result.verdict.unchecked[:20]:
            told = open_.reason_en if lang == "en" else open_.reason
            tell(f"  {open_.rule} {told}", colour="yellow", err=True)


COMMANDS = (publish,)
