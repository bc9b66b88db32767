"""A real LibreOffice with our extension in it, in a profile of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from gouji.addin.install.desk import Desk
from gouji.addin.install.rooms import install_libreoffice

from ..conftest import require_app, required

DRIVER = Path(__file__).with_name("lo_driver.py")


def system_python() -> str:
    """The Python that has UNO."""
    python = require_app("/usr/bin/python3")
    if subprocess.run([python, "-c", "import uno"], capture_output=True).returncode:
        required("python3-uno")
    return python


class Office:
    """Starts LibreOffice; ``do`` asks the driver for one thing. ``display`` shows its window."""

    def __init__(self, home: Path, document: Path | None = None, display: str = "") -> None:
        soffice, python = require_app("soffice"), system_python()
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
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        env = os.environ | {"HOME": str(home)} | ({"DISPLAY": display} if display else {})
        view = ["--nologo"] if display else ["--headless"]
        accept = f"--accept=socket,host=127.0.0.1,port={port};urp;"
        shown = [str(document)] if document else []
        self.office = subprocess.Popen(
            [soffice, *self.profile, *view, "--norestore", "--nofirststartwizard", accept, *shown],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=env, start_new_session=True,
        )  # fmt: skip
        self.driver = subprocess.Popen(
            [python, str(DRIVER), port, str(home / "unpacked")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={k: v for k, v in env.items() if not k.startswith("PYTHON")},
        )  # fmt: skip

    def install(self) -> None:
        """``gouji addin install --libreoffice``, its ``unopkg`` led to our profile."""
        programs = self.home / "bin"
        programs.mkdir(parents=True)
        real = require_app("unopkg")
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

    def close(self) -> None:
        """Ends both, whatever they are doing."""
        self.driver.kill()
        os.killpg(self.office.pid, 9)
        self.driver.wait()
        self.office.wait()
