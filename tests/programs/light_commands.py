"""Commands that judge nothing import no pandas."""

import sys

assert not {"pandas", "pandera", "numpy", "openpyxl"} & set(sys.modules)
