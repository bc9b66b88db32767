"""Programs that tests start in a Python of their own: ``conftest.program``."""
