import json

from registry.report.jsonlist import jsonlist
from registry.types.safe_text import safe_text


def test_holds_what_the_finding_holds(report, finding):
    (entry,) = json.loads("".join(jsonlist(report([finding(hint="count again", replacement="3")]))))
    fingerprint = entry.pop("fingerprint")
    assert len(fingerprint) == 16
    assert entry == {
        "rule": "MIR201",
        "severity": "error",
        "message": "'-3' is below zero",
        "path": "Models[0].Metadata.FLOPs",
        "file": "models/a.yml",
        "line": 4,
        "column": 12,
        "end_line": 4,
        "end_column": 14,
        "hint": "count again",
        "fixable": True,
        "fix": {
            "description": "write it without the sign",
            "edits": [{"file": "models/a.yml", "start": 47, "end": 49, "text": "3"}],
        },
        "related": [],
    }


def test_is_a_list_when_clean(report):
    assert json.loads("".join(jsonlist(report([])))) == []


def test_survives_hostile_text(report, finding, hostile):
    document = "".join(jsonlist(report([finding(message=hostile), finding()])))
    first, second = json.loads(document)
    assert first["message"] == safe_text(hostile)
    assert second["fingerprint"] == first["fingerprint"] + ":2"
    assert document.isascii()
