"""Every rule of an edition in words: for ``gouji rules`` and the page in docs/."""

from __future__ import annotations

import json

from ...templates.edition import Edition
from ...templates.form import Rule
from ...templates.words import NOTHING, Words
from ..finding import SEVERITY_ZH

_SEVERITY = {s.value: zh for s, zh in SEVERITY_ZH.items()} | {"none": "不查"}
_CLASSES = {"township": "乡镇、街道", "maker": "有规章制定权的机关", "city": "市政府"}


def severity_words(rule: Rule, lang: str = "zh") -> str:
    """The severity, with the classes of unit it differs for."""
    if lang == "en":
        more = "; ".join(f"{c}: {s}" for c, s in rule.severity_by_class)
        return rule.severity + (f" ({more})" if more else "")
    more = "；".join(f"{_CLASSES.get(c, c)}：{_SEVERITY[s]}" for c, s in rule.severity_by_class)
    return _SEVERITY[rule.severity] + (f"（{more}）" if more else "")


def text(edition: Edition, lang: str = "zh") -> str:
    """For a terminal: one paragraph a rule."""
    zh, en = (
        f"{edition.notice}（{edition.id}格式）的核对规则",
        f"edition {edition.id} ({edition.notice})",
    )
    parts = [Words(zh, f"Rules of {en}").text(lang)]
    certainty, basis = Words("依据等级", "certainty "), Words("依据：", "Basis: ")
    for rule in edition.rules:
        count = len(rule.instances)
        places = Words(f"，{count}处", f", {count} places") if count else NOTHING
        head = f"{rule.id}  {severity_words(rule, lang)}  {certainty.text(lang)}{rule.certainty}"
        below = (rule.words.text(lang), f"{basis.text(lang)}{rule.basis.text(lang)}")
        parts.append("\n    ".join((head + places.text(lang), *below)))
    return "\n\n".join(parts) + "\n"


def markdown(edition: Edition, lang: str = "zh") -> str:
    """One table with a line a rule, for docs/."""
    heads = Words(
        "| 规则 | 内容 | 依据 | 等级 | 结果 | 处数 |",
        "| rule | relation | basis | certainty | severity | places |",
    )
    lines = [
        f"## {edition.notice}（{edition.id}）",
        "",
        heads.text(lang),
        "|---|---|---|---|---|---|",
    ]
    for rule in edition.rules:
        count, severity = len(rule.instances) or "—", severity_words(rule, lang)
        words, basis = rule.words.text(lang), rule.basis.text(lang)
        lines.append(
            f"| `{rule.id}` | {words} | {basis} | {rule.certainty} | {severity} | {count} |"
        )
    return "\n".join(lines) + "\n"


def as_json(edition: Edition, lang: str = "zh") -> str:
    """For programs: every rule with its instances, in both languages whatever ``lang``."""
    rules = [
        {
            "id": r.id,
            "severity": r.severity,
            "severity_by_class": dict(r.severity_by_class),
            "certainty": r.certainty,
            "words": r.words.zh,
            "words_en": r.words.en,
            "basis": r.basis.zh,
            "basis_en": r.basis.en,
            "relation": r.relation or None,
            "instances": [
                {"key": i.key, "left": i.left, "right": i.right, "target": i.target}
                for i in r.instances
            ],
        }
        for r in edition.rules
    ]
    document = {"edition": edition.id, "notice": edition.notice, "rules": rules}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
