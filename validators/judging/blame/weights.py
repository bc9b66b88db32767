"""The weights of ``weights.toml``, read once: data with their reasons."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


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
