"""`gouji serve`: a page on the office network where a workbook is dropped and judged.

Nothing is stored: a file is held in memory while it is judged. The service answers on loopback
unless told otherwise; on any other address a token is asked for. It sends no content from
elsewhere and needs no internet.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...validators.finding import Result
from ...validators.office import check_bytes, fix_bytes, flag_bytes
from ...validators.output import file_entry
from ...validators.reading import Limits
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
_PAIR = re.compile(r"([1-9]\d?)\.([1-9])")
_CHOSEN = re.compile(r"[1-9]\d?\.[1-9](,[1-9]\d?\.[1-9]){0,29}")
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]


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


class Service:
    """What answers: it knows the token, the limits and who asked how often; it keeps no file."""

    def __init__(self, token: str, per_minute: int, limits: Limits, forms: Forms) -> None:
        self._token = token
        self._forms = forms
        self._limits = limits
        self._rate = Rate(per_minute)
        self._seats: list[anyio.CapacityLimiter] = []

    async def check(self, request: Request) -> Response:
        """The findings and the tables of the workbook that was sent."""
        data, result = await self._judged(request)
        assert result.report is not None
        assert result.verdict is not None
        return JSONResponse(
            {
                "file": file_entry(result),
                "tables": tables(result.report, result.verdict),
                "markable": data[:2] == b"PK" and b"opendocument" not in data[:200],
            }
        )

    async def flag(self, request: Request) -> Response:
        """The workbook that was sent, marked."""
        data, result = await self._judged(request)
        try:
            marked = await self._run(flag_bytes, data, result)
        except InputError as error:
            raise RefusedError(422, error.zh) from error
        disposition = f"attachment; filename*=UTF-8''{quote(result.path)}"
        return Response(marked, media_type=_XLSX, headers={"Content-Disposition": disposition})

    async def fix(self, request: Request) -> Response:
        """The workbook that was sent, after the repairs that were chosen.

        ``x-repairs`` are pairs group.rank, each of the verdict after those before it.
        """
        data, name = await self._upload(request)
        sent = request.headers.get("x-repairs", "")
        if not _CHOSEN.fullmatch(sent):
            raise RefusedError(422, "没有选修改。")
        chosen = [(int(group), int(rank)) for group, rank in _PAIR.findall(sent)]
        try:
            fixed = await self._run(fix_bytes, data, name, chosen, self._forms)
        except InputError as error:
            raise RefusedError(422, error.zh) from error
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(fixed, media_type=_XLSX, headers={"Content-Disposition": disposition})

    async def book(self, request: Request) -> Response:
        """The plan for the open book that an add-in sent."""
        data, _ = await self._upload(request)
        try:
            sent = json.loads(data)
        except (ValueError, RecursionError):
            sent = None
        made = await self._run(answer, sent, self._forms)
        return JSONResponse(made, status_code=422 if "error" in made else 200, headers=CROSS)

    async def macro(self, request: Request) -> Response:
        """What xlwings' client is to do after a click."""
        data, _ = await self._upload(request)
        return await self._run(remote_macro, request.path_params["name"], data)

    async def _judged(self, request: Request) -> tuple[bytes, Result]:
        data, name = await self._upload(request)
        result = await self._run(check_bytes, data, name, self._forms)
        if result.error is not None:
            raise RefusedError(422, result.error.zh)
        return data, result

    async def _run(self, work: Callable[..., T], *given: Any) -> T:
        """``work`` in a thread, two at a time."""
        if not self._seats:  # made inside the running event loop
            self._seats.append(anyio.CapacityLimiter(2))
        return await anyio.to_thread.run_sync(work, *given, limiter=self._seats[0])

    async def _upload(self, request: Request) -> tuple[bytes, str]:
        """What was sent, and its name; ``RefusedError`` for too much and from who may not send."""
        self._admit(request)
        name = unquote(request.headers.get("x-file-name", "")) or "工作簿.xlsx"
        name = name.replace("\\", "/").rpartition("/")[2][:120]
        too_large = f"{name} 超过上限{self._limits.file_mb} MB。请删去图片和无关的工作表后再试。"
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limits.file_bytes:
            raise RefusedError(413, too_large)
        pieces, size = [], 0
        async for piece in request.stream():
            size += len(piece)
            if size > self._limits.file_bytes:
                raise RefusedError(413, too_large)
            pieces.append(piece)
        return b"".join(pieces), name

    def _admit(self, request: Request) -> None:
        if self._token:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise RefusedError(401, "口令不对。请用管理员给的完整网址打开本页。")
        if not self._rate.admit(request.client.host if request.client else ""):
            raise RefusedError(429, "请求太多，请过一分钟再试。")


async def _preflight(request: Request) -> Response:
    return Response(status_code=204, headers=CROSS)


async def _page(request: Request) -> Response:
    name, kind = _PAGES[request.url.path]
    content = (files("gouji.addin") / "web" / name).read_bytes()
    return Response(content, headers={"Content-Type": kind})


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RefusedError) else 500
    return JSONResponse({"error": str(error)}, status_code=status, headers=SECURITY)


def _safe(handler: Handler) -> Handler:
    """The handler, its answers with the headers that keep a page to itself."""

    async def guarded(request: Request) -> Response:
        response = await handler(request)
        response.headers.update(SECURITY)
        return response

    return guarded


def make_app(
    *, token: str = "", per_minute: int = 120, limits: Limits | None = None, forms: Forms = ANY
) -> Starlette:
    """The service. ``token`` is asked for when it is not empty; ``per_minute`` is per address.

    ``forms`` are the editions that workbooks may be of.
    """
    service = Service(token, per_minute, limits or Limits(), forms)
    return Starlette(
        routes=[
            Route("/api/check", _safe(service.check), methods=["POST"]),
            Route("/xlwings/{name}", _safe(service.macro), methods=["POST"]),
            Route("/api/book", _safe(service.book), methods=["POST"]),
            Route("/api/book", _safe(_preflight), methods=["OPTIONS"]),
            Route("/api/flag", _safe(service.flag), methods=["POST"]),
            Route("/api/fix", _safe(service.fix), methods=["POST"]),
            *(Route(path, _safe(_page)) for path in _PAGES),
        ],
        exception_handlers={RefusedError: _refused},
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


def run(
    host: str, port: int, token: str, announce: Callable[[str], None], forms: Forms = ANY
) -> None:
    """Serves until stopped. Without a ``token`` one is made up for an address beyond loopback."""
    import uvicorn

    if not token and not is_loopback(host):
        token = secrets.token_urlsafe(16)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{port}/" + (f"#token={token}" if token else ""))
    app = make_app(token=token, forms=forms)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)
