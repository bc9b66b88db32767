"""The face of the validators is lazy and whole."""

import sys

import gouji.validators as face

assert not {"numpy", "pandas"} & set(sys.modules)
assert all(callable(getattr(face, name)) for name in face.__all__)
assert "pandas" in sys.modules
