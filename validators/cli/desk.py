"""The commands that make and change one unit's workbooks: template, import, fix, fill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.words import Words, plain
from . import options
from .options import end, say, tell, with_each
from .speech import command, spoken

if TYPE_CHECKING:
    from ...templates.forms import Forms
    from ..finding import Event
    from ..office.fix import Repairs


@command()
@click.option("--year", type=options.YEAR, help="报告年度。")
@click.option("--unit", default="", help="单位名称。")
@click.option("--code", default="", help="单位代码。")
@options.forms_options
@options.ledgers_option
@options.output_option
@options.force_option
@options.lang_option
def template(
    year: int | None, unit: str, code: str, forms: Forms, ledgers: bool, output: Path, force: bool
) -> None:
    r"""生成空白的填报工作簿。已有的文件不覆盖，除非加 --force。

    \b
    例：gouji template --year 2025 --unit 某某县人民政府 -o 年报2025.xlsx
    """
    from ...templates.workbook import build
    from ..office.outputs import must_be_xlsx, put_document

    must_be_xlsx(output)
    form = forms.to_make(year)
    data = build(form, year=year, unit=unit, code=code, ledgers=ledgers)
    put_document(output, data, force=force)
    if year is not None and not form.fits_year(year):  # before the first form there was
        zh = f"{year}年度还没有全国统一的格式，用的是{form.id}格式，请核对年度。"
        en = f"There was no national form for {year}, that of {form.id} was used: check the year."
        tell(Words(zh, en), err=True)
    say(f"已生成 {output}（{form.notice}）", f"Wrote {output} ({form.notice})")


@command("import")
@click.argument("source", type=options.PATH)
@options.forms_options
@options.output_option
@options.force_option
@options.lang_option
def import_(source: Path, forms: Forms, output: Path, force: bool) -> None:
    r"""把已公布的年报（{documents}）填进模板工作簿，数字照原文，不重新计算。

    已有的文件不覆盖，除非加 --force。

    \b
    例：gouji import 某县2021年报.txt -o 某县2021.xlsx
    """
    from ..office.import_ import import_report
    from ..office.outputs import must_be_xlsx

    must_be_xlsx(output)
    report = import_report(source, output, forms, force=force)
    found = sum(v.number is not None for v in report.values.values())
    total = len(report.values)
    say(
        f"已写入 {output}：{report.edition.notice}，{total}个格中读到{found}个数字",
        f"Wrote {output}: {report.edition.notice}, {found} of {total} fields read as numbers",
    )
    for remark in report.remarks:
        tell("  ", remark.words, colour="yellow", err=True)


@command()
@click.argument("paths", nargs=-1, required=True, type=options.NAME)
@click.option("--copy-to", type=options.FOLDER_OUT, help="填在副本上，原文件不动。")
@options.forms_options
@options.force_option
@options.lang_option
def fill(paths: tuple[str, ...], copy_to: Path | None, forms: Forms, force: bool) -> None:
    r"""按申请台账填表三、按文件台账填表二：只改这些格的数，其余一字不动。

    \b
    例：gouji fill 年报.xlsx
    """
    from ..office.fill import fill as put
    from ..office.outputs import Copies
    from ..office.paths import expand

    copies = Copies(copy_to, force=force) if copy_to is not None else None

    def work(path: Path) -> Words:
        target, new = copies.place(path) if copies else (path, False)
        count = put(path, target, forms, new=new)
        return Words(f"{target}：按台账填了{count}格", f"{target}: {count} cells filled")

    with_each(expand(paths), work)


@command()
@click.argument("path", type=options.PATH)
@click.option("--yes-certain", is_flag=True, help="不问，只改有把握（确定）的，供脚本用。")
@click.option("--zeros", is_flag=True, help="不问，空着的格都填0。")
@click.option("--undo", "undo_", is_flag=True, help="撤销上一次修改，原样还原。")
@options.forms_options
@options.prior_option
@options.lang_option
def fix(
    path: Path, yes_certain: bool, zeros: bool, undo_: bool, forms: Forms, prior: Path | None
) -> None:
    r"""逐条说出最可能的修改，确认一条改一条；改过的格加批注，随时可撤销。

    y 照改，n 不改、看下一种可能，skip 跳过这一条，q 到此为止；分不清是哪一格的，问台账里的数。
    退出码：0 没有错误了；1 还有错误；2 用法不对或读不了。

    \b
    例：gouji fix 年报.xlsx
        gouji fix 年报.xlsx --yes-certain
        gouji fix 年报.xlsx --zeros
        gouji fix 年报.xlsx --undo
    """
    from ..office.fix import Repairs, undo

    if undo_:
        undo(path)
        say(f"{path}：已还原到修改之前", f"{path}: as it was before the repairs")
        return
    repairs = Repairs(path, forms, prior)
    if zeros:
        filled = repairs.fill_zeros()
        english = f"{path}: 0 written into {filled} cells; --undo undoes"
        say(f"{path}：{filled}格填了0；撤销：加 --undo", english)
    else:
        _one_by_one(repairs, yes_certain=yes_certain)
        count, left = len(repairs.changes), repairs.errors
        undo_too = ("；撤销：加 --undo", "; --undo undoes") if count else ("", "")
        say(
            f"{path}：改了{count}格，还有{left}处错误{undo_too[0]}",
            f"{path}: {count} cells changed, {left} errors left{undo_too[1]}",
        )
    end(1 if repairs.errors else 0)


def _one_by_one(repairs: Repairs, *, yes_certain: bool) -> None:
    """Asks about each repair and carries out what is confirmed; names what cannot be written."""
    done = 0
    if yes_certain:
        repairs.confirm_certain()
    while True:
        for change in repairs.changes[done:]:
            cell, was, now = change.place.cell, plain(change.from_), plain(change.to)
            say(f"已改：{cell}由{was}改为{now}", f"Changed: {cell} from {was} to {now}")
        done, offers = len(repairs.changes), repairs.offers()
        answer = _asked(repairs, offers) if offers else "q"
        if answer == "q":
            break
        if answer == "y":
            repairs.confirm(offers[0])
        elif answer in ("n", "skip"):
            repairs.decline(offers if answer == "skip" else offers[:1])
        else:
            repairs.answer(offers[0], float(answer))
    for event in repairs.result.verdict.repairs if repairs.result.verdict else ():
        if event.rank == 1 and not repairs.writable(event):
            say(f"不能代改：{event.brief.zh}", f"Not for us to change: {event.brief.en}")


def _asked(repairs: Repairs, offers: Sequence[Event]) -> str:
    """What somebody answers to the repairs of a group; without anybody at the desk, q.

    What its card says comes first, where nothing of it was asked yet. Of rivals the one number
    that decides is asked for, and may be given.
    """
    first, card = offers[0], repairs.card(offers[0])
    for line in (card.title, card.sum) if card is not None else ():
        say(line.zh, line.en)
    if first.certainty == "certain" or len(offers) == 1:
        say(f"改法：{first.brief.zh}", f"To do: {first.brief.en}")
        words = Words("改吗？（y 改 / n 不改 / skip 跳过 / q 结束）", "Change it? (y/n/skip/q)")
        answers = r"y|n|skip|q"
    else:
        for event in offers:
            say(f"可能：{event.brief.zh}", f"Perhaps: {event.brief.en}")
        ways = Words("（填台账里的数 / skip 跳过 / q 结束）", " (the number there, skip or q)")
        words = repairs.question(offers) + ways
        answers = r"y|n|skip|q|\d{1,12}(\.\d{1,6})?"

    def read(text: str) -> str:
        if not re.fullmatch(answers, text.strip()):
            raise click.BadParameter(f"{text.strip()[:20]!r} {_NO_ANSWER.text(spoken())}")
        return text.strip()

    try:
        answer: str = click.prompt(words.text(spoken()), value_proc=read)
    except click.Abort:
        return "q"
    return answer


_NO_ANSWER = Words("不行，请照括号里的写。", "is none of these answers.")

COMMANDS = (template, import_, fix, fill)
