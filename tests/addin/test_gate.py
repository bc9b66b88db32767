"""The service's gate: its own names, its own page, no patience, no trace, a quick end."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from gouji.addin.remote import parsed
from gouji.addin.web import uploads
from gouji.addin.web.guard import Rate
from gouji.addin.web.listen import hosts_of
from gouji.addin.web.server import make_app
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from starlette.testclient import TestClient

from ..builders import book_at
from ..conftest import program

HEADERS = ("content-security-policy", "x-content-type-options", "cache-control", "referrer-policy")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app(hosts=["testserver"]), raise_server_exceptions=False) as made:
        yield made


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "127.0.0.1.evil"])
def test_another_name_is_not_answered(client: TestClient, host: str) -> None:
    for answer in (
        client.get("/", headers={"Host": host}),
        client.post("/api/check", content=b"x", headers={"Host": host}),
    ):
        assert answer.status_code == 400
        assert all(h in answer.headers for h in HEADERS)


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "http://evil"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://testserver:1"}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_what_another_page_sends_is_not_judged(
    client: TestClient, headers: dict[str, str], may: bool
) -> None:
    for path in ("/api/check", "/api/flag"):
        answer = client.post(path, content=b"x", headers=headers)
        assert answer.status_code == (422 if may else 403)
        assert all(h in answer.headers for h in HEADERS)
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("origin", "may"),
    [("null", True), ("file://", True), ("http://127.0.0.1:3889", True), ("http://evil", False)],
)
def test_the_addin_of_wps_may_ask_from_the_desk(client: TestClient, origin: str, may: bool) -> None:
    answer = client.post("/api/book", json={}, headers={"Origin": origin})
    assert answer.status_code == (422 if may else 403)


@pytest.mark.parametrize("path", ["/none", "/api/check", "/../x", "/api/book"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    for method in ("GET", "DELETE", "OPTIONS", "HEAD"):
        answer = client.request(method, path)
        assert all(h in answer.headers for h in HEADERS), (method, path, answer.status_code)


def test_a_fault_of_ours_tells_nothing_of_its_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("gouji.addin.web.server.check_bytes", fault)
    answer = client.post("/api/check", content=b"x")
    assert answer.status_code == 500
    assert "geheim" not in answer.text
    assert all(h in answer.headers for h in HEADERS)


def test_wrong_tokens_are_counted_and_the_right_one_waits_with_them() -> None:
    with TestClient(make_app(token="t")) as client:
        codes = [
            client.post(
                "/api/check", content=b"x", headers={"Authorization": f"Bearer {n}"}
            ).status_code
            for n in range(12)
        ]
        assert codes == [401] * 10 + [429] * 2
        right = client.post("/api/check", content=b"x", headers={"Authorization": "Bearer t"})
        assert right.status_code == 429


def test_a_forwarded_address_is_not_believed() -> None:
    with TestClient(make_app(per_minute=2)) as client:
        codes = [
            client.post(
                "/api/check", content=b"x", headers={"X-Forwarded-For": f"10.0.0.{n}"}
            ).status_code
            for n in range(3)
        ]
    assert codes == [422, 422, 429]


def test_the_memory_of_addresses_is_bounded_and_forgets_the_quietest() -> None:
    rate = Rate(1)
    for number in range(10_050):
        assert rate.admit(str(number))
    assert len(rate._seen) == 10_000
    assert not rate.admit("10049")
    assert rate.admit("0")


def test_all_uploads_together_have_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "BUDGET", 1000)
    held = uploads.Uploads(10_000, budget=1000)
    one = uploads.Upload(held)
    one.add(b"x" * 900)
    two = uploads.Upload(held)
    with pytest.raises(Exception, match="上传的文件太多"):
        two.add(b"x" * 200)
    one.close()
    two.add(b"x" * 200)
    assert two.data() == b"x" * 200
    two.close()
    assert held._held == 0


def test_a_large_upload_lies_in_a_file_and_is_judged_like_a_small_one(tmp_path: Path) -> None:
    upload = uploads.Upload(uploads.Uploads(10 << 20))
    for _ in range(3):
        upload.add(b"x" * (1 << 20))
    assert upload._file._rolled  # type: ignore[attr-defined]
    assert len(upload.data()) == 3 << 20


def test_an_answer_is_in_the_budget_until_it_was_taken() -> None:
    held = uploads.Uploads(10_000, budget=1 << 20)
    answer = uploads.KeptAnswer(held, b"x" * 300_000, "text/plain", {"X-A": "b"})
    assert held._held == 300_000
    sent: list[tuple[int, int]] = []

    async def send(message: Any) -> None:
        sent.append((len(message.get("body", b"")), held._held))

    async def gone(message: Any) -> None:
        raise OSError

    anyio.run(answer, {"type": "http"}, None, send)
    assert sum(size for size, _ in sent) == 300_000
    assert max(size for size, _ in sent) <= uploads.PIECE
    assert {count for _, count in sent} == {300_000}
    assert held._held == 0
    broken = uploads.KeptAnswer(held, b"x" * 300_000, "text/plain")
    with pytest.raises(OSError):  # noqa: PT011 - whatever the line raises
        anyio.run(broken, {"type": "http"}, None, gone)
    assert held._held == 0


def test_without_room_it_is_said_when_to_come_again() -> None:
    app = make_app()
    service = next(r.endpoint.__self__ for r in app.routes if r.path == "/api/check")  # type: ignore[attr-defined]
    service.uploads._budget = 10
    with TestClient(app) as client:
        reply = client.post("/api/check", content=b"x" * 100)
    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[]," * 2_000_000 + b"[]]",
        b'{"a":' * 2_000_000,
        b"[" + b"1," * 6_000_000 + b"1]",
        b'["' + b"x" * (50 << 20) + b'"]',
    ],
    ids=["lists", "tables", "numbers", "text"],
)
def test_json_is_looked_at_before_it_is_parsed(data: bytes, client: TestClient) -> None:
    with pytest.raises(InputError, match="发来的工作簿太大"):
        parsed(data)
    reply = client.post("/api/book", content=data)
    assert (reply.status_code, "太大" in reply.json()["error"]) == (422, True)


def test_the_names_of_a_service_on_the_network() -> None:
    assert "evil.example" not in hosts_of("0.0.0.0", ())
    assert {"localhost", "127.0.0.1", "[::1]"} <= set(hosts_of("127.0.0.1", ()))
    assert "nianbao.gov.cn" in hosts_of("127.0.0.1", ("Nianbao.gov.cn",))
    assert "[fe80::1]" in hosts_of("fe80::1", ())
    assert "*" not in hosts_of("0.0.0.0", ())


class Serving:
    """``gouji serve`` in a process of its own."""

    def __init__(self, *more: str) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            program("command_line", "serve", "--port", self.port, *more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(200):
            try:
                self.connect().close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the service did not start")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, head: str, body: bytes = b"") -> bytes:
        with self.connect() as line:
            line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
            answer = b""
            while piece := line.recv(65536):
                answer += piece
            return answer

    def end(self) -> tuple[float, str]:
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=10)
        return time.monotonic() - start, errors.decode()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_a_second_head_has_its_time_and_one_address_its_share() -> None:
    served = Serving()
    try:
        asked = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n".encode()
        lines = [served.connect() for _ in range(20)]
        for line in lines:
            line.sendall(asked)
            while b"</html>" not in line.recv(1 << 20):
                pass
            line.sendall(b"G")
        started = time.monotonic()
        for line in lines:
            line.settimeout(0.2)
            with suppress(ConnectionError):
                for _ in range(100):
                    line.sendall(b"E")
                    with suppress(TimeoutError):
                        if line.recv(10) == b"":
                            break
        assert time.monotonic() - started < 15
        many = [served.connect() for _ in range(505)]
        time.sleep(1)
        reply = many[-1].recv(4000).lower()
        assert b" 503 " in reply.partition(b"\r\n")[0]
        assert b"retry-after: 30" in reply
        for line in many:
            line.close()
        head = f"GET / HTTP/1.1\nHost: 127.0.0.1:{served.port}\nConnection: close"
        assert b" 200 " in served.ask(head).partition(b"\r\n")[0]
    finally:
        seconds, errors = served.end()
    assert seconds < 2
    assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_a_running_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = Serving()
    try:
        host = f"Host: 127.0.0.1:{served.port}\nConnection: close"
        assert b"200 OK" in served.ask(f"GET / HTTP/1.1\n{host}").partition(b"\r\n")[0]
        refused = served.ask("GET / HTTP/1.1\nHost: evil.example\nConnection: close")
        assert b" 400 " in refused.partition(b"\r\n")[0]
        for answer in (refused, served.ask("NO HTTP\x01 AT ALL")):
            assert b"content-security-policy" in answer.lower()
        report = book_at(load("2021"), tmp_path / "a.xlsx", year=2025).read_bytes()
        head = f"POST /api/check HTTP/1.1\n{host}\nContent-Length: {len(report)}"
        for cut in (0, 1000, len(report) - 1):  # broken off by the sender
            with served.connect() as line:
                line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + report[:cut])
        whole = served.ask(head, report)
        assert b" 200 " in whole.partition(b"\r\n")[0]
        slow = served.connect()  # never sends its head
        started = time.monotonic()
        assert slow.recv(10) == b""
        assert 5 < time.monotonic() - started < 15
        waiting = served.connect()  # a body that never ends
        waiting.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\nx")
    finally:
        seconds, errors = served.end()
    assert seconds < 2
    assert "Traceback" not in errors
    assert not re.search(r"(?i)exception", errors)
