"""The commands of a city or county office: distribute, collect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError
from ...templates.words import NOTHING, Words
from . import options
from .bars import bar
from .options import end, quiet, say, tell
from .speech import command, spoken

if TYPE_CHECKING:
    from ...templates.forms import Forms
    from ...templates.roster import Roster, Unit
    from ..city.collection import Collection, State
    from ..city.notices import Returning
    from ..city.rounds import Rounds

_OPEN_SHOWN = 5


@command()
@click.argument("roster", type=options.PATH)
@click.option("--year", type=options.YEAR, required=True, help="报告年度。")
@click.option("-o", "--output", type=options.FOLDER_OUT, required=True, help="写到哪个文件夹。")
@click.option("--prior", type=options.PATH, help="上年各单位的报告（文件夹），用来预填上年结转。")
@options.forms_options
@options.ledgers_option
@options.lang_option
def distribute(
    roster: Path, year: int, output: Path, prior: Path | None, forms: Forms, ledgers: bool
) -> None:
    r"""按名册给每个单位生成一个工作簿：印有单位、年度，预填上年结转。已有的文件不覆盖。

    名册是 CSV 或 Excel，列名：单位名称、代码、类别、上级（曾用名可有可无）。

    \b
    例：gouji distribute 名册.csv --year 2025 -o 下发/ --prior 2024年报/
    """
    from ...templates.distribute import distribute as make
    from ..report import Prior

    units, priors = _units(roster), None
    if prior is not None:
        from ..office.last_year import Priors

        priors = Priors(prior, forms)
    open_: list[Words] = []

    def last(unit: Unit) -> Mapping[str, float] | None:
        found = priors.of_unit(unit, year) if priors else None
        if isinstance(found, Prior):
            return {k: n for k, n in found.report.numbers.items() if n is not None}
        if found is not None:
            open_.append(Words(f"{unit.name}：", f"{unit.name}: ") + found.why)
        return None

    count = kept = filled = 0
    form = forms.to_make(year)
    last_of = last if priors else None
    made_all = make(units, year, output, last=last_of, edition=form, ledgers=ledgers)
    with bar("生成", "making") as step:
        for each in made_all:
            count += not each.kept
            kept += each.kept
            filled += each.prefilled
            step(count + kept, len(units.units))
    also = Words(f"，其中{filled}个预填了上年结转", f", {filled} of them prefilled")
    if prior is None:
        also = NOTHING
    say(f"{output}：生成{count}个工作簿{also.zh}", f"{output}: {count} workbooks{also.en}")
    if kept:
        say(
            f"已有{kept}个没有覆盖。要重新生成，请先删除或移走。",
            f"{kept} were there already and kept: remove them to make them again.",
        )
    for words in (*open_, *(priors.unreadable if priors else ())):
        tell("  ", words, colour="yellow", err=True)


@command()
@click.argument("folder", type=options.PATH)
@click.option("--roster", type=options.PATH, required=True, help="单位名册。")
@click.option("-o", "--output", type=options.FILE_OUT, required=True, help="汇总工作簿 .xlsx。")
@click.option("--prior", type=options.PATH, help="上年各单位的报告（文件或文件夹）。")
@click.option("--year", type=options.YEAR, help="报告年度；不写则取多数文件的年度。")
@click.option("--due", help="截止日期 2026-01-31；文件晚于这一天保存的算迟报。")
@click.option(
    "--against", type=options.PATH, help="已有的汇总表（如县政府的年报），与各单位之和核对。"
)
@click.option(
    "--notices", type=options.FOLDER_OUT, help="退回通知、催报名单、汇总情况写到哪个文件夹。"
)
@click.option("--return-by", help="退回的单位哪天前重报 2026-02-10；不写则用还没过的 --due。")
@click.option("--office", default="", help="退回通知落款的单位；不写则用名册里的上级。")
@click.option("--contact", default="", help="退回通知上的联系人。")
@click.option("--phone", default="", help="退回通知上的电话。")
@options.jobs_option
@options.cluster_option
@options.forms_options
@options.force_option
@options.lang_option
def collect(
    folder: Path,
    roster: Path,
    output: Path,
    prior: Path | None,
    year: int | None,
    due: str | None,
    against: Path | None,
    notices: Path | None,
    return_by: str | None,
    office: str,
    contact: str,
    phone: str,
    jobs: int,
    cluster: str,
    forms: Forms,
    force: bool,
) -> None:
    r"""收齐各单位的工作簿：对照名册、逐个核对、相加成汇总工作簿。

    中途停下，再运行一次会接着做；只读改动过的文件。
    退出码：0 全部相符；1 有单位没报、有错误或对不上；2 有文件读不了。

    \b
    例：gouji collect 收到的/ --roster 名册.csv -o 汇总.xlsx
        gouji collect 收到的/ --roster 名册.csv -o 汇总.xlsx --prior 2024年报/ --due 2026-01-31
        gouji collect 收到的/ --roster 名册.csv -o 汇总.xlsx --notices 退回/ --office 某某县政府办
    """
    from ..city.book import is_rollup, our_sheets, write_rollup
    from ..city.collection import collect as gather
    from ..city.notices import Returning
    from ..city.officer import records_of
    from ..office.outputs import may_write_result, must_be_xlsx
    from ..office.paths import MEMORY

    must_be_xlsx(output)
    may_write_result(output, is_rollup, force=force)
    until = _ahead(return_by)
    if not folder.is_dir():
        raise InputError(
            f"{folder} 不是文件夹。请写收到的工作簿所在的文件夹。", f"{folder} is no folder"
        )
    units = _units(roster)
    memory = output.with_name(f".{output.stem}{MEMORY}")
    outside = [output, roster, *(p for p in (against, notices) if p is not None)]
    with bar("核对", "checking") as step:
        found = gather(
            folder,
            units,
            prior=prior,
            due=_day(due),
            year=year,
            jobs=jobs,
            cluster=cluster,
            memory=memory,
            progress=step,
            leave_out=outside,
            forms=forms,
            force=force,
            records=records_of(output, our_sheets(forms), force=force),
        )
    rounds = None
    if notices is not None:
        signed = Returning(office, contact, phone, until or _day(due))
        rounds = _noticed(found, notices, due=_day(due), returning=signed, force=force)
    with bar("写汇总", "writing") as step:
        edition = write_rollup(found, output, force=force, rounds=rounds)
        step(1, 1)
    _list(found)
    failed = any(s.kind not in ("clean", "warnings") for s in found.states)
    failed |= against is not None and _compare(found, against)
    say(f"已写入 {output}（{edition.notice}）", f"Wrote {output} ({edition.notice})")
    left = {s.path for s in found.skipped}
    sent = [e for s in found.states for e in s.files if s.entry is None]
    unreadable = any(e.error and e.path not in left for e in (*sent, *found.strangers))
    end(2 if unreadable else int(failed))


def _list(found: Collection) -> None:
    """How many units stand how, then whatever an officer should look at."""
    from ..city.kinds import KINDS, standing_apart, summary
    from ..output.text import left_out

    if not quiet():
        tell(summary(found))
    for state in found.states:
        if state.kind != "clean" or state.late or state.words or state.doubts:
            late = Words("（迟报）", " (late)") if state.late else NOTHING
            if state.late and not state.recorded:
                late = Words("（可能迟报）", " (maybe late)")
            unit = Words(f"  {state.unit.name}：", f"  {state.unit.name}: ")
            tell(unit, KINDS[state.kind], late, _words_of(state))
    for stranger in found.strangers:
        kind, words = standing_apart(stranger)
        known = bool(stranger.error or stranger.unit)
        more = Words(f"（{words.zh}）", f" ({words.en})") if known else NOTHING
        tell(Words(f"  {kind.zh}：", f"  {kind.en}: "), stranger.path, more)
    for line in () if quiet() else left_out(found.skipped, spoken()):
        click.echo(f"  {line}")


def _noticed(
    found: Collection, folder: Path, due: date | None, returning: Returning, force: bool
) -> Rounds | None:
    """Writes the notices and says how many, and what became of those of the round before.

    None are written while a file is unread: its unit may have none to get.
    """
    from ..city.kinds import edition_of
    from ..city.notices import write_notices

    if found.unread:
        count, first = len(found.unread), found.unread[0].path
        zh = f"有{count}个文件没有读到（{first}），退回通知没有写。请处理后再运行一次。"
        en = f"{count} files were not read ({first}), no notices were written: run it again."
        tell(Words(zh, en), err=True)
        return None
    rounds = write_notices(
        found, edition_of(found), folder, due=due, returning=returning, force=force
    )
    say(
        f"已写入 {folder}：退回通知{len(rounds.now)}份，另有催报名单、汇总情况、消息文本",
        f"Wrote {folder}: {len(rounds.now)} notices, the list to chase, the report, the messages",
    )
    if rounds.before:
        mended, same, new = rounds.counts
        say(
            f"  与上一次退回相比：已改正{mended}处，仍未改正{same}处，新出现{new}处",
            f"  since the last round: {mended} mended, {same} still there, {new} new",
        )
    return rounds


def _compare(found: Collection, against: Path) -> bool:
    """R-SUM of an existing roll-up; whether it differs."""
    from ..city.rollup import compare_numbers
    from ..reading.readers import read_as

    wrong, unchecked = compare_numbers(read_as(against, found.forms), found)
    for words in wrong:
        tell("  ", words)
    for item in unchecked[:_OPEN_SHOWN]:
        say(f"  未核对：{item.reason.zh}", f"  unchecked: {item.reason.en}")
    count = len(unchecked)
    open_ = Words(f"，{count}格没有核对", f", {count} unchecked") if unchecked else NOTHING
    outcome = f"有{len(wrong)}格不符" if wrong else ("没有发现不符" if unchecked else "相符")
    say(
        f"{against} 与各单位之和{outcome}{open_.zh}",
        f"{against}: {len(wrong)} fields differ from the units' sums{open_.en}",
    )
    return bool(wrong)


def _words_of(state: State) -> Words:
    """Why its files do not count, its first card, what speaks against the file that counts."""
    more = Words(f"（{state.words.zh}）", f" ({state.words.en})") if state.words else NOTHING
    cards = [c for c in state.entry.cards if c["findings"]] if state.entry else []
    for severity in ("error", "warning"):
        found = [c for c in cards if c["severity"] == severity]
        if found:
            zh = f"，{len(found)}处，如：{found[0]['title']}"
            more += Words(zh, f", {len(found)}, the first: {found[0]['title_en']}")
            break
    doubts = state.doubts
    return more + Words(f"；{doubts.zh}", f"; {doubts.en}") if doubts else more


def _units(path: Path) -> Roster:
    from ..city.roster import roster_of

    roster = roster_of(path)
    for words in roster.remarks:
        tell(f"  {roster.path} ", words, colour="yellow", err=True)
    return roster


def _ahead(text: str | None) -> date | None:
    day = _day(text)
    if day is not None and day < date.today():
        raise InputError(
            f"重报的日期 {day} 已经过了，请写今天以后的一天。",
            f"The day {day} by which to send anew is past: name one that is ahead.",
        )
    return day


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise InputError(
            f"日期“{text}”应写成 2026-01-31 的样子。", f"{text!r} is no date: write 2026-01-31"
        ) from error


COMMANDS = (distribute, collect)
