"""What clerks send: kept in a file without a name while it is judged, gone with the answer."""

from __future__ import annotations

import json
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

import anyio
from starlette.requests import Request

from .guard import RefusedError

IN_MEMORY = 1 << 20  # bytes of an upload that stay in memory
BUDGET = 1 << 30  # bytes of all uploads together
SECONDS = 60.0  # for one upload; a slow line sends 10 MB in that time


class Uploads:
    """Receives bodies within limits of size and time, and a budget for all of them together."""

    def __init__(self, largest: int, *, seconds: float = SECONDS, budget: int = BUDGET) -> None:
        self._largest, self._seconds, self._budget = largest, seconds, budget
        self._held = 0

    async def receive(self, request: Request, too_large: str) -> Upload:
        """The whole body; ``RefusedError`` when it is too large or comes too slowly."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and (len(declared) > 15 or int(declared) > self._largest):
            raise RefusedError(413, too_large)
        upload = Upload(self)
        try:
            with anyio.fail_after(self._seconds):
                async for piece in request.stream():
                    upload.add(piece)
                    if upload.size > self._largest:
                        raise RefusedError(413, too_large)
        except TimeoutError as error:
            upload.close()
            raise RefusedError(408, "上传太慢，已停止。请检查网络后再试。") from error
        except BaseException:
            upload.close()
            raise
        return upload

    def take(self, size: int) -> None:
        """Counts bytes in; ``RefusedError`` when all uploads together hold too many."""
        if self._held + size > self._budget:
            raise RefusedError(503, "现在上传的文件太多，请过一会儿再试。")
        self._held += size

    def give(self, size: int) -> None:
        """Counts bytes out."""
        self._held -= size


class Upload:
    """One body, in a spooled file."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._file = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Appends what came."""
        self._uploads.take(len(piece))
        self.size += len(piece)
        self._file.write(piece)

    def data(self) -> bytes:
        """All of it; the file is gone afterwards."""
        self._file.seek(0)
        try:
            return self._file.read()
        finally:
            self._file.close()

    def close(self) -> None:
        """Gives back what the body took."""
        self._file.close()
        self._uploads.give(self.size)
        self.size = 0


def parted(sent: bytes, size: str) -> tuple[bytes, bytes]:
    """The workbook, ``size`` bytes of what was sent, and last year's report that follows it."""
    if not (size.isascii() and size.isdigit() and len(size) < 12):
        return sent, b""
    return sent[: int(size)], sent[int(size) :]


def json_of(data: bytes) -> Any:
    """What was sent, None where it is no JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
