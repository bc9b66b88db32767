"""A script that guards nothing: reads the workbooks that it is given, then in two processes."""

import sys

from gouji.validators import check, read

print(read(sys.argv[1]).unit)
print([result.status for result in check(sys.argv[2:] * 200, jobs=2)].count("findings"))
