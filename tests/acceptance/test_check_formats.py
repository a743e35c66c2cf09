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
    assert sum("fixes" in result for result in run["results"]) == sum(found.fix is not None for found in zoo.findings)
    prints = [
        (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], result["partialFingerprints"]["mir/v1"])
        for result in run["results"]
    ]
    assert len(set(prints)) == len(prints), "two findings of a file have one fingerprint"


def test_junit_is_valid_and_has_a_suite_for_each_file(zoo):
    written = "".join(FORMATS["junit"](zoo))
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(written)
    assert written.count("<testsuite ") == len(zoo.index.sources)


def test_json_quotes_what_stands_at_each_place(zoo):
    for found in json.loads("".join(FORMATS["json"](zoo))):
        line = zoo.index.sources[found["file"]].line(found["line"])
        assert 1 <= found["column"] <= len(line) + 1


def test_annotations_are_one_line_each(zoo):
    lines = "".join(FORMATS["github"](zoo)).splitlines()
    assert len(lines) == len(zoo.findings) + 1
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines[:-1])


def test_text_puts_carets_under_every_finding_that_has_a_line(zoo):
    text = "".join(FORMATS["text"](zoo))
    assert text.count(" | ") >= 2 * len([found for found in zoo.findings if found.location.end_column])
