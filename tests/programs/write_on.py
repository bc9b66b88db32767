"""Writes the file (argument) again and again."""

import sys
from pathlib import Path

from gouji.templates.disk import put

print("ready", flush=True)
while True:
    put(Path(sys.argv[1]), b"n" * (1 << 22))
