"""The commands of a city or county office: distribute, collect, fill."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...templates.errors import InputError

if TYPE_CHECKING:
    from ...templates.roster import Unit
    from ..city.collection import Collection, State

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("roster", type=_PATH)
@click.option("--year", type=int, required=True, help="报告年度.")
@click.option("-o", "--output", type=_PATH, required=True, help="写到哪个文件夹.")
@click.option("--prior", type=_PATH, help="上年各单位的报告（文件夹），用来预填上年结转.")
@click.option("--ledgers", is_flag=True, help="加上申请台账、文件台账两张表.")
def distribute(roster: Path, year: int, output: Path, prior: Path | None, ledgers: bool) -> None:
    r"""按名册给每个单位生成一个工作簿：印有单位、年度，预填上年结转。已有的文件不覆盖。

    名册是 CSV 或 Excel，列名：单位名称、代码、类别、上级（曾用名可有可无）。

    \b
    例：gouji distribute 名册.csv --year 2025 -o 下发/ --prior 2024年报/
    """
    from ...templates.distribute import distribute as make
    from ...templates.roster import read_roster

    units = read_roster(roster)
    priors = None
    if prior is not None:
        from ..office.last_year import Priors

        priors = Priors(prior)

    def last(unit: Unit) -> Mapping[str, float] | None:
        report = priors.of_unit(unit, year) if priors else None
        if report is None:
            return None
        return {k: n for k in report.values if (n := report.number(k)) is not None}

    made = kept = filled = 0
    with _bar("生成") as told:
        for each in make(units, year, output, last=last if priors else None, ledgers=ledgers):
            made += not each.kept
            kept += each.kept
            filled += each.prefilled
            told(made + kept, len(units.units))
    click.echo(
        f"{output}：生成{made}个工作簿" + (f"，其中{filled}个预填了上年结转" if prior else "")
    )
    if kept:
        click.echo(f"已有{kept}个没有覆盖。要重新生成，请先删除或移走。")
    for error in priors.unreadable if priors else ():
        click.secho(f"  {error.zh}", fg="yellow", err=True)


@click.command()
@click.argument("folder", type=_PATH)
@click.option("--roster", type=_PATH, required=True, help="单位名册.")
@click.option("-o", "--output", type=_PATH, required=True, help="汇总工作簿 .xlsx.")
@click.option("--prior", type=_PATH, help="上年各单位的报告（文件或文件夹）.")
@click.option("--year", type=int, help="报告年度；不写则取多数文件的年度.")
@click.option("--due", help="截止日期 2026-01-31；文件晚于这一天保存的算迟报.")
@click.option("--against", type=_PATH, help="已有的汇总表（如县政府的年报），与各单位之和核对.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="读取进程数.")
@click.option("--cluster", default="", help="Dask 调度器地址，如 tcp://10.0.0.9:8786.")
@click.pass_context
def collect(
    ctx: click.Context, folder: Path, roster: Path, output: Path, prior: Path | None,
    year: int | None, due: str | None, against: Path | None, jobs: int, cluster: str,
) -> None:  # fmt: skip
    r"""收齐各单位的工作簿：对照名册、逐个核对、相加成汇总工作簿。

    中途停下，再运行一次会接着做；只读改动过的文件。
    退出码：0 全部相符；1 有单位没报、有错误或对不上；2 有文件读不了。

    \b
    例：gouji collect 收到的/ --roster 名册.csv -o 汇总.xlsx
        gouji collect 收到的/ --roster 名册.csv -o 汇总.xlsx --prior 2024年报/ --due 2026-01-31
    """
    from ...templates.roster import read_roster
    from ..city.book import KINDS, summary, write_rollup
    from ..city.collection import collect as gather
    from ..office.paths import must_be_xlsx

    must_be_xlsx(output)
    if not folder.is_dir():
        raise InputError(
            f"{folder} 不是文件夹。请写收到的工作簿所在的文件夹。", f"{folder} is no folder"
        )
    units = read_roster(roster)
    memory = output.with_name(f".{output.stem}.gouji-memory.jsonl")
    outside = [output, against] if against else [output]
    with _bar("核对") as told:
        found = gather(
            folder, units, prior=prior, due=_day(due), year=year, jobs=jobs, cluster=cluster,
            memory=memory, progress=told, leave_out=outside,
        )  # fmt: skip
    edition = write_rollup(found, output)
    click.echo(summary(found))
    for state in found.states:
        if state.kind != "clean" or state.late:
            late = "（迟报）" if state.late else ""
            click.echo(f"  {state.unit.name}：{KINDS[state.kind]}{late}{_told(state)}")
    for stranger in found.strangers:
        click.echo(f"  名册上没有：{stranger.path}")
    wrong = [s for s in found.states if s.kind not in ("clean", "warnings")]
    failed = bool(wrong)
    if against is not None:
        failed = _compare(found, against) or failed
    click.echo(f"已写入 {output}（{edition.notice}）")
    unreadable = any(s.kind == "unreadable" for s in found.states)
    unreadable = unreadable or any(s.error for s in found.strangers)
    ctx.exit(2 if unreadable else int(failed))


def _compare(found: Collection, against: Path) -> bool:
    """R-SUM of an existing roll-up; whether it differs."""
    from ..city.rollup import compare_numbers
    from ..reading.workbook import read

    findings = compare_numbers(read(against), found)
    for finding in findings:
        click.echo(f"  R-SUM {finding.message}")
    click.echo(f"{against} 与各单位之和" + (f"有{len(findings)}格不符" if findings else "相符"))
    return bool(findings)


def _told(state: State) -> str:
    if state.words:
        return f"（{state.words}）"
    if state.entry is None:
        return ""
    for severity in ("error", "warning"):
        told = [f["message"] for f in state.entry.findings if f["severity"] == severity]
        if told:
            return f"，{len(told)}处，如：{told[0]}"
    return ""


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--copy-to", type=_PATH, help="填在副本上，原文件不动.")
def fill(paths: tuple[str, ...], copy_to: Path | None) -> None:
    r"""按申请台账填表三、按文件台账填表二：只改这些格的数，其余一字不动。

    \b
    例：gouji fill 年报.xlsx
    """
    from ..office.fill import fill as put
    from ..office.paths import expand

    for path in expand(paths):
        target = path
        if copy_to is not None:
            copy_to.mkdir(parents=True, exist_ok=True)
            target = copy_to / path.name
        count = put(path, target)
        click.echo(f"{target}：按台账填了{count}格")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise InputError(
            f"截止日期“{text}”应写成 2026-01-31 的样子。", f"{text!r} is no date: write 2026-01-31"
        ) from error


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Told what is done and how much there is: a bar with the remaining time, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr, show_pos=True) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield told
