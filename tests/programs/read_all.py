"""Reads every file of a folder (argument); what is refused is refused."""

import contextlib
import sys
from pathlib import Path

from gouji.templates.errors import InputError
from gouji.validators.reading.readers import read

for path in Path(sys.argv[1]).iterdir():
    with contextlib.suppress(InputError):
        read(path)
