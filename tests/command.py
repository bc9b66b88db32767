"""The command line, run within the test."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner, Result
from gouji.validators.cli.main import main


def gouji(*words: object, **options: Any) -> Result:
    """What a command came to; an error that it did not put into a sentence fails the test."""
    return CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False, **options)


def run(*words: object) -> tuple[int, str]:
    """Exit code and what was said."""
    done = gouji(*words)
    return done.exit_code, done.output
