"""Whichever of two names is imported first (argument), faces and modules give the same."""

import sys

if sys.argv[1] == "check":
    from gouji.validators.office.check import check
from gouji.validators.mark import plan
from gouji.validators.office import check_files, flag_file
from gouji.validators.office.check import check

assert check_files is check
assert callable(flag_file)
assert callable(plan)
