"""Every rule of an edition in words: for ``gouji rules`` and the page in docs/."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...templates.edition import Edition
from ...templates.form import Rule
from ..finding import SEVERITY_ZH

_SEVERITY = {s.value: zh for s, zh in SEVERITY_ZH.items()} | {"none": "不查"}
_CLASSES = {"township": "乡镇、街道", "maker": "有规章制定权的机关", "city": "市政府"}


def severity_words(rule: Rule, lang: str = "zh") -> str:
    """The severity, with the classes of unit it differs for."""
    if lang == "en":
        extra = [f"{c}: {s}" for c, s in rule.severity_by_class]
        return rule.severity + (f" ({'; '.join(extra)})" if extra else "")
    extra = [f"{_CLASSES.get(c, c)}：{_SEVERITY[s]}" for c, s in rule.severity_by_class]
    return _SEVERITY[rule.severity] + (f"（{'；'.join(extra)}）" if extra else "")


def text(edition: Edition, lang: str = "zh") -> str:
    """For a terminal: one paragraph a rule."""
    if lang == "en":
        parts = [f"Rules of edition {edition.id} ({edition.notice})"]
        parts += [
            f"{r.id}  {severity_words(r, lang)}  certainty {r.certainty}"
            + (f", {len(r.instances)} places" if r.instances else "")
            + f"\n    {r.words.en}\n    Basis: {r.basis.en}"
            for r in edition.rules
        ]
    else:
        parts = [f"{edition.notice}（{edition.id}格式）的核对规则"]
        parts += [
            f"{r.id}  {severity_words(r)}  依据等级{r.certainty}"
            + (f"，{len(r.instances)}处" if r.instances else "")
            + f"\n    {r.words.zh}\n    依据：{r.basis.zh}"
            for r in edition.rules
        ]
    return "\n\n".join(parts) + "\n"


def markdown(edition: Edition, lang: str = "zh") -> str:
    """One table with a line a rule, for docs/."""
    return "\n".join(_markdown(edition, lang)) + "\n"


def _markdown(edition: Edition, lang: str) -> Iterator[str]:
    english = lang == "en"
    yield f"## {edition.notice}（{edition.id}）"
    yield ""
    if english:
        yield "| rule | relation | basis | certainty | severity | places |"
    else:
        yield "| 规则 | 内容 | 依据 | 等级 | 结果 | 处数 |"
    yield "|---|---|---|---|---|---|"
    for rule in edition.rules:
        count = str(len(rule.instances)) if rule.instances else "—"
        words = rule.words.text(lang)
        basis = rule.basis.text(lang)
        severity = severity_words(rule, lang)
        yield f"| `{rule.id}` | {words} | {basis} | {rule.certainty} | {severity} | {count} |"


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
