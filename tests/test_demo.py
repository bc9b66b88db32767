"""`make demo`: what a stranger sees first, the second time too."""

import sys
from pathlib import Path

import pytest

from bench import demo


@pytest.mark.slow(first=True)
def test_the_demonstration_goes_as_it_should_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["demo.py", str(tmp_path)])
    for _ in range(2):
        demo.main()
        assert "应是10，现在是11" in capfd.readouterr().out
    assert {p.suffix for p in tmp_path.iterdir()} == {".xlsx", ".txt"}
