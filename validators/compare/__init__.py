"""Many reports as data: every number with where it comes from.

Nothing of ``city`` or ``cli`` may be imported here.
"""
