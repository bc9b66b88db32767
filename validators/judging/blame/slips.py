"""How likely a hand leaves one number for another: the weights of ``weights.toml`` at work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ....templates.words import plain


@dataclass(frozen=True)
class Weights:
    """``slip`` are the kinds of error as shares of their sum; the rest is as in the file."""

    slip: Mapping[str, float]
    near_key: float
    factor: Mapping[str, float]
    source: Mapping[str, float]
    keypad: Mapping[str, str]
    search: Mapping[str, Any]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that the package carries."""
    content = (files(__package__) / "weights.toml").read_text("utf-8")
    data = tomllib.loads(content)
    slips = dict(data["slips"])
    near = slips.pop("near_key")
    whole = sum(slips.values())
    return Weights(
        {kind: weight / whole for kind, weight in slips.items()},
        near,
        factor=data["factors"],
        source=data["sources"],
        keypad=data["keypad"],
        search=data["search"],
    )


@lru_cache(maxsize=65536)
def slip(true: float, typed: float) -> float:
    """The share of errors in ``true`` that leave ``typed`` in its cell."""
    return sum(slips(true, typed).values())


def slips(true: float, typed: float) -> dict[str, float]:
    """The same by kind of error: kinds that cannot be are left out."""
    known = weights()
    share = known.slip
    found: dict[str, float] = {}
    if true == 0:
        low = share["mistyped"] * 0.5 / 9 if 0 < typed < 10 else 0.0
        scale = known.factor["zero"]
        return {"other": scale * (low + share["other"] * far(true, typed))}
    if typed == 0:
        found["omitted"] = share["omitted"]
    elif typed == -true:
        found["negative"] = share["negative"]
    elif typed > 0 and true > 0:
        found |= _of_digits(str(plain(true)), str(plain(typed)))
    if typed >= 0:
        found["other"] = share["other"] * far(true, typed)
    return {kind: p for kind, p in found.items() if p}


def _of_digits(true: str, typed: str) -> dict[str, float]:
    known = weights()
    share, found = known.slip, {}
    if len(true) == len(typed):
        apart = [n for n, pair in enumerate(zip(true, typed, strict=True)) if pair[0] != pair[1]]
        if len(apart) == 1:
            was, now = true[apart[0]], typed[apart[0]]
            near = known.keypad.get(was, "")
            p = known.near_key / len(near) if now in near else 0.0
            p += (1 - known.near_key) / 9
            found["mistyped"] = share["mistyped"] * p / len(true)
        elif (
            len(apart) == 2
            and apart[1] == apart[0] + 1
            and (true[apart[0]] + true[apart[1]] == typed[apart[1]] + typed[apart[0]])
        ):
            found["swapped"] = share["swapped"] / (len(true) - 1)
    elif len(typed) < len(true):  # zeros that then stand in front no cell shows
        left = ((true[:n] + true[n + 1 :]).lstrip("0") or "0" for n in range(len(true)))
        ways = sum(text == typed for text in left)
        found["dropped"] = share["dropped"] * ways / len(true)
        if true == typed + "0":
            found["tenfold"] = share["tenfold"] / 2
    elif len(typed) == len(true) + 1:
        ways = sum(true[:n] + true[n] + true[n:] == typed for n in range(len(true)))
        found["doubled"] = share["doubled"] * ways / len(true)
        if typed == true + "0":
            found["tenfold"] = share["tenfold"] / (2 if true.endswith("0") else 1)
    return found


def far(true: float, typed: float) -> float:
    """The density of any other number: the farther from a number of that size, the rarer."""
    size = max(2.0, abs(true))
    return 0.5 / size / (1 + (abs(typed - true) / size) ** 2)


@lru_cache(maxsize=65536)
def total_slip(off: float) -> float:
    """The share of errors that leave a total ``off`` by 1, 2 or 10."""
    return weights().slip["total"] * 0.5 / 6 if off in (1.0, 2.0, 10.0) else 0.0
