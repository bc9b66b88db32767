"""The lowest version that `setup.cfg` allows of everything a user installs, as constraints for pip.

python bench/lowest.py > lowest.txt
"""

from __future__ import annotations

import configparser
import re
from pathlib import Path

_TOOLS = {"mutants", "site", "test"}  # for who works on gouji, not for who uses it
_FLOOR = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?\s*>=\s*([\w.]+)")


def floors() -> dict[str, str]:
    """Name of a distribution → the version that ``>=`` names."""
    config = configparser.ConfigParser()
    config.read(Path(__file__).parent.parent / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    texts = [extras[name] for name in extras if name not in _TOOLS]
    texts.append(config["options"]["install_requires"])
    return dict(sorted(match.groups() for text in texts for match in _FLOOR.finditer(text)))


if __name__ == "__main__":
    for name, floor in floors().items():
        print(f"{name}=={floor}")
