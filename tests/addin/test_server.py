"""The drop page's service: one verdict, nothing stored, nobody let in who should not be."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from gouji.addin.web.server import is_loopback, make_app
from gouji.templates.edition import Edition
from gouji.validators.office import check_files, flag_file
from gouji.validators.output import file_entry
from gouji.validators.reading import Limits
from starlette.testclient import TestClient

from ..builders import book_at, consistent
from ..conftest import DATA, program, sample
from ..published_documents import document, page, pdf
from ..published_text import published


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app()) as made:
        yield made


def send(client: TestClient, path: str, data: bytes, name: str, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(path, content=data, headers={"X-File-Name": quote(name), **headers})


@pytest.mark.slow
def test_the_page_says_what_the_command_line_says(client: TestClient, tmp_path: Path) -> None:
    from gouji.templates.edition import load

    rng = random.Random(1)
    for number in range(sample(12, 40)):
        edition = load("2021" if number % 4 else "2019")
        values: dict[str, float | str] = dict(consistent(edition, rng))
        for key in rng.sample(list(edition.fields), 3):
            values[key] = rng.choice([99.0, -1.0, "18件", "/"])
        path = tmp_path / f"{number}.xlsx"
        book_at(edition, path, year=edition.from_year, values=values, typed_totals=number % 2 == 0)
        (result,) = check_files([path])
        answer = send(client, "/api/check", path.read_bytes(), path.name).json()
        expected = file_entry(result)
        expected["path"], expected["unit"] = path.name, answer["file"]["unit"]
        assert answer["file"] == expected


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf", ".txt"])
def test_a_published_report_is_judged_as_by_the_command_line(
    client: TestClient, tmp_path: Path, form: Edition, suffix: str
) -> None:
    values = consistent(form, random.Random(3))
    values["t3.total.natural"] += 1
    made = {
        ".html": lambda: page(form, values, "甲县", 2024).encode(),
        ".docx": lambda: document(form, values, "甲县", 2024),
        ".pdf": lambda: pdf(form, values, "甲县", 2024),
        ".txt": lambda: published(form, values, "tabs", "甲县", 2024).encode(),
    }
    path = tmp_path / f"年报{suffix}"
    path.write_bytes(made[suffix]())
    (result,) = check_files([path])
    answer = send(client, "/api/check", path.read_bytes(), path.name).json()
    assert {f["rule"] for f in answer["file"]["findings"]} >= {"T3-TOTAL"}
    assert answer["file"] == file_entry(result) | {"path": path.name}
    assert not answer["markable"]
    states = {
        c["field"]: c["state"]
        for t in answer["tables"]
        for r in t["rows"]
        for c in r
        if "field" in c
    }
    assert states["t3.total.natural"] == "likely"


def test_a_broken_published_report_is_named_as_it_was_sent(client: TestClient) -> None:
    answer = send(client, "/api/check", b"%PDF-1.7 broken", "年报.pdf")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("读不了 年报.pdf：")


def test_the_download_is_what_flag_writes(client: TestClient, bad: Path) -> None:
    original = bad.read_bytes()
    answer = send(client, "/api/flag", original, "乙县.xlsx")
    assert answer.headers["content-disposition"].endswith(quote("乙县.xlsx"))
    (result,) = check_files([bad])
    flag_file(result)
    assert answer.content == bad.read_bytes() != original


def test_the_rendering_shows_every_field_and_the_wrong_ones(
    client: TestClient, bad: Path, form: Edition
) -> None:
    answer = send(client, "/api/check", bad.read_bytes(), "乙县.xlsx").json()
    cells = {c["field"]: c for t in answer["tables"] for r in t["rows"] for c in r if "field" in c}
    assert set(cells) == set(form.fields)
    assert cells["t3.granted.natural"]["state"] == "likely"
    assert cells["t3.granted.total"]["state"] == "sum"
    assert "D9改好后这里会相符" in cells["t3.granted.total"]["title"]
    assert cells["t3.partial.natural"]["state"] == ""


def test_a_chosen_repair_is_carried_out_and_everything_then_holds(
    client: TestClient, bad: Path
) -> None:
    data = bad.read_bytes()
    (event,) = send(client, "/api/check", data, "乙县.xlsx").json()["file"]["repairs"]
    assert (event["group"], event["rank"]) == (1, 1)
    headers = {"X-File-Name": quote("乙县.xlsx"), "X-Repairs": "1.1"}
    fixed = client.post("/api/fix", content=data, headers=headers)
    assert fixed.status_code == 200
    after = send(client, "/api/check", fixed.content, "乙县.xlsx").json()["file"]
    assert after["findings"] == after["repairs"] == []


def test_a_repair_is_that_of_the_verdict_with_last_year(client: TestClient, bad: Path) -> None:
    data = bad.read_bytes()
    headers = {"X-File-Name": "a.xlsx", "X-Prior": f"{len(data)};{quote('上年.xlsx')}"}
    fixed = client.post("/api/fix", content=data + data, headers={**headers, "X-Repairs": "1.1"})
    assert fixed.status_code == 200
    headers["X-Prior"] = f"{len(data)};b.xlsx"
    refused = client.post("/api/fix", content=data + b"x", headers={**headers, "X-Repairs": "1.1"})
    assert refused.status_code == 422
    assert "b.xlsx" in refused.json()["error"]


@pytest.mark.parametrize("chosen", ["", "x", "9.9", "1.1,1.1", "1.1;1.2", "1." * 99])
def test_a_repair_that_is_not_there_is_refused(client: TestClient, bad: Path, chosen: str) -> None:
    headers = {"X-File-Name": "a.xlsx", "X-Repairs": chosen}
    answer = client.post("/api/fix", content=bad.read_bytes(), headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "是空文件"), (b"hello", "不是工作簿"), (b"PK\x03\x04", "不完整")]
)
def test_what_is_no_workbook_gets_its_sentence(client: TestClient, data: bytes, words: str) -> None:
    for path in ("/api/check", "/api/flag"):
        answer = send(client, path, data, "C:\\文件\\年报.xlsx")
        assert answer.status_code == 422
        assert words in answer.json()["error"]
        assert answer.json()["error"].startswith("年报.xlsx")


def test_a_file_over_the_limit_is_refused_by_what_is_sent_and_by_what_is_said() -> None:
    with TestClient(make_app(limits=Limits(file_mb=1))) as client:
        answer = send(client, "/api/check", bytes(2 << 20), "大.xlsx")
        assert (answer.status_code, answer.json()["error"][:9]) == (413, "大.xlsx 超过")

        def chunks() -> Iterator[bytes]:
            for _ in range(32):
                yield bytes(1 << 16)

        answer = client.post("/api/check", content=chunks())
        assert answer.status_code == 413


def test_beyond_the_rate_an_address_has_to_wait() -> None:
    with TestClient(make_app(per_minute=3)) as client:
        codes = [send(client, "/api/check", b"x", "a.xlsx").status_code for _ in range(4)]
    assert codes == [422, 422, 422, 429]


def test_with_a_token_only_who_knows_it_is_served(bad: Path) -> None:
    with TestClient(make_app(token="geheim")) as client:
        data = bad.read_bytes()
        assert send(client, "/api/check", data, "a.xlsx").status_code == 401
        wrong = send(client, "/api/check", data, "a.xlsx", Authorization="Bearer falsch")
        assert wrong.status_code == 401
        assert "口令不对" in wrong.json()["error"]
        right = send(client, "/api/check", data, "a.xlsx", Authorization="Bearer geheim")
        assert right.status_code == 200
        assert client.get("/").status_code == 200


def test_every_answer_carries_the_security_headers_and_nothing_comes_from_elsewhere(
    client: TestClient,
) -> None:
    for path in ("/", "/style.css", "/drop.js"):
        answer = client.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "http" not in answer.text.replace("http-equiv", "")
    refused = send(client, "/api/check", b"", "a.xlsx")
    assert "default-src 'none'" in refused.headers["content-security-policy"]
    assert client.get("/../setup.cfg").status_code == 404
    assert client.get("/api/check").status_code == 405


def test_the_remote_endpoint_answers_with_the_macros_actions(
    client: TestClient, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from .test_macros import payload

    monkeypatch.setenv("XLWINGS_LICENSE_KEY", "noncommercial")
    book = payload(bad)
    answer = client.post("/xlwings/validate", json=book)
    assert answer.status_code == 200
    functions = [a["func"] for a in answer.json()["actions"]]
    assert {"addSheet", "setValues", "addNote"} <= set(functions)
    assert client.post("/xlwings/kill", json=book).status_code == 404
    assert "不是 xlwings 发来的" in client.post("/xlwings/validate", json=[]).json()["error"]


@pytest.mark.slow
def test_without_a_licence_the_remote_endpoint_says_what_to_do(bad: Path, tmp_path: Path) -> None:
    """In a process of its own: xlwings looks for its licence once."""
    from .test_macros import payload

    env = {k: v for k, v in os.environ.items() if k != "XLWINGS_LICENSE_KEY"}
    env |= {"HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    sent = json.dumps(payload(bad)).encode()
    run = subprocess.run(
        program("without_licence"), env=env, input=sent, capture_output=True, check=True
    )
    assert "501" in run.stdout.decode()
    assert "XLWINGS_LICENSE_KEY" in run.stdout.decode()


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
    ],
)
def test_loopback_is_told_from_the_network(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_service_for_a_form_from_a_file_judges_that_form(tmp_path: Path) -> None:
    from gouji.templates.edition import load_file
    from gouji.templates.forms import Forms

    form = DATA / "editions" / "enforcement.toml"
    values = dict.fromkeys(load_file(form).fields, 0.0) | {"punish.simple.total": 1.0}
    path = book_at(
        load_file(form), tmp_path / "a.xlsx", year=2025, values=values, typed_totals=True
    )
    client = TestClient(make_app(forms=Forms(str(form))))
    answer = client.post("/api/check", content=path.read_bytes()).json()
    assert {f["rule"] for f in answer["file"]["findings"]} == {"P-ROW", "P-COLUMN"}
    plain = TestClient(make_app()).post("/api/check", content=path.read_bytes())
    assert plain.status_code == 422
    assert "--edition" in plain.json()["error"]


def test_a_blank_template_and_a_rule_are_given_and_unknown_ones_refused(
    client: TestClient, tmp_path: Path
) -> None:
    for edition in ("2019", "2021"):
        path = tmp_path / f"{edition}.xlsx"
        path.write_bytes(client.get(f"/blank-{edition}.xlsx").content)
        (result,) = check_files([path])
        assert result.report
        assert result.report.edition.id == edition
    assert client.get("/blank-1999.xlsx").status_code == 404
    reply = client.get("/api/rules/T3-ROW?edition=2021").json()
    assert reply[0][0] == "内容"
    reply = client.get("/api/rules/t3-row?edition=2019&lang=en").json()
    assert reply[0][0] == "What"
    for path_ in ("/api/rules/X-NONE?edition=2021", "/api/rules/T3-ROW?edition=%2e%2e"):
        answer = client.get(path_)
        assert answer.status_code == 404
        assert answer.json()["error"]


def test_last_years_report_follows_the_workbook(
    client: TestClient, tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(2))
    this = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲局", values=values).read_bytes()
    values["t3.carried_out.natural"] = values["t3.carried_in.natural"] + 7
    last = book_at(form, tmp_path / "b.xlsx", year=2023, unit="甲局", values=values).read_bytes()
    headers = {"X-Prior": f"{len(this)};b.xlsx"}
    answer = send(client, "/api/check", this + last, "a.xlsx", **headers)
    assert "Y-CARRY" in {f["rule"] for f in answer.json()["file"]["findings"]}
    answer = send(client, "/api/check", this + b"hello", "a.xlsx", **headers)
    assert answer.status_code == 422
    assert "b.xlsx" in answer.json()["error"]
    assert (
        "not a workbook"
        in send(
            client, "/api/check", this + b"hello", "a.xlsx", **headers, **{"X-Lang": "en"}
        ).json()["error"]
    )
    for wrong in ("", "x", "-1;b", f"{10**20};b"):
        answer = send(client, "/api/check", this, "a.xlsx", **{"X-Prior": wrong})
        assert answer.status_code == 200
