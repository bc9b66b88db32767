"""The command line, run within the test."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner, Result
from gouji.validators.cli.main import main


def gouji(*words: object, **options: Any) -> Result:
    """What a command came to; an error that nobody foresaw fails the test."""
    done = CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False, **options)
    assert "没有料到" not in done.output, done.output
    return done


def run(*words: object) -> tuple[int, str]:
    """Exit code and what was said."""
    done = gouji(*words)
    return done.exit_code, done.output
