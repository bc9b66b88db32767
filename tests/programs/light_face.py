"""Entering a room (argument) loads neither pandas nor numpy."""

import importlib
import sys

face = importlib.import_module(f"gouji.validators.{sys.argv[1]}")
for name in [] if sys.argv[1] == "office" else face.__all__:
    getattr(face, name)
assert not {"pandas", "numpy", "pandera"} & set(sys.modules)
