"""Writes the pages of docs/ that are generated from the editions: python docs/build.py."""

from __future__ import annotations

from pathlib import Path

from gouji.templates.edition import Edition, edition_ids, load
from gouji.validators.output.rules import markdown

DOCS = Path(__file__).resolve().parent


def rules_page() -> str:
    """docs/rules.md: what `gouji rules --format md` prints, for every edition."""
    head = (
        "# 核对的规则\n\n[English](rules.en.md)\n\n"
        "本页由 `docs/build.py` 生成，与 `gouji rules` 的内容相同。"
        "“等级”：A 正式文件或表样原文，B 地方或二手资料、已公布数据，C 惯例。"
        "“错误”必须改正，“警告”核实后改正或说明，“提示”供参考。\n\n"
    )
    return head + "\n".join(markdown(load(e)) for e in reversed(edition_ids()))


def english_rules_page() -> str:
    """docs/rules.en.md: the same in English."""
    head = (
        "# The rules\n\n[中文](rules.md)\n\n"
        "Made by `docs/build.py`, the same as `gouji rules --lang en` prints. Certainty: A "
        "official text or the form's own words, B local or secondary texts, published data, "
        "C practice. An error must be mended, a warning mended or explained, a note is to be "
        "known.\n\n"
    )
    return head + "\n".join(markdown(load(e), "en") for e in reversed(edition_ids()))


def coverage_page() -> str:
    """docs/coverage.md: in how many rules each field stands, and what no rule can see."""
    parts = [
        "# 每个格有几条规则管\n\n本页由 `docs/build.py` 从格式文件生成。"
        "单独改错一个格，有几条规则会发现；"
        "没有勾稽关系管的格，只能靠台账、上年数和正文核对。\n"
    ]
    parts += [_coverage(load(e)) for e in reversed(edition_ids())]
    return "\n".join(parts)


def _coverage(edition: Edition) -> str:
    lines = [
        f"## {edition.id} 格式\n",
        "| 表 | 格数 | 有勾稽关系管 | 只有一条管 | 没有管的 |",
        "|---|---|---|---|---|",
    ]
    blind: list[str] = []
    for table in edition.tables:
        keys = [k for k, f in edition.fields.items() if f.table == table.id]
        counts = {k: sum(k in i.fields for i in edition.footings) for k in keys}
        none = [k for k in keys if not counts[k]]
        one = sum(c == 1 for c in counts.values())
        blind += [edition.fields[k].label for k in none]
        lines.append(
            f"| {table.sheet} | {len(keys)} | {len(keys) - len(none)} | {one} | {len(none)} |"
        )
    lines.append(f"\n没有勾稽关系管的格：{'；'.join(blind)}。\n")
    return "\n".join(lines)


PAGES = {"rules.md": rules_page, "rules.en.md": english_rules_page, "coverage.md": coverage_page}


def main() -> None:
    """Writes every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
