"""One file per family of rules: failed checks become findings in the words of a clerk.

A module here turns what ``schemas`` or reading found into ``Finding``s; it decides nothing that
the edition file decides (severity, basis, relation).
"""
