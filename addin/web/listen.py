"""Listens for clerks: no trust in forwarded addresses, no patience with slow heads, a quick end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from types import FrameType
from typing import Any, ClassVar

import h11
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from ...templates.errors import InputError
from .guard import LOOPBACK, SECURITY, is_loopback

HEAD_SECONDS = 10.0  # for the head of a request
ANSWER_SECONDS = 30.0  # for who asked to take a piece of an answer (uploads.PIECE)
MOST, FROM_ONE = 1000, 500  # connections, and those of one address
_END_SECONDS = 1.5  # after which an end is an end, whatever is being read


_OWN = [(k.lower().encode(), v.encode()) for k, v in SECURITY.items()]


class Impatient(H11Protocol):
    """A connection that is closed when a head does not come, or an answer is not taken, in time.

    Every head has its time, not the first alone. One address has some of all connections: the
    others are there for others.
    """

    _open: ClassVar[Counter[str]] = Counter()
    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock, unless the address has its share of connections already."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._open[self._address] += 1
        if self._open[self._address] > FROM_ONE:
            headers = [*_OWN, (b"retry-after", b"30")]
            self._refuse(503, b"Service Unavailable", "too many connections", headers)
            return
        self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Takes what came; a head that begins has its time from here."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if not self._waiting:
            self._stop()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    @property
    def _waiting(self) -> bool:
        """Whether there is no request that is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _give_up(self) -> None:
        self._head = None
        if self._waiting and not self.transport.is_closing():
            self.transport.close()

    def _stop(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def pause_writing(self) -> None:
        """A piece of an answer waits to be taken: not for ever."""
        super().pause_writing()
        self._unread = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It was taken."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clocks."""
        self._stop()
        if self._unread is not None:
            self._unread.cancel()
        self._open[self._address] -= 1
        if self._open[self._address] <= 0:
            del self._open[self._address]
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """As uvicorn answers what is no HTTP, with our headers."""
        self._refuse(400, b"Bad Request", msg, _OWN)

    def _refuse(
        self, status: int, reason: bytes, msg: str, own: Sequence[tuple[bytes, bytes]]
    ) -> None:
        head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *own]
        events: list[Any] = [
            h11.Response(status_code=status, headers=head, reason=reason),
            h11.Data(data=msg.encode("ascii", "replace")),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Quick(uvicorn.Server):
    """A server that ends within two seconds of being told to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end, and sets a time by which it has ended."""
        timer = threading.Timer(_END_SECONDS, os._exit, [0])
        timer.daemon = True
        timer.start()
        super().handle_exit(sig, frame)


def hosts_of(host: str, names: Sequence[str]) -> list[str]:
    """The names by which this service may be asked, when it answers on ``host``."""
    known = [*LOOPBACK, *names]
    if not is_loopback(host):
        known += [host, socket.gethostname(), socket.getfqdn(), *_addresses()]
    return sorted({n.lower() for name in known if name for n in (name, _bracketed(name))})


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _addresses() -> list[str]:
    """This machine's own addresses: those of its name, and the one that leads to the network."""
    found = set[str]()
    with contextlib.suppress(OSError):
        found |= {str(i[4][0]) for i in socket.getaddrinfo(socket.gethostname(), None)}
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:  # sends nothing
                probe.connect((target, 9))
                found.add(str(probe.getsockname()[0]))
        except OSError:
            continue
    return sorted(found)


def door(host: str, port: int) -> socket.socket:
    """The address that is answered on, held; ``InputError`` where it cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise InputError(
                f"端口 {port} 用不了：别的程序（或另一个 gouji serve）正在用，或这个号不许用。"
                f"请换一个，如 --port {port + 1 if 1024 < port < 65535 else 8766}。",
                f"port {port} is taken by another program, or not allowed: give another --port.",
            ) from error
        raise InputError(
            f"这台电脑没有 {host} 这个地址。请核对 --host（0.0.0.0 是所有地址）。",
            f"this computer has no address {host}: check --host (0.0.0.0 is all of them).",
        ) from error


def listen(app: Starlette, bound: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Answers on a ``door`` until stopped.

    Only ``proxies`` are believed about whom they speak for.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        http=Impatient,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        limit_concurrency=MOST,
        h11_max_incomplete_event_size=16 << 10,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_worth_telling)
    Quick(config).run(sockets=[bound])


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Whether a line of the log is more than a request that ended with the service itself."""
    error = record.exc_info[1] if record.exc_info else None
    ended = record.getMessage().startswith("Cancel ")
    return not ended and not isinstance(error, asyncio.CancelledError)
