"""Values alone are judged without numpy and pandas."""

import sys

from gouji.validators import judge_values

values = {"t4.review.upheld": 3.0, "t4.review.total": 2.0}
assert judge_values(values, sources={"prior": {}}).unchecked
assert not {"numpy", "pandas", "pandera", "openpyxl"} & set(sys.modules)
