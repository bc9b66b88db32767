"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``TextLine``s of ``Token``s (``tokens.py``);
``published_report.py`` finds the tables in them by the form's labels, whatever the format was.
Nothing of the core imports this room: ``validators/formats.py`` names each format's ``read``.
"""
