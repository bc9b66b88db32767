"""Many units' reports: collected, remembered, added up, written as the roll-up workbook."""

from typing import TYPE_CHECKING

from ..lazy import face

if TYPE_CHECKING:
    from ..judging.rules.rollup import Part
    from .collection import Collection, collect
    from .rollup import compare

__all__ = ["Collection", "Part", "collect", "compare"]

__getattr__ = face(
    __name__,
    {"Collection": "collection", "Part": "rollup", "collect": "collection", "compare": "rollup"},
)
