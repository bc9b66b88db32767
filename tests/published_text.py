"""A report's values as published text, in the layouts that offices use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gouji.templates.edition import Edition
from gouji.templates.form import Axis, Block, Table

Values = Mapping[str, float]


def shown(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _rows(table: Table, block: Block) -> list[tuple[Axis, list[str]]]:
    return [
        (row, [".".join(p for p in (table.id, row.key, c.key) if p) for c in block.columns])
        for row in block.rows
    ]


def _heads(block: Block) -> list[str]:
    seen: list[str] = []
    for depth in range(3):
        for column in block.columns:
            if depth < len(column.path) - 1 and column.path[depth] not in seen:
                seen.append(column.path[depth])
    return seen + [c.label for c in block.columns]


def _table(table: Table, values: Values, line: Callable[[list[str]], list[str]]) -> list[str]:
    out = [table.title]
    for block in table.blocks:
        if block.caption:
            out += line([block.caption])
        out += line([block.corner or "", *_heads(block)] if block.corner else _heads(block))
        last: tuple[str, ...] = ()
        for row, keys in _rows(table, block):
            labels = [p for i, p in enumerate(row.path) if last[i : i + 1] != (p,) and p]
            last = row.path
            out += line([*labels, *(shown(values[k]) for k in keys)])
    return out


LAYOUTS: dict[str, Callable[[list[str]], list[str]]] = {
    "one cell a line": lambda cells: list(cells),
    "one cell a line, trailing bar": lambda cells: [f"{c} |" for c in cells],
    "bars on lines of their own": lambda cells: [x for c in cells for x in (c, "|")],
    "blank lines between": lambda cells: [x for c in cells for x in (c, "")],
    "pipe table": lambda cells: ["| " + " | ".join(cells) + " |"],
    "pipe table without outer bars": lambda cells: [" | ".join(cells)],
    "merged cells left empty": lambda cells: ["| " + " | ".join(cells) + " | || |"],
    "tabs": lambda cells: ["\t".join(cells)],
    "half-width brackets": lambda cells: [
        c.replace("（", "(").replace("）", ")").replace("、", ",") + " |" for c in cells
    ],
    "full-width digits": lambda cells: [
        "".join(chr(ord(x) + 0xFEE0) if x.isdigit() and x.isascii() else x for x in c)
        for c in cells
    ],
}


def published(edition: Edition, values: Values, layout: str, unit: str, year: int) -> str:
    """A whole report: title, six sections, three tables in ``layout``."""
    out = [f"{unit}{year}年政府信息公开工作年度报告", ""]
    tables = {t.id: t for t in edition.tables}
    for section in edition.sections:
        if section.table:
            out += _table(tables[section.table], values, LAYOUTS[layout])
        else:
            out += [section.title, "本节文字由测试写成，没有数字。"]
    return "\n".join(out) + "\n"
