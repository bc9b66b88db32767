"""SARIF 2.1.0: every finding once, by its rule, with the file and the cell."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from gouji.templates.words import Words
from gouji.validators.finding import Result, Results, Skipped
from gouji.validators.output import FORMATS

from ...pages import packed


def sarif_of(results: Any, lang: str = "zh") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FORMATS["sarif"](results, lang, False))
    return found


def test_every_finding_is_a_result_of_its_rule_at_its_cell(results: list[Result]) -> None:
    (run,) = sarif_of(results)["runs"]
    wanted = [
        (f.rule, f.severity.value, f.message)
        for r in results
        if r.verdict
        for f in r.verdict.findings
    ]
    found = [(r["ruleId"], r["level"], r["message"]["text"]) for r in run["results"]]
    assert found == wanted
    assert len(wanted) > 2
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        location = result["locations"][0]
        assert location["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")
        assert "%3Cb%3E" in location["physicalLocation"]["artifactLocation"]["uri"]
    cells = [r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in run["results"]]
    assert "表三!D7" in cells


def test_a_result_has_its_region_and_a_fingerprint_that_outlives_numbers_and_names(
    results: list[Result],
) -> None:
    (run,) = sarif_of(results)["runs"]
    by_cell = {}
    for result in run["results"]:
        location = result["locations"][0]
        if location.get("logicalLocations"):
            name = location["logicalLocations"][0]["fullyQualifiedName"]
            by_cell[name] = location["physicalLocation"]["region"]
    assert by_cell["表三!D7"] == {"startLine": 7, "startColumn": 4, "endColumn": 5}
    prints = [r["partialFingerprints"]["gouji/v1"] for r in run["results"]]
    first = next(r for r in results if r.verdict and r.verdict.findings)
    assert first.verdict
    count = len(first.verdict.findings)
    assert len(set(prints[:count])) == count
    spoken = [replace(f, message=Words("别的", "other"), found=7.0) for f in first.verdict.findings]
    again = replace(first, path="elsewhere.xlsx", verdict=replace(first.verdict, findings=spoken))
    (other,) = sarif_of([again])["runs"]
    assert [r["partialFingerprints"]["gouji/v1"] for r in other["results"]] == prints[:count]


def test_each_rule_explains_itself(results: list[Result]) -> None:
    for lang, head in (("zh", "依据"), ("en", "how to repair it")):
        (run,) = sarif_of(results, lang)["runs"]
        for rule in run["tool"]["driver"]["rules"]:
            assert rule["id"] in rule["help"]["text"]
            assert head in rule["help"]["markdown"].lower()


def test_what_was_not_checked_or_read_is_a_notification(results: list[Result]) -> None:
    skipped = Skipped("说明.txt", Words("不是工作簿", "no workbook"))
    (run,) = sarif_of(Results(results, [skipped]))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    answer = [(n["level"], n["message"]["text"]) for n in invocation["toolExecutionNotifications"]]
    assert [t for level, t in answer if level == "error"] == [results[2].error.zh]  # type: ignore[union-attr]
    assert ("note", "不是工作簿") in answer
    unchecked = sum(len(r.verdict.unchecked) for r in results if r.verdict)
    assert len(answer) == unchecked + 2


def test_english_is_english(results: list[Result]) -> None:
    (run,) = sarif_of(results, "en")["runs"]
    assert run["tool"]["driver"]["language"] == "en-US"
    assert not [r for r in run["results"] if "相差" in r["message"]["text"]]


@pytest.mark.apps("npm")
@pytest.mark.slow
def test_the_document_is_valid_by_its_schema(results: list[Result]) -> None:
    """The schema of OASIS, as a package of npm carries it."""
    import jsonschema

    schema = json.loads(
        packed("@microsoft/jest-sarif@1.0.0-beta.0", "lib/schemas/sarif-2.1.0-rtm.5.json")
    )
    skipped = Skipped("说明.txt", Words("不是工作簿", "no workbook"))
    for lang in ("zh", "en"):
        jsonschema.validate(sarif_of(Results(results, [skipped]), lang), schema)
    jsonschema.validate(sarif_of([]), schema)
