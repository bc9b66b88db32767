"""What an officer sends out: a 退回通知 for each unit with errors, 催报名单, 汇总情况, messages."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ...templates.disk import digest_of, make_folder, many, put, there, unwritable
from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.outside import read_outside
from ...templates.styles import TEXTS_AS_TEXTS
from ...templates.units import Unit
from ...templates.words import printable
from ..office.check import check_bytes
from ..office.flag import flag_bytes
from ..ooxml.limits import Limits
from ..publishing.official_paper import HEI, Paper
from .collection import Collection, State
from .kinds import KINDS
from .rounds import Point, Rounds, keep, points_of, rounds_of
from .standing import OPEN, CitySummary, standing_of

CHASE, REPORT, MESSAGES = "催报名单.xlsx", "汇总情况.docx", "消息文本.txt"
MARKED = "-标注.xlsx"  # after the unit's name
_MARGINS = (2.2, 2.0, 2.4, 2.2)  # cm: a notice is one page
_LARGEST = 100 << 20  # bytes of a file that may be ours
_SMALL_FROM = 9  # findings; from there on the print is smaller


@dataclass(frozen=True)
class Returning:
    """The office that returns files, whom to ask there, and the day by which to send them anew.

    A day that is past is none. Everything may be empty.
    """

    office: str = ""
    contact: str = ""
    phone: str = ""
    by: date | None = None

    @property
    def deadline(self) -> str:
        """``于2026年1月31日前``, or as soon as possible."""
        by = self.by if self.by is not None and self.by >= date.today() else None
        return f"于{_day(by)}前" if by else "尽快"

    def signed(self, state: State) -> list[str]:
        """The lines at the end of a notice; without an office it is the unit's 上级."""
        ask = "，".join(
            f"{word}：{text}"
            for word, text in (("联系人", self.contact), ("电话", self.phone))
            if text
        )
        office = self.office or state.unit.parent
        return [*filter(None, (office, ask)), _day(date.today())]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def marked(found: Collection, state: State) -> bytes | None:
    """The unit's workbook with its cells marked and 校验结果 in it; None where it cannot be."""
    if state.entry is None:
        return None
    path = found.folder / state.entry.path
    try:
        data = read_outside(path, Limits().file_bytes)
        result = check_bytes(data, path.name, found.forms, prior=found.priors)
        return flag_bytes(data, result) if result.verdict is not None else None
    except InputError:
        return None


def write_notices(
    found: Collection,
    edition: Edition,
    folder: Path,
    *,
    due: date | None = None,
    returning: Returning | None = None,
    force: bool = False,
) -> Rounds:
    """Writes everything into ``folder`` and returns what became of the round before.

    Beside each notice lies the unit's workbook, marked, where it can be. A notice of an earlier
    round whose unit has put everything right is taken away, unless somebody changed it. Raises
    ``InputError`` when a foreign file stands in the way and, without ``force``, when somebody
    changed one of ours.
    """
    rounds = rounds_of(found, folder)
    standing = standing_of(found, edition, rounds)
    names = _file_names([s for s in found.states if s.unit.name in rounds.now])
    returning = returning or Returning(by=due)
    files = {}
    for state in found.states:
        if name := names.get(state.unit.line):
            beside = name.removesuffix(".docx") + MARKED
            copy, attached = marked(found, state), ""
            if copy is not None:
                files[beside], attached = copy, beside
            points = points_of(state, found.folder)
            files[name] = notice(state, points, rounds, found.year, returning, attached)
    files[CHASE] = chase(found, due)
    files[REPORT] = report(standing)
    files[MESSAGES] = messages(found, rounds, returning).encode("utf-8-sig")
    make_folder(folder)
    for name in files:
        path = folder / name
        if path.exists() and not force and not _ours(path, rounds.files.get(name)):
            raise there(path)
    keep(rounds, folder, files, rounds.files)  # first, so that a killed run knows its own files
    with many(folder):
        for name, data in files.items():
            put(folder / name, data, of_many=True)
    given = _may_be_named(found)
    for name, digests in rounds.files.items():
        if name not in files and name in given and _ours(folder / name, digests):
            try:
                (folder / name).unlink()
            except OSError as error:
                raise unwritable(folder / name, error) from error
    keep(rounds, folder, files, {})
    return rounds


def _ours(path: Path, digests: Sequence[str] | None) -> bool:
    try:
        return bool(digests) and digest_of(read_outside(path, _LARGEST)) in (digests or ())
    except (FileNotFoundError, InputError):
        return False


def _may_be_named(found: Collection) -> set[str]:
    """Every name that a notice to a unit of the roster may have."""
    units = [s.unit for s in found.states]
    renamed = (Unit(u.name, code) for u in units for code in ("", u.code or str(u.line)))
    names = [u.file_name.removesuffix(".xlsx") for u in renamed]
    return {name + end for name in names for end in (".docx", MARKED)} - {REPORT}


def _file_names(states: list[State]) -> dict[int, str]:
    """The name of each notice by the unit's line: its name, with its code where two agree."""
    plain = {s.unit.line: Unit(s.unit.name).file_name for s in states}
    taken = [name.casefold() for name in plain.values()]
    found = {}
    for state in states:
        name = plain[state.unit.line]
        if taken.count(name.casefold()) > 1:
            name = Unit(state.unit.name, state.unit.code or str(state.unit.line)).file_name
        found[state.unit.line] = name.removesuffix(".xlsx") + ".docx"
    return found


def notice(
    state: State,
    points: Mapping[str, Point],
    rounds: Rounds,
    year: int | None,
    returning: Returning,
    attached: str = "",
) -> bytes:
    """One page for one unit: what it has to put right, where that is and how it is mended.

    ``attached`` is the name of the marked workbook that goes with it.
    """
    unit = printable(state.unit.name)
    many = len(points) >= _SMALL_FROM
    paper = Paper("退回通知", unit, size=12 if many else 14, margins=_MARGINS)
    paper.title("退 回 通 知")
    paper.text(f"{unit}：")
    when = f"{year}年度" if year else ""
    file = f"（{printable(state.files[-1].path)}）" if state.files else ""
    paper.text(
        f"你单位报送的{when}政府信息公开工作年度报告统计表{file}经核对有{len(points)}处错误，"
        f"请改正后{returning.deadline}重新报送。",
        indent=True,
    )
    if attached:
        paper.text(
            f"随附《{printable(attached)}》：错的格已标红，末页“校验结果”是清单。", indent=True
        )
    mended = rounds.mended(state.unit.name)
    if mended:
        paper.text(f"上次退回的问题已改正{len(mended)}处。", indent=True)
    rows = []
    for number, (key, point) in enumerate(points.items(), 1):
        mark = "（新）" if rounds.is_new(state.unit.name, key) else ""
        still = "（仍未改）" if key in rounds.before.get(state.unit.name, {}) else ""
        sentence = printable(point.text) + mark + still
        rows.append((str(number), printable(point.where), sentence))
    size = 9.0 if many else 10.5
    paper.listed(("序号", "位置", "问题和改法"), rows, (1.2, 3.0, paper.width - 4.2), size)
    paper.text("")
    for text in returning.signed(state):
        paper.text(printable(text), align="right")
    return paper.data


def messages(found: Collection, rounds: Rounds, returning: Returning) -> str:
    """Texts to paste into a message, one sentence a unit that has to mend or to send a report."""
    lines = []
    for state in found.states:
        unit = printable(state.unit.name)
        if state.unit.name in rounds.now:
            points = [*points_of(state, found.folder).values()]
            first = printable(points[0].title).replace("。", "，")
            such = "，如" if len(points) > 1 else ""
            lines.append(
                f"{unit}：你单位的年报统计表有{len(points)}处要改正{such}：{first}；"
                f"请按退回通知改好，{returning.deadline}重新报送。"
            )
        elif state.kind in OPEN:
            lines.append(
                f"{unit}：还没有收到你单位填好的年报统计表（{KINDS[state.kind].zh}），"
                f"请{returning.deadline}报送。"
            )
    return "\r\n\r\n".join(lines) + ("\r\n" if lines else "")


def chase(found: Collection, due: date | None) -> bytes:
    """催报名单: who has sent nothing yet, and whom to call."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, TEXTS_AS_TEXTS) as book:
        book.set_properties({"title": "催报名单", "created": datetime(2021, 9, 26)})
        ws = book.add_worksheet("催报名单")
        head = book.add_format({"bold": True, "bg_color": "#E4ECF5", "border": 1})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        heads = [("序号", 6), ("单位", 34), ("联系人", 12), ("电话", 18), ("上级", 24)]
        heads += [("情况", 14), ("截止", 12), ("备注", 24)]
        for column, (text, width) in enumerate(heads):
            ws.set_column(column, column, width)
            ws.write_string(0, column, text, head)
        row = 0
        for state in found.states:
            if state.kind in OPEN:
                row += 1
                unit, until = state.unit, due.isoformat() if due else ""
                ws.write_number(row, 0, row, cell)
                texts = [unit.name, unit.contact, unit.phone, unit.parent]
                texts += [KINDS[state.kind].zh, until, ""]
                for column, text in enumerate(texts, 1):
                    ws.write_string(row, column, printable(text), cell)
        if not row:
            ws.write_string(1, 1, "都交了，没有要催的单位。")
        ws.freeze_panes(1, 2)
        ws.set_paper(9)
        ws.set_landscape()
        ws.fit_to_pages(1, 0)
        ws.repeat_rows(0)
    return buffer.getvalue()


def report(standing: CitySummary) -> bytes:
    """汇总情况: one page for the 分管领导."""
    paper = Paper(standing.title, size=14, margins=_MARGINS)
    paper.title(standing.title)
    for text in standing.paragraphs:
        paper.text(text, indent=True)
    if standing.changes:
        paper.text(f"{standing.intake}与上年相比，变化最大的单位：", font=HEI, indent=True)
        rows = [(c.unit, f"{c.last:g}", f"{c.this:g}", c.text) for c in standing.changes]
        paper.listed(("单位", "上年", "本年", "增减"), rows, (paper.width - 7.5, 2.2, 2.2, 3.1))
    if standing.left_out:
        paper.text(f"另有{standing.left_out}个单位的这个数有错误，没有参加比较。", size=10.5)
    for head, names in standing.outstanding:
        paper.text(f"{head}：{names}。", indent=True)
    return paper.data
