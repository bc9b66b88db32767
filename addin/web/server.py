"""`gouji serve`: a page on the office network where a workbook is dropped and judged.

Nothing is stored: a file is held in memory while it is judged. The service answers on loopback
unless told otherwise; on any other address a token is asked for. It sends no content from
elsewhere and needs no internet.
"""

from __future__ import annotations

import functools
import hmac
import ipaddress
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from urllib.parse import quote, unquote

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...templates.errors import InputError
from ...validators.finding import Result
from ...validators.office.check import check_bytes
from ...validators.office.flag import flag_bytes
from ...validators.ooxml.limits import Limits
from ...validators.output.json import file_entry
from ..remote import answer
from .tables import tables

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# The WPS add-in's own pages lie on the desk; what it sends is answered to it and kept nowhere.
CROSS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Methods": "POST",
}
_PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
    "/drop.js": ("drop.js", "text/javascript; charset=utf-8"),
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WINDOW = 60.0  # seconds


class RefusedError(Exception):
    """A request that is answered with one sentence and a status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Rate:
    """At most ``limit`` requests a minute from one address; a bounded memory of addresses."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._seen: dict[str, list[float]] = {}

    def admit(self, address: str) -> bool:
        """Whether the address may ask once more now."""
        now = time.monotonic()
        recent = [t for t in self._seen.get(address, ()) if now - t < _WINDOW]
        if len(self._seen) > 10_000:
            self._seen.clear()
        self._seen[address] = [*recent, now] if len(recent) < self.limit else recent
        return len(recent) < self.limit


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_app(*, token: str = "", per_minute: int = 120, limits: Limits | None = None) -> Starlette:
    """The service. ``token`` is asked for when it is not empty; ``per_minute`` is per address."""
    bounds = limits or Limits()
    rate = Rate(per_minute)
    seats: list[anyio.CapacityLimiter] = []

    def limiter() -> anyio.CapacityLimiter:
        if not seats:  # made inside the running event loop
            seats.append(anyio.CapacityLimiter(2))
        return seats[0]

    async def upload(request: Request) -> tuple[bytes, str]:
        address = request.client.host if request.client else ""
        if token:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), token.encode()):
                raise RefusedError(401, "口令不对。请用管理员给的完整网址打开本页。")
        if not rate.admit(address):
            raise RefusedError(429, "请求太多，请过一分钟再试。")
        name = unquote(request.headers.get("x-file-name", "")) or "工作簿.xlsx"
        name = name.replace("\\", "/").rpartition("/")[2][:120]
        too_large = f"{name} 超过上限{bounds.file_mb} MB。请删去图片和无关的工作表后再试。"
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > bounds.file_bytes:
            raise RefusedError(413, too_large)
        pieces, size = [], 0
        async for piece in request.stream():
            size += len(piece)
            if size > bounds.file_bytes:
                raise RefusedError(413, too_large)
            pieces.append(piece)
        return b"".join(pieces), name

    async def judged(request: Request) -> tuple[bytes, Result]:
        data, name = await upload(request)
        result = await anyio.to_thread.run_sync(
            functools.partial(check_bytes, data, name), limiter=limiter()
        )
        if result.error is not None:
            raise RefusedError(422, result.error.zh)
        return data, result

    async def check(request: Request) -> Response:
        data, result = await judged(request)
        assert result.report is not None
        assert result.verdict is not None
        return JSONResponse(
            {
                "file": file_entry(result),
                "tables": tables(result.report, result.verdict),
                "markable": data[:2] == b"PK" and b"opendocument" not in data[:200],
            }
        )

    async def flag(request: Request) -> Response:
        data, result = await judged(request)
        try:
            marked = await anyio.to_thread.run_sync(
                functools.partial(flag_bytes, data, result), limiter=limiter()
            )
        except InputError as error:
            raise RefusedError(422, error.zh) from error
        disposition = f"attachment; filename*=UTF-8''{quote(result.path)}"
        return Response(marked, media_type=_XLSX, headers={"Content-Disposition": disposition})

    async def book(request: Request) -> Response:
        data, _ = await upload(request)
        try:
            sent = json.loads(data)
        except (ValueError, RecursionError):
            sent = None
        made = await anyio.to_thread.run_sync(functools.partial(answer, sent), limiter=limiter())
        return JSONResponse(made, status_code=422 if "error" in made else 200, headers=CROSS)

    async def preflight(request: Request) -> Response:
        return Response(status_code=204, headers=CROSS)

    async def macro(request: Request) -> Response:
        data, _ = await upload(request)
        name = request.path_params["name"]
        return await anyio.to_thread.run_sync(
            functools.partial(remote_macro, name, data), limiter=limiter()
        )

    async def page(request: Request) -> Response:
        name, kind = _PAGES[request.url.path]
        content = (files("gouji.addin") / "web" / name).read_bytes()
        return Response(content, headers={"Content-Type": kind})

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, RefusedError) else 500
        return JSONResponse({"error": str(error)}, status_code=status, headers=SECURITY)

    def safe(
        handler: Callable[[Request], Awaitable[Response]],
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            response = await handler(request)
            response.headers.update(SECURITY)
            return response

        return guarded

    return Starlette(
        routes=[
            Route("/api/check", safe(check), methods=["POST"]),
            Route("/xlwings/{name}", safe(macro), methods=["POST"]),
            Route("/api/book", safe(book), methods=["POST"]),
            Route("/api/book", safe(preflight), methods=["OPTIONS"]),
            Route("/api/flag", safe(flag), methods=["POST"]),
            *(Route(path, safe(page)) for path in _PAGES),
        ],
        exception_handlers={RefusedError: refused},
    )


def remote_macro(name: str, data: bytes) -> Response:
    """Runs a macro on the book that xlwings' ``RunRemotePython`` sent; answers with its actions.

    Raises ``RefusedError`` for an unknown macro, a request that is no book, and where xlwings
    or the licence of its remote engine is missing.
    """
    try:
        import xlwings

        from .. import macros
    except ImportError as error:
        raise RefusedError(
            501, '服务器缺少 xlwings，请安装：pip install "gouji[excel]"。'
        ) from error
    if name not in macros.BUTTONS or name == "roll_up":  # it reads a folder of the desk
        raise RefusedError(404, f"没有“{name}”这个操作。")
    try:
        sent = json.loads(data)
        book = xlwings.Book(json=sent)
    except xlwings.LicenseError as error:
        raise RefusedError(
            501,
            "xlwings 远程引擎需要许可证：请管理员设置 XLWINGS_LICENSE_KEY，见 docs/addin.md。",
        ) from error
    except Exception as error:  # whatever was sent is not what xlwings' client sends
        raise RefusedError(400, "收到的不是 xlwings 发来的工作簿。") from error
    macros.run(name, book)
    if sent.get("client") == "VBA" and name == "validate":
        # xlwings' VBA client knows no notes and conditional formats: our own VBA puts them
        book.macro("GoujiPaint")()
    return JSONResponse(book.json())


def run(host: str, port: int, token: str, announce: Callable[[str], None]) -> None:
    """Serves until stopped. Without a ``token`` one is made up for an address beyond loopback."""
    import uvicorn

    if not token and not is_loopback(host):
        token = secrets.token_urlsafe(16)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{port}/" + (f"#token={token}" if token else ""))
    uvicorn.run(make_app(token=token), host=host, port=port, log_level="warning", access_log=False)
