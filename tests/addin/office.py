"""A real LibreOffice with our extension in it, in a profile of its own."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

from gouji.addin.install.desk import Desk
from gouji.addin.install.rooms import install_libreoffice

from ..conftest import require_app

DRIVER = Path(__file__).with_name("lo_driver.py")
STARTS = 3
OFFICE = ("soffice-calc", "soffice-python", "python3-uno")  # what it needs of .ci/needs


class Office:
    """Starts LibreOffice; ``do`` asks the driver for one thing. ``display`` shows its window."""

    def __init__(self, home: Path, document: Path | None = None, display: str = "") -> None:
        soffice, *_ = map(require_app, OFFICE)
        self.home = home
        self.profile = [
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES={(home / 'shared').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(home / 'shared').as_uri()}",
        ]
        self.install()
        with zipfile.ZipFile(home / ".gouji" / "gouji.oxt") as archive:
            archive.extractall(home / "unpacked")
        scripts = home / "profile" / "user" / "Scripts" / "python"
        scripts.mkdir(parents=True)
        shutil.copy(DRIVER, scripts)
        self.env = os.environ | {"HOME": str(home)} | ({"DISPLAY": display} if display else {})
        self.words = [
            soffice,
            *self.profile,
            *(["--nologo"] if display else ["--headless"]),
            "--norestore",
            "--nofirststartwizard",
            *([str(document)] if document else []),
        ]
        self.python = "/usr/bin/python3"  # the one that has UNO
        if not any(self._starts() for _ in range(STARTS)):
            raise AssertionError(f"LibreOffice did not start: {self.log.read_text('utf-8')}")

    def _starts(self) -> bool:
        """Whether LibreOffice came up and answers the driver; else both are ended again.

        They meet at a pipe, whose name is nobody else's: a port that was free may be taken."""
        pipe, self.log = f"gouji{uuid.uuid4().hex}", self.home / "soffice.log"
        with self.log.open("ab") as log:
            self.office = subprocess.Popen(
                [*self.words, f"--accept=pipe,name={pipe};urp;"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                start_new_session=True,
            )
        self.driver = subprocess.Popen(
            [self.python, str(DRIVER), pipe, str(self.home / "unpacked")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in self.env.items() if not k.startswith("PYTHON")},
        )
        assert self.driver.stdout is not None
        while not select.select([self.driver.stdout], [], [], 0.5)[0]:
            if self.office.poll() is not None:
                break
        else:
            if self.driver.stdout.readline():
                return True
        self.close()
        for left in (*self.home.glob(".~lock*"), *(self.home / "profile").glob(".lock")):
            left.unlink()  # a killed one's: the next would ask about it
        return False

    def install(self) -> None:
        """``gouji addin install --libreoffice``, its ``unopkg`` led to our profile."""
        programs = self.home / "bin"
        programs.mkdir(parents=True)
        real = shutil.which("unopkg")
        script = programs / "unopkg"
        options = " ".join(f"'{p}'" for p in self.profile)
        script.write_text(f'#!/bin/sh\nverb="$1"; shift\n{real} "$verb" {options} "$@"\n')
        script.chmod(0o755)
        path = os.environ["PATH"]
        os.environ["PATH"] = f"{programs}:{path}"
        try:
            install_libreoffice(Desk("linux", self.home, python=Path(sys.executable)))
        finally:
            os.environ["PATH"] = path

    def do(self, name: str, **more: Any) -> Any:
        """The driver's answer; a failure of the driver fails the test."""
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.driver.stdin.write(json.dumps({"do": name, **more}) + "\n")
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        assert line, f"LibreOffice's driver failed at {name}"
        return json.loads(line)

    def is_running(self) -> bool:
        return self.office.poll() is None and self.driver.poll() is None

    def close(self) -> None:
        """Ends both, whatever they are doing."""
        self.driver.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.office.pid, 9)
        self.driver.wait()
        self.office.wait()
