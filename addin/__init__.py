"""The same check inside the spreadsheet application.

May import ``gouji.templates`` and ``gouji.validators``; nothing imports this folder.
"""
