"""The commands that make documents of a workbook: publish, letters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options
from .options import password, say, tell
from .speech import command

if TYPE_CHECKING:
    from ...templates.forms import Forms


@command()
@click.argument("source", type=options.PATH)
@options.forms_options
@options.prior_option
@options.output_option
@click.option("--with-errors", is_flag=True, help="有错误也生成草稿，首页写明是草稿。")
@options.password_option
@options.force_option
@options.lang_option
def publish(
    source: Path,
    forms: Forms,
    prior: Path | None,
    output: Path,
    with_errors: bool,
    password_env: str | None,
    force: bool,
) -> None:
    r"""把填好的工作簿变成可以发布的年报：Word（.docx）或网页（.html），附图解。

    有错误的工作簿不发布。已有的文件不覆盖，除非加 --force。

    \b
    例：gouji publish 年报.xlsx -o 年报.docx
        gouji publish 年报.xlsx -o 年报.html --prior 往年/   # 图解里逐年对比
    """
    from ..office.publish import publish as run

    result = run(
        source,
        output,
        forms,
        prior=prior,
        with_errors=with_errors,
        force=force,
        password=password(password_env),
    )
    assert result.report is not None
    say(f"已生成 {output}（{result.report.edition.notice}）", f"Wrote {output}")
    if result.verdict is not None:
        for open_ in result.verdict.unchecked[:20]:
            tell(f"  {open_.rule} ", open_.reason, colour="yellow", err=True)


@command()
@click.argument("source", type=options.PATH)
@click.option(
    "-o", "--output", type=options.FOLDER_OUT, required=True, help="答复书写到哪个文件夹。"
)
@click.option("--templates", type=options.PATH, help="本单位改过的文书模板所在的文件夹。")
@click.option(
    "--make-templates", is_flag=True, help="只生成可以用 Word 修改的文书模板，不写答复书。"
)
@options.forms_options
@options.password_option
@options.force_option
@options.lang_option
def letters(
    source: Path,
    output: Path,
    templates: Path | None,
    make_templates: bool,
    forms: Forms,
    password_env: str | None,
    force: bool,
) -> None:
    r"""按申请台账给每一件已有办理结果的申请写一份答复书（Word）。

    依据、理由等要由本单位填写的地方留横线。已有的文件不覆盖，除非加 --force。

    \b
    例：gouji letters 年报.xlsx -o 答复书/
        gouji letters 年报.xlsx -o 模板/ --make-templates   # 先改模板
        gouji letters 年报.xlsx -o 答复书/ --templates 模板/
    """
    from ..office.letters import write_blanks, write_letters

    if make_templates:
        done = write_blanks(source, output, forms, password=password(password_env), force=force)
        say(f"{output}：生成{done.written}个文书模板", f"{output}: {done.written} templates")
    else:
        done = write_letters(
            source, output, forms, templates=templates, password=password(password_env), force=force
        )
        say(f"{output}：写了{done.written}份答复书", f"{output}: {done.written} letters")
    if done.kept:
        say(
            f"已有{done.kept}份没有覆盖。要重新生成，请先移走，或加 --force。",
            f"{done.kept} were there already and kept: move them, or use --force.",
        )
    if done.left:
        shown = "、".join(map(str, done.left[:10])) + ("等" if len(done.left) > 10 else "")
        say(
            f"台账第{shown}行没有写：没有办理结果，或者有填错的格（见 gouji check）。",
            f"Lines {shown} of the ledger were left out: no outcome, or cells that are wrong.",
        )


COMMANDS = (publish, letters)
