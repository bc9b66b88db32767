"""What is said of a published table: rows refused, read by their sums, printed otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from ....templates.form import Axis, Table
from ....templates.words import Words, listed
from .tokens import Token, texts_of


def refused(table: Table, axis: Axis, cells: Sequence[Token], due: int) -> Words:
    """A row that was not used: which number is of which column cannot be told.

    ``cells`` stand after the label of ``axis``, ``due`` is the count of the row's columns.
    """
    shown = texts_of(cells)
    found = f"有{len(cells)}个数（{shown.zh}）" if cells else "没有数"
    lacking = Words(f"，应有{due}个", f", not {due}")
    if len(cells) == due:  # torn, or under heads in another order
        lacking = Words("", " whose columns cannot be told")
    return Words(
        f"{table.sheet}“{axis.label}”后面{found}{lacking.zh}，认不准各是哪一列的，未采用。"
        "请对照原文补填。",
        f"{table.sheet} {axis.label!r} has {len(cells)} values ({shown.en}){lacking.en}; they were "
        "not used: fill them in from the source.",
    )


def as_one(table: Table, group: Axis, rows: int, cells: Sequence[Token]) -> Words:
    """One row is printed under the name of a ``group`` where the form has several.

    ``rows`` is how many the form has, ``cells`` what is printed.
    """
    shown = texts_of(cells)
    return Words(
        f"{table.sheet}“{group.label}”印成了一行（{shown.zh}），格式上分{rows}项，分不到各项，"
        "未采用。请按本年度的格式分项填写。",
        f"{table.sheet} {group.label!r} is one row ({shown.en}); the form has {rows}, and no "
        "number can be told of each: fill in each.",
    )


def foreign(table: Table, rows: Sequence[Axis], other: str) -> Words:
    """Rows that stand under another edition's heads."""
    names = listed(f"“{row.label}”" for row in rows[:4])
    return Words(
        f"{table.sheet}{names.zh}用的是{other}年格式的表头，与其余部分的格式不同，这几行的数没有采用。"
        "请改用本年度格式的表。",
        f"{table.sheet}: {names.en} stand under the heads of edition {other}, unlike the rest; "
        "their numbers were not used.",
    )


def by_its_sum(table: Table, axis: Axis) -> Words:
    """The empty cells of a row do not show; the reading whose sum is right was taken."""
    return Words(
        f"{table.sheet}“{axis.label}”的空格在原文里看不出来，已按合计相符的读法读取。请与原文核对。",
        f"{table.sheet} {axis.label!r}: its empty cells do not show; it was read so that the sum "
        "is right. Compare with the source.",
    )


def otherwise(printed: str, label: str) -> Words:
    """A label is printed in other words than the form's."""
    return Words(
        f"标签写作“{printed}”，格式上是“{label}”，已按此读取。请按格式的写法改正。",
        f"The label reads {printed!r}, the form says {label!r}; it was read so.",
    )


def placed(table: Table) -> Words:
    """The numbers of a table without readable heads were placed by order and sums."""
    return Words(
        f"{table.sheet}的表头认不出来，数是按格式的次序和各组的合计定的。请与原文核对。",
        f"{table.sheet} has no heads that could be read; its numbers were placed by order and "
        "sums: compare with the source.",
    )


def in_ten_thousands(printed: str, unit: str, number: float) -> Words:
    """An amount is printed in another unit than the form's."""
    return Words(
        f"收费金额的单位印作{unit}元，格式上是万元：“{printed}”已按{number:.15g}万元读取。"
        "请按格式的单位改正。",
        f"The amount is printed in another unit than the form's, 10,000 yuan: {printed!r} was "
        f"read as {number:.15g}.",
    )


def several_units(table: Table, printed: str) -> Words:
    """The units that are named for an amount contradict each other."""
    return Words(
        f"{table.sheet}的金额“{printed}”有两种单位，分不清是元还是万元，未采用。请对照原文补填。",
        f"{table.sheet}: two units are named for the amount {printed!r}; it was not used.",
    )
