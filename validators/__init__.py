"""What is wrong with a report: reading, judging, locating and marking.

May import ``gouji.templates``; must not import ``gouji.addin``.
"""
