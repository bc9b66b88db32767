"""The JSON Schema of ``check --format json`` holds for everything that check says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from gouji.templates.words import Words
from gouji.validators.finding import Act, Result, Results, Severity, Skipped, Stage
from gouji.validators.output import FORMATS
from gouji.validators.output.json import schema

from ...builders import faulty
from ...command import gouji
from ...conftest import DATA


@pytest.fixture(scope="module")
def judge_document() -> Any:
    answer = json.loads(gouji("rules", "--schema").output)
    assert answer == json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(answer)
    return jsonschema.Draft202012Validator(answer)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_result_is_as_the_schema_says(
    judge_document: Any, results: list[Result], lang: str
) -> None:
    skipped = Skipped("说明.txt", Words("不是工作簿", "no workbook"))
    for each in (results, Results(results, [skipped]), []):
        judge_document.validate(json.loads(FORMATS["json"](each, lang, False)))


@pytest.mark.slow
def test_faulty_published_and_unreadable_files_are_as_it_says(
    judge_document: Any, tmp_path: Path
) -> None:
    faulty(tmp_path, 24)
    (tmp_path / "坏.xlsx").write_bytes(b"none")
    (tmp_path / "图.jpg").write_bytes(b"none")
    (tmp_path / "a.txt").write_bytes((DATA / "published" / "lianshan-2021.txt").read_bytes())
    done = gouji("check", tmp_path, "--published", "--format", "json", "--prior", tmp_path)
    answer = json.loads(done.stdout)
    judge_document.validate(answer)
    assert answer["summary"]["files"] == 26
    seen = {
        k for f in answer["files"] for k in ("findings", "repairs", "cards", "unchecked") if f[k]
    }
    assert len(seen) == 4
    assert {f["status"] for f in answer["files"]} >= {"findings", "unreadable"}


def test_what_is_not_said_is_refused(judge_document: Any, results: list[Result]) -> None:
    answer = json.loads(FORMATS["json"](results, "zh", False))
    answer["files"][0]["another"] = 1
    assert not judge_document.is_valid(answer)
    del answer["files"][0]["another"], answer["files"][0]["path"]
    assert not judge_document.is_valid(answer)


def test_its_lists_are_those_of_the_types() -> None:
    defined = json.loads(schema())["$defs"]
    assert defined["severity"]["enum"] == [*Severity]
    card = defined["card"]["properties"]
    assert card["stage"]["enum"] == [*Stage]
    assert card["acts"]["items"]["enum"] == [*Act]
