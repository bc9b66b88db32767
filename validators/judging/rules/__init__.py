"""One file per family of rules: failed checks become findings in the words of a clerk.

A module here turns an ``Outcome`` that does not hold, or a cell that breaks a check, into a
``Finding``; it decides nothing that the edition file decides (severity, basis, relation).
"""
