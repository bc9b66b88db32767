"""Which cells are wrong, and what repairs them: events, weighed against one another.

A violated relation and the cell at fault are two questions. What happened is asked in terms of
events (a number mistyped, two exchanged, a run shifted, …): ``search`` finds the sets of events
after which every relation holds, ``posterior`` weighs them, and an answer is certain only when
it leaves nothing failing and nothing else comes near. Totals that are formulas follow their
parts and are never blamed. Neither numpy nor pandas is needed here.
"""

from .verdict import blame

__all__ = ["blame"]
