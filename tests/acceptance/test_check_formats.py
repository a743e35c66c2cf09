"""What real cards make of the formats that machines read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xmlschema
from jsonschema import Draft4Validator

from registry.checks import check
from registry.loader import load
from registry.report import FORMATS, Report

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


@pytest.fixture(scope="module")
def zoo(corpora) -> Report:
    index = load([corpora / "timm", corpora / "mmpretrain" / "model-index.yml"])
    return Report(findings=check(index), index=index)


def test_sarif_is_valid_and_its_repairs_are_those_of_the_findings(zoo):
    log = json.loads("".join(FORMATS["sarif"](zoo)))
    Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == len(zoo.findings) > 100
    assert sum("fixes" in result for result in run["results"]) == sum(
        finding.fix is not None for finding in zoo.findings
    )
    prints = [
        (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], result["partialFingerprints"]["mir/v1"])
        for result in run["results"]
    ]
    assert len(set(prints)) == len(prints), "two findings of a file have one fingerprint"


def test_junit_is_valid_and_has_a_suite_for_each_file(zoo):
    document = "".join(FORMATS["junit"](zoo))
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(document)
    assert document.count("<testsuite ") == len(zoo.index.sources)


def test_json_quotes_what_stands_at_each_place(zoo):
    for finding in json.loads("".join(FORMATS["json"](zoo))):
        line = zoo.index.sources[finding["file"]].line(finding["line"])
        assert 1 <= finding["column"] <= len(line) + 1


def test_annotations_are_one_line_each(zoo):
    lines = "".join(FORMATS["github"](zoo)).splitlines()
    assert len(lines) == len(zoo.findings) + 2
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines[:-2])
    assert lines[-1].startswith("GitHub shows 10 annotations a level: ")


def test_gitlab_has_a_fingerprint_for_each_finding(zoo):
    entries = json.loads("".join(FORMATS["gitlab"](zoo)))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == len(zoo.findings)
    assert all(set(entry) == {"description", "check_name", "fingerprint", "severity", "location"} for entry in entries)


def test_reviewdog_gets_columns_in_bytes(zoo):
    document = json.loads("".join(FORMATS["rdjson"](zoo)))
    for finding, diagnostic in zip(zoo.findings, document["diagnostics"], strict=True):
        start = diagnostic["location"]["range"]["start"]
        line = zoo.index.sources[finding.location.file].line(start["line"]).encode()
        assert len(line[: start["column"] - 1].decode()) == finding.location.column - 1


def test_the_summary_in_markdown_is_one_table(zoo):
    lines = "".join(FORMATS["markdown"](zoo)).splitlines()
    assert lines[0].startswith("Found ")
    assert sum(line.startswith("| ") for line in lines) == min(len(zoo.findings), 100) + 1
    assert all(line.replace("\\|", "").count("|") == 5 for line in lines if line.startswith("| "))


def test_text_puts_carets_under_every_finding_that_has_a_line(zoo):
    text = "".join(FORMATS["text"](zoo))
    assert text.count(" | ") >= 2 * len([finding for finding in zoo.findings if finding.location.end_column])
