"""Results in the shapes people and programs read. Nothing here judges."""
