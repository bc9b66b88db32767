"""`gouji serve`: a page on the office network where a workbook is dropped and judged.

Nothing is stored: what is sent lies in a file without a name while it is judged. The service
answers on loopback unless told otherwise; on any other address a token is asked for. It answers to
its own names alone, sends no content from elsewhere and needs no internet.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...templates.edition import load
from ...templates.errors import InputError, extra
from ...templates.forms import ANY, Forms
from ...templates.unforeseen import unforeseen
from ...templates.words import printable
from ...templates.workbook import build as workbook
from ...validators.finding import Result
from ...validators.office import Beside, check_bytes, fix_bytes, flag_bytes, zeros_bytes
from ...validators.output import explained, page_entry
from ...validators.reading import Limits
from ..remote import parsed, planned
from .guard import SECURITY, Rate, RefusedError, is_loopback, middleware, refusal
from .uploads import KeptAnswer, Upload, Uploads, parted

# The WPS add-in's own pages lie on the desk; what it sends is answered to it and kept nowhere.
CROSS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Methods": "POST",
}
_PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}
for _name in ("speech.js", "files.js", "view.js", "drop.js"):
    _PAGES[f"/{_name}"] = (_name, "text/javascript; charset=utf-8")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WRONG_TOKENS = 10  # a minute from one address
_PAIR = re.compile(r"([1-9]\d?)\.([1-9])")
_CHOSEN = re.compile(r"[1-9]\d?\.[1-9](,[1-9]\d?\.[1-9]){0,29}")


class Service:
    """What answers: it knows the token, the limits and who asked how often; it keeps no file."""

    def __init__(self, token: str, per_minute: int, limits: Limits, forms: Forms) -> None:
        self._token = token
        self._forms = forms
        self._limits = limits
        self._rate, self._wrong = Rate(per_minute), Rate(_WRONG_TOKENS)
        self.uploads: Uploads = Uploads(limits.file_bytes)
        self._seats: list[anyio.CapacityLimiter] = []

    async def check(self, request: Request) -> Response:
        """The cards and the tables of the file that was sent, in the language asked for."""
        lang = _lang(request)
        return await self._judged(
            request, lambda data, result: self._answer(page_entry(result, data, lang))
        )

    async def flag(self, request: Request) -> Response:
        """The workbook that was sent, marked."""
        return await self._judged(
            request, lambda data, result: self._workbook(flag_bytes(data, result), result.path)
        )

    async def fix(self, request: Request) -> Response:
        """The workbook that was sent, after the repairs that were chosen.

        ``x-repairs`` are pairs group.rank, each of the verdict after those before it.
        """
        repairs = request.headers.get("x-repairs", "")

        def work(sent: bytes, name: str) -> Response:
            if not _CHOSEN.fullmatch(repairs):
                raise RefusedError(422, "没有选修改。")
            chosen = [(int(group), int(rank)) for group, rank in _PAIR.findall(repairs)]
            data, prior = self._beside(request, sent)
            fixed = fix_bytes(data, name, chosen, self._forms, prior=prior)
            return self._workbook(fixed, name)

        return await self._with(request, work)

    async def zeros(self, request: Request) -> Response:
        """The workbook that was sent, with 0 in its blank cells."""
        return await self._with(
            request, lambda x, name: self._workbook(zeros_bytes(x, name, self._forms)[0], name)
        )

    async def book(self, request: Request) -> Response:
        """The plan for the open book that an add-in sent."""
        upload, _ = await self._upload(request)
        try:
            return await self._run(
                request,
                upload,
                lambda x: self._answer(planned(parsed(x), self._forms), headers=CROSS),
            )
        except RefusedError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status, headers=CROSS)

    async def macro(self, request: Request) -> Response:
        """What xlwings' client is to do after a click."""
        name = request.path_params["name"]
        return await self._with(request, lambda data, _: remote_macro(name, data))

    async def rule(self, request: Request) -> Response:
        """A rule explained, as pairs of a head and a text."""
        asked, lang = request.query_params.get("edition", ""), _lang(request)
        try:
            form = self._forms.to_make() if not asked else load(asked)
            explanation = explained(form, request.path_params["rule"][:40], lang)
        except InputError as error:
            raise RefusedError(404, error.text(lang)) from error
        return JSONResponse(explanation)

    async def _judged(
        self, request: Request, answer: Callable[[bytes, Result], Response]
    ) -> Response:
        """What is told of a file that was sent and its result, in one turn: nothing waits twice.

        ``x-prior`` says where last year's report begins.
        """

        def work(sent: bytes, name: str) -> Response:
            data, prior = self._beside(request, sent)
            result = check_bytes(data, name, self._forms, prior=prior)
            if result.error is not None:
                raise result.error
            return answer(data, result)

        return await self._with(request, work)

    def _answer(self, content: Any, headers: Mapping[str, str] | None = None) -> Response:
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return KeptAnswer(self.uploads, data, "application/json", headers)

    def _workbook(self, data: bytes, name: str) -> Response:
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return KeptAnswer(self.uploads, data, _XLSX, {"Content-Disposition": disposition})

    def _beside(self, request: Request, sent: bytes) -> tuple[bytes, Beside | None]:
        """The workbook, and last year's report where one was sent behind it."""
        size, _, name = request.headers.get("x-prior", "").partition(";")
        data, prior = parted(sent, size)
        return data, Beside(prior, printable(unquote(name))[:120], self._forms) if prior else None

    async def _with(self, request: Request, work: Callable[[bytes, str], Response]) -> Response:
        upload, name = await self._upload(request)
        return await self._run(request, upload, lambda sent: work(sent, name))

    async def _run(
        self, request: Request, upload: Upload, work: Callable[[bytes], Response]
    ) -> Response:
        """``work`` in a thread, two at a time; whatever it raises becomes a refusal.

        What was sent is read when its turn has come.
        """
        if not self._seats:  # made inside the running event loop
            self._seats.append(anyio.CapacityLimiter(2))
        try:
            return await anyio.to_thread.run_sync(
                lambda: work(upload.data()), limiter=self._seats[0]
            )
        except RefusedError:
            raise
        except InputError as error:
            raise refusal(error, _lang(request)) from error
        except Exception as error:
            raise refusal(unforeseen("工作簿", error), _lang(request)) from error
        finally:
            upload.close()

    async def _upload(self, request: Request) -> tuple[Upload, str]:
        """What was sent, and its name; ``RefusedError`` for too much and from who may not send."""
        self._admit(request)
        name = printable(unquote(request.headers.get("x-file-name", ""))) or "工作簿.xlsx"
        name = name.replace("\\", "/").rpartition("/")[2][:120]
        mb = self._limits.file_mb
        too_large = f"{name} 超过上限{mb} MB。请删去图片和无关的工作表后再试。"
        return await self.uploads.receive(request, too_large), name

    def _admit(self, request: Request) -> None:
        address = request.client.host if request.client else ""
        if self._token:
            if self._wrong.full(address):
                raise RefusedError(429, "口令错得太多，请过一分钟再试。")
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                self._wrong.note(address)
                raise RefusedError(401, "口令不对。请用管理员给的完整网址打开本页。")
        if not self._rate.admit(address):
            raise RefusedError(429, "请求太多，请过一分钟再试。")


def remote_macro(name: str, data: bytes) -> Response:
    """Runs a macro on the book that xlwings' ``RunRemotePython`` sent; answers with its actions.

    Raises ``RefusedError`` for an unknown macro, a request that is no book, and where xlwings
    or the licence of its remote engine is missing.
    """
    try:
        with extra("excel"):
            import xlwings

            from .. import macros
    except InputError as error:
        raise RefusedError(501, error.zh) from error
    if name not in macros.BUTTONS or name == "roll_up":  # it reads a folder of the desk
        raise RefusedError(404, f"没有“{name}”这个操作。")
    try:
        sent = parsed(data)
        book = xlwings.Book(json=sent)
    except xlwings.LicenseError as error:
        raise RefusedError(
            501, "xlwings 远程引擎需要许可证：请管理员设置 XLWINGS_LICENSE_KEY，见 docs/addin.md。"
        ) from error
    except InputError:
        raise
    except Exception as error:  # whatever was sent is not what xlwings' client sends
        raise RefusedError(400, "收到的不是 xlwings 发来的工作簿。") from error
    macros.run(name, book)
    if sent.get("client") == "VBA" and name == "validate":
        # xlwings' VBA client knows no notes and conditional formats: our own VBA puts them
        book.macro("GoujiPaint")()
    return JSONResponse(book.json())


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang") or request.headers.get("x-lang", "")
    return "en" if asked == "en" else "zh"


async def _preflight(request: Request) -> Response:
    return Response(status_code=204, headers=CROSS)


async def _page(request: Request) -> Response:
    name, kind = _PAGES[request.url.path]
    content = (files("gouji.addin") / "web" / name).read_bytes()
    return Response(content, headers={"Content-Type": kind})


@lru_cache(maxsize=8)
def _book(edition: str) -> bytes:
    return workbook(load(edition))


async def _blank(request: Request) -> Response:
    try:
        template = await anyio.to_thread.run_sync(_book, request.path_params["edition"][:40])
    except InputError as error:
        raise RefusedError(404, error.text(_lang(request))) from error
    return Response(template, media_type=_XLSX)


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RefusedError) else 500
    headers = SECURITY | ({"Retry-After": "30"} if status in (429, 503) else {})
    return JSONResponse({"error": str(error)}, status_code=status, headers=headers)


async def _failed(request: Request, error: Exception) -> Response:
    """For what nobody foresaw: nothing of its inside goes out."""
    failure = {"error": "服务器出错了，没有处理这个文件。请告诉管理员。"}
    return JSONResponse(failure, status_code=500, headers=SECURITY)


async def _gone(request: Request, error: Exception) -> Response:
    """For an upload that its sender broke off: there is nobody to answer, and nothing to log."""
    return Response(status_code=400)


def make_app(
    *,
    token: str = "",
    per_minute: int = 120,
    limits: Limits | None = None,
    forms: Forms = ANY,
    hosts: Sequence[str] = ("*",),
) -> Starlette:
    """The service. ``token`` is asked for when it is not empty; ``per_minute`` is per address.

    ``forms`` are the editions that workbooks may be of, ``hosts`` the names by which the service
    may be asked (``listen.hosts_of``; any by default, for tests).
    """
    service = Service(token, per_minute, limits or Limits(), forms)
    acts = (service.check, service.book, service.flag, service.fix, service.zeros)
    return Starlette(
        routes=[
            *(Route(f"/api/{act.__name__}", act, methods=["POST"]) for act in acts),
            Route("/xlwings/{name}", service.macro, methods=["POST"]),
            Route("/api/book", _preflight, methods=["OPTIONS"]),
            Route("/api/rules/{rule}", service.rule),
            Route("/blank-{edition}.xlsx", _blank),
            *(Route(path, _page) for path in _PAGES),
        ],
        exception_handlers={RefusedError: _refused, ClientDisconnect: _gone, Exception: _failed},
        middleware=middleware(hosts, desk=("/api/book",)),
    )


def run(
    host: str,
    port: int,
    token: str,
    announce: Callable[[str], None],
    forms: Forms = ANY,
    *,
    names: Sequence[str] = (),
    proxies: Sequence[str] = (),
) -> None:
    """Serves until stopped. Without a ``token`` one is made up for an address beyond loopback.

    ``names`` are further names by which the service is asked, ``proxies`` the addresses of
    proxies that may say for whom they ask.
    """
    from .listen import door, hosts_of, listen

    if not token and not is_loopback(host):
        token = secrets.token_urlsafe(16)
    shown = f"[{host}]" if ":" in host else host
    bound = door(host, port)
    announce(f"http://{shown}:{port}/" + (f"#token={token}" if token else ""))
    listen(make_app(token=token, forms=forms, hosts=hosts_of(host, names)), bound, proxies)
