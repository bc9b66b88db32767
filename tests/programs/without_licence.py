"""Sends standard input to the remote endpoint; prints status and error."""

import sys

from gouji.addin.web.server import make_app
from starlette.testclient import TestClient

book = sys.stdin.buffer.read()
answer = TestClient(make_app()).post("/xlwings/validate", content=book)
print(answer.status_code, answer.json()["error"])
