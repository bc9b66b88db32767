"""What clerks send: kept in a file without a name while it is judged, gone with the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import BinaryIO, cast

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .guard import RefusedError

IN_MEMORY = 1 << 20  # bytes of an upload that stay in memory
BUDGET = 512 << 20  # bytes of all uploads together, and of the answers that are being sent
PIECE = 64 << 10  # bytes of an answer that are handed over at a time
SECONDS = 60.0  # for one upload; a slow line sends 10 MB in that time


class Uploads:
    """Receives bodies within limits of size and time, and a budget for all of them together."""

    def __init__(self, largest: int, *, seconds: float = SECONDS, budget: int = BUDGET) -> None:
        self._largest, self._seconds, self._budget = largest, seconds, budget
        self._held = 0
        self._lock = Lock()  # answers are made in threads

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
        with self._lock:
            if self._held + size > self._budget:
                raise RefusedError(503, "现在上传的文件太多，请过一会儿再试。")
            self._held += size

    def hold(self, size: int) -> None:
        """Counts bytes in that are there already: the next uploads have less room."""
        with self._lock:
            self._held += size

    def give(self, size: int) -> None:
        """Counts bytes out."""
        with self._lock:
            self._held -= size


class Upload:
    """One body, in a spooled file."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._file = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
        self.size: int = 0

    def add(self, piece: bytes) -> None:
        """Appends what came."""
        self._uploads.take(len(piece))
        self.size += len(piece)
        self._file.write(piece)

    def keep(self, data: bytes) -> None:
        """Takes what is there already: the next uploads have less room."""
        self._uploads.hold(len(data))
        self.size = len(data)
        self._file.write(data)

    def pieces(self) -> Iterator[bytes]:
        """All of it, one piece after the other."""
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

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


class KeptAnswer(Response):
    """An answer that lies in a file without a name, within the budget, until it has been taken.

    It is handed over piece by piece; how long one may wait, ``listen`` says.
    """

    def __init__(
        self, uploads: Uploads, data: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(headers=headers, media_type=kind)
        self.headers["content-length"] = str(len(data))
        self._upload = Upload(uploads)
        self._upload.keep(data)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; it is gone afterwards."""
        start = {"type": "http.response.start", "status": self.status_code}
        body = {"type": "http.response.body"}
        try:
            await send({**start, "headers": self.raw_headers})
            for piece in self._upload.pieces():
                await send({**body, "body": piece, "more_body": True})
            await send({**body, "body": b"", "more_body": False})
        finally:
            self._upload.close()


def parted(sent: bytes, size: str) -> tuple[bytes, bytes]:
    """The workbook, ``size`` bytes of what was sent, and last year's report that follows it."""
    if not (size.isascii() and size.isdigit() and len(size) < 12):
        return sent, b""
    return sent[: int(size)], sent[int(size) :]
