"""A process that only uses us is left as it is."""

import gc

from gouji.validators.office.garbage import loading

with loading():
    assert gc.isenabled()

assert gc.get_freeze_count() == 0
assert gc.get_threshold()[0] < 50_000
