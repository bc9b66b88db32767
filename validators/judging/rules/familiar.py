"""The words in which a unit tells of its whole year: others before a number may name a part."""

from __future__ import annotations

import re

from .narrative_words import WORDS
from .whose import in_order

_FAMILIAR = WORDS.any_of("familiar")
_BODIES = "省市县区州盟旗镇乡局委办厅街道政府"
_BODY = WORDS.expression("body")


def plain(unit: str, clause: str) -> bool:
    """Whether a clause, its number taken out, has only familiar words and the unit's name.

    Of others (涉企, 提前, 对个人) nobody knows whether they name a part: then a number that does
    not fit is no fault.
    """
    rest = _FAMILIAR.sub("", clause)
    return not re.search("[0-9]", rest) and all(
        not run.strip(_BODIES)
        or (len(run) > 1 and in_order(run, unit))
        or (not unit and _BODY.fullmatch(run))
        for run in re.findall("[一-鿿]+", rest)
    )


__all__ = ["plain"]
