"""A process of ours looks for garbage seldom, and never at what was loaded."""

import gc

from gouji.validators.office.garbage import OBJECTS, collect_seldom, loading

before = collect_seldom()
assert before[0] < OBJECTS == gc.get_threshold()[0]
with loading():
    assert not gc.isenabled()
assert gc.isenabled()
assert gc.get_freeze_count() > 1000
