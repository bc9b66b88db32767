"""Marks the workbook (argument) ten times."""

import sys

from gouji.validators.mark import Mark, apply

for number in range(10):
    apply(sys.argv[1], [Mark("表三", "J9", "error", f"{number}")])
