import json
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft4Validator, FormatChecker

from registry.report.sarif import sarif
from registry.types import Location

# The schema as Microsoft publishes it in the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT).
SCHEMA = Path(__file__).parents[2] / "schemas" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=FormatChecker())


def test_is_valid_with_everything_a_finding_can_have(report, finding, schema):
    failure = finding(hint="count again", replacement="3", related=(Location(file="b c.yml", line=2),))
    log = json.loads("".join(sarif(report([failure, finding(severity="info"), finding(severity="warning")]))))
    schema.validate(log)
    (run,) = log["runs"]
    result = run["results"][0]
    assert [result["level"] for result in run["results"]] == ["error", "note", "warning"]
    assert run["columnKind"] == "unicodeCodePoints"
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "models/a.yml", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 4, "startColumn": 12, "endLine": 4, "endColumn": 14}
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%20c.yml"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "3"}
    driver = run["tool"]["driver"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert driver["informationUri"].startswith("https://")
    assert all(urlsplit(rule["helpUri"]).path.endswith(f"/{rule['id']}.html") for rule in driver["rules"])


def test_is_valid_when_clean(report, schema):
    log = json.loads("".join(sarif(report([]))))
    schema.validate(log)
    assert log["runs"][0]["results"] == []


def test_survives_hostile_text(report, finding, hostile, schema):
    hostile_finding = finding(message=f"m{hostile}", path=hostile, file=f"a{hostile}.yml".replace("\ud800", ""))
    schema.validate(json.loads("".join(sarif(report([hostile_finding])))))


@pytest.mark.parametrize(
    "file", ["a\udcff.yml", "../b\udcff.yml", "/srv/\udcfe\udcff/c.yml", "a b%#?.yml", "c:\\d.yml", "\n.yml"]
)
def test_a_file_of_any_name_has_a_uri(report, finding, file, schema):
    related_finding = finding(file=file, related=(Location(file=file),))
    log = json.loads("".join(sarif(report([related_finding]))))
    schema.validate(log)
    uri = log["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert os.fsencode(unquote(uri, errors="surrogateescape")).endswith(os.fsencode(Path(file).name))
    assert uri.isascii()


@pytest.mark.parametrize("file", ["/srv/cards/a.yml", "../a.yml"])
def test_a_file_outside_the_folder_has_an_absolute_uri(report, finding, file):
    log = json.loads("".join(sarif(report([finding(file=file)]))))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"].startswith("file:///")
    assert ".." not in place["uri"]
