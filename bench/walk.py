"""The walk of one number: what one wrong cell through ``flag`` enters.

    python bench/walk.py [--list]

Prints how many functions in how many modules of ours are entered from reading the file to writing
the marked one, and how many in each room; ``--list`` names them by module.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gouji.validators.office import check_files, flag_file

from tests.builders import one_wrong_cell

ROOT = Path(__file__).resolve().parents[1]
_ROOMS = tuple(str(ROOT / room) for room in ("addin", "templates", "validators"))


def entered(path: Path) -> set[tuple[str, str]]:
    """Module and name of every function that checking and flagging ``path`` calls."""
    found: set[tuple[str, str]] = set()

    def called(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        ours = code.co_filename.startswith(_ROOMS) and code.co_flags & inspect.CO_OPTIMIZED
        if event == "call" and ours and not code.co_name.startswith("<"):
            found.add((str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname))

    sys.setprofile(called)
    try:
        (result,) = check_files([path])
        flag_file(result)
    finally:
        sys.setprofile(None)
    return found


def main() -> None:
    """Prints the counts."""
    with tempfile.TemporaryDirectory() as name:
        found = sorted(entered(one_wrong_cell(Path(name) / "x.xlsx")))
    modules = Counter(module for module, _ in found)
    print(f"{len(found)} functions in {len(modules)} modules")
    rooms = Counter({str(Path(module).parent): 0 for module in modules})
    rooms.update(str(Path(module).parent) for module, _ in found)
    for room, count in rooms.most_common():
        print(f"{count:5} {room}")
    if "--list" in sys.argv:
        for module in modules:
            print(module, *(name for one, name in found if one == module))


if __name__ == "__main__":
    main()
