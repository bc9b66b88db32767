"""xlwings' remote engine needs a licence; these tests are noncommercial use of it."""

import os

os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")  # read when xlwings is imported
