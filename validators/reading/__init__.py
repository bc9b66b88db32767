"""Anything that holds a report becomes a ``Report``: workbooks by name or label, ledgers, texts.

Judges nothing: what is noticed about the structure is a ``Remark``, which judging turns into a
finding. Nothing of ``judging``, ``mark`` or a later room may be imported here, nor pandas.
"""
