"""Every rule of an edition in words: for ``gouji rules`` and the page in docs/."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...templates.edition import Edition
from ...templates.form import Rule

_SEVERITY = {"error": "错误", "warning": "警告", "note": "提示", "none": "不查"}
_CLASSES = {"township": "乡镇、街道", "maker": "有规章制定权的机关"}


def severity_words(rule: Rule) -> str:
    """The severity in Chinese, with the classes of unit it differs for."""
    extra = [f"{_CLASSES.get(c, c)}：{_SEVERITY[s]}" for c, s in rule.severity_by_class]
    return _SEVERITY[rule.severity] + (f"（{'；'.join(extra)}）" if extra else "")


def text(edition: Edition) -> str:
    """For a terminal: one paragraph a rule."""
    parts = [f"{edition.notice}（{edition.id}格式）的核对规则"]
    for rule in edition.rules:
        count = f"，{len(rule.instances)}处" if rule.instances else ""
        parts.append(
            f"{rule.id}  {severity_words(rule)}  依据等级{rule.certainty}{count}\n"
            f"    {rule.words}\n    依据：{rule.basis}"
        )
    return "\n\n".join(parts) + "\n"


def markdown(edition: Edition) -> str:
    """A table a rule, for docs/."""
    return "\n".join(_markdown(edition)) + "\n"


def _markdown(edition: Edition) -> Iterator[str]:
    yield f"## {edition.id} 格式（{edition.notice}）"
    yield ""
    yield "| 规则 | 内容 | 依据 | 等级 | 结果 | 处数 |"
    yield "|---|---|---|---|---|---|"
    for rule in edition.rules:
        count = str(len(rule.instances)) if rule.instances else "—"
        yield (
            f"| `{rule.id}` | {rule.words} | {rule.basis} | {rule.certainty} | "
            f"{severity_words(rule)} | {count} |"
        )


def as_json(edition: Edition) -> str:
    """For programs: every rule with its instances."""
    rules = [
        {
            "id": r.id,
            "severity": r.severity,
            "severity_by_class": dict(r.severity_by_class),
            "certainty": r.certainty,
            "words": r.words,
            "words_en": r.words_en,
            "basis": r.basis,
            "basis_en": r.basis_en,
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
