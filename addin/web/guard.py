"""Who may ask the service, how often, and what every answer carries."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...templates.errors import InputError
from ...templates.unforeseen import UnforeseenError

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_WINDOW = 60.0  # seconds
_ADDRESSES = 10_000
# What a page that lies on the desk itself is called: WPS's add-in.
_DESK = ("null", "file://")


class RefusedError(Exception):
    """A request that is answered with one sentence and a status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def refusal(error: InputError, lang: str) -> RefusedError:
    """How an error is answered; where the report of an unforeseen one lies is not told."""
    if isinstance(error, UnforeseenError):
        return RefusedError(500, error.brief.text(lang))
    return RefusedError(422, error.text(lang))


class Rate:
    """At most ``limit`` times a minute from one address; a bounded memory of addresses."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def full(self, address: str) -> bool:
        """Whether the address has used up its minute."""
        return len(self._recent(address)) >= self.limit

    def note(self, address: str) -> None:
        """Counts one more from the address; the one that was quiet longest is forgotten."""
        self._seen[address] = [*self._recent(address), time.monotonic()][-self.limit :]
        self._seen.move_to_end(address)
        while len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)

    def admit(self, address: str) -> bool:
        """Whether the address may ask once more now; counts it if so."""
        if self.full(address):
            return False
        self.note(address)
        return True

    def _recent(self, address: str) -> list[float]:
        now = time.monotonic()
        return [t for t in self._seen.get(address, ()) if now - t < _WINDOW]


class SecurityHeaders:
    """Puts the headers that keep a page to itself on every answer, refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the application does, with the headers on top."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY)
            await send(message)

        await self._app(scope, receive, with_headers)


class SameOrigin:
    """Refuses what a page of another origin sends; ``desk`` are paths that WPS's add-in asks."""

    def __init__(self, app: ASGIApp, desk: Sequence[str] = ()) -> None:
        self._app, self._desk = app, tuple(desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the application does, or refuses."""
        if scope["type"] == "http" and not self._may(scope):
            refusal = {"error": "请求来自别的网页，没有处理。请直接打开本服务的网址。"}
            await JSONResponse(refusal, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        if scope["method"] in ("GET", "HEAD"):  # the page may be linked to; it changes nothing
            return True
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        desk = scope["path"] in self._desk
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin") or desk
        if origin.lower() in _DESK:
            return desk
        try:
            parts = urlsplit(origin)
            same = parts.netloc.lower() == headers.get("host", "").lower()
            return same or (desk and is_loopback(parts.hostname or ""))
        except ValueError:
            return False


def middleware(hosts: Sequence[str], desk: Sequence[str]) -> list[Middleware]:
    """From the outside in: headers on every answer, then whose name was asked, then from where."""
    return [
        Middleware(SecurityHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(SameOrigin, desk=desk),
    ]


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
