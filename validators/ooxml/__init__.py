"""A workbook's package: opened safely, read part by part, edited byte for byte, written whole.

Knows nothing of the form: no edition, report or finding may be imported here.
"""
