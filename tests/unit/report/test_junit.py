from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from registry.report import Report
from registry.report.junit import junit
from registry.types import Index, Source

# The schema of Jenkins' xunit plugin, as pytest's source distribution carries it (MIT, see its first lines).
SCHEMA = Path(__file__).parents[2] / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


def test_a_finding_is_a_failed_test_and_a_remark_a_skipped_one(report, finding, schema):
    document = "".join(junit(report([finding(hint="count again"), finding(severity="info")])))
    schema.validate(document)
    (suite,) = ElementTree.fromstring(document)
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")
    failure = suite.find("testcase/failure")
    assert failure.get("message") == "'-3' is below zero"
    assert failure.text == "models/a.yml:4:12: MIR201 error: '-3' is below zero\ncount again"


def test_a_clean_file_is_a_test_that_passes(schema):
    sources = {"a.yml": Source(file="a.yml", text="")}
    document = "".join(junit(Report(findings=(), index=Index(root="/", sources=sources))))
    schema.validate(document)
    (suite,) = ElementTree.fromstring(document)
    assert suite.get("name") == "a.yml"
    assert suite.find("testcase/failure") is None


def test_survives_hostile_text(report, finding, hostile, schema):
    hostile_finding = finding(message=hostile, hint=hostile, path=hostile, file=f"a{hostile}.yml")
    document = "".join(junit(report([hostile_finding])))
    schema.validate(document)
    document.encode("utf-8")
