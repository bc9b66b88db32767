"""The desk that a test adds judges the open book on standard input."""

import json
import sys

from gouji.addin.slate import validate  # type: ignore[import-not-found]

print(json.dumps(validate(json.load(sys.stdin)), ensure_ascii=False))
