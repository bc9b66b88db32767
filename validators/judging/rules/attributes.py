"""Whether a count of 正文 is of documents by their attribute, and not of applications.

公文 are 主动公开, 依申请公开 or 不予公开 from the day they are made, and so are a report's outcomes
called: what the sentence is about says which.
"""

from __future__ import annotations

import re

_UNIT = "[件条份篇个]"
_MADE = re.compile(
    r"(?:制发|制作|制定|印发|拟制|起草|生成|形成|产生|发布|发出|审查|审核|保存)[^,。;0-9]{0,10}"
    rf"(?:公文|文件|信息|文书|发文)[^,。;0-9]{{0,8}}[0-9,]+余?{_UNIT}"
    rf"|(?:公文|发文|文件)[^,。;0-9申]{{0,8}}[0-9,]+{_UNIT}|(?:公开|公文)属性|属性(?:为|是|认定)"
)
# 主动公开12件、依申请公开3件 before it: the third of the list is an attribute like the two.
_WHAT = "(?:的|类|政府信息|信息|公文|文件|为|有|共)*"
_LISTED = re.compile(
    rf"主动公开{_WHAT}[0-9,]+{_UNIT}[,、和及](?:依申请公开{_WHAT}[0-9,]+{_UNIT}[,、和及]?)?\Z"
)
_ASKED = re.compile(r"(?<!依)申请|依申请公开(?:政府信息)?(?:的)?申请|受理|收到|答复|办结|结转")
_GOES_ON = re.compile(r"(?:其中|按|分别|公开属性|属性)")


def of_documents(sentence: str, match: re.Match[str], before: str) -> bool:
    """Whether a count of a sentence is of documents; ``before`` is what leads to the sentence."""
    led = sentence[: match.end()]
    if _GOES_ON.match(sentence):
        led = before.rstrip("。").rpartition("。")[2] + led
    issued = max((m.end() for m in _MADE.finditer(led)), default=-1)
    asked = max((m.end() for m in _ASKED.finditer(led)), default=-1)
    return issued > asked or (asked < 0 and bool(_LISTED.search(sentence[: match.start()])))
