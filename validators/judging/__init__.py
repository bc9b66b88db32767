"""Reports in, verdicts out. Knows no file: nothing of ``ooxml`` or ``reading`` may be imported.

``system`` and ``judge`` need neither numpy nor pandas; ``frames`` and ``schemas`` do.
"""
