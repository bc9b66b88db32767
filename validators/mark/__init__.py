"""Marks in a workbook, put into the package itself: nothing of the clerk's is lost.

``apply`` and ``clear`` work on any .xlsx or .xlsm. Only the standard library is used here and
nothing that judges may be imported: ``gouji clear`` must start at once.
"""

from .marks import Mark
from .put import apply, apply_bytes, clear, clear_bytes

__all__ = ["Mark", "apply", "apply_bytes", "clear", "clear_bytes"]
