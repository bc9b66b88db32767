"""Who judges for LibreOffice: this desk's Python or the office's server. Knows no document.

Standard library only, Python 3.8 or newer: it runs in LibreOffice's own Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SETTINGS = Path.home() / ".gouji" / "desk.json"


class NotJudgedError(Exception):
    """One sentence for the person at the desk."""


def ask(book: dict[str, Any]) -> dict[str, Any]:
    """The plan for a book, from this desk's Python or from the office's server."""
    try:
        settings = json.loads(SETTINGS.read_text("utf-8"))
    except (OSError, ValueError):
        raise NotJudgedError(
            "还没有设置用哪个 Python 或哪台服务器。请先运行 gouji addin install --libreoffice。"
        ) from None
    data = json.dumps(book, ensure_ascii=False).encode("utf-8")
    answer = (
        _from_server(settings, data) if settings.get("server") else _from_python(settings, data)
    )
    if "error" in answer:
        raise NotJudgedError(answer["error"])
    return answer


def _read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _from_python(settings: dict[str, str], data: bytes) -> dict[str, Any]:
    python = settings.get("python", "")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    clean.pop("LD_LIBRARY_PATH", None)  # LibreOffice's own libraries are not that Python's
    hidden = 0x08000000 if os.name == "nt" else 0  # no console window
    try:
        run = subprocess.run(
            [python, "-m", "gouji.addin.remote"],
            input=data,
            capture_output=True,
            timeout=120,
            env=clean,
            cwd=str(Path.home()),
            check=True,
            creationflags=hidden,
        )
        return _read(run.stdout.decode("utf-8"))
    except (OSError, subprocess.SubprocessError, ValueError):
        raise NotJudgedError(
            f"{python} 里的 gouji 运行不了。请重新运行 gouji addin install --libreoffice。"
        ) from None


def _from_server(settings: dict[str, str], data: bytes) -> dict[str, Any]:
    server = settings["server"].rstrip("/")
    request = urllib.request.Request(server + "/api/book", data)
    request.add_header("Content-Type", "application/json")
    if settings.get("token"):
        request.add_header("Authorization", "Bearer " + settings["token"])
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return _read(answer.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        try:
            return _read(error.read().decode("utf-8"))
        except ValueError:
            raise NotJudgedError(f"校验服务 {server} 的回答看不懂，请问管理员。") from None
    except (OSError, ValueError):
        raise NotJudgedError(
            f"连不上校验服务 {server}。请确认服务已经运行（gouji serve），或问管理员。"
        ) from None
