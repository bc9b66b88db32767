"""Many reports side by side, and as data: every number with where it comes from.

Nothing of ``city`` or ``cli`` may be imported here.
"""
