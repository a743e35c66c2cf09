"""A project's own metric, and its own name of a known one, in every command and in the library."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

import registry

ROOT = Path(__file__).resolve().parents[2]

VOCABULARY = """
[metrics.top-1-accuracy]
name = "Hit Rate"
aliases = ["Hits", "Top 1 Accuracy"]
kind = "ratio"
better = "higher"
family = "accuracy"
top = 1

[metrics.digit-gap]
name = "Digit Gap"
aliases = ["DG"]
kind = "ratio"
better = "lower"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The digits card under the project's own names, in a repository that says what they mean."""
    cards = tmp_path / "models"
    cards.mkdir()
    text = (ROOT / "models" / "digits-cnn.md").read_text(encoding="utf-8")
    for old, new in (("Top 1 Accuracy: 97.50%", "Hits: 97.50%"), ("Top 5 Accuracy: 100.00%", "DG: 4.25%")):
        assert old in text
        text = text.replace(old, new)
    (cards / "digits-cnn.md").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "models" / "digits-cnn.safetensors", cards)
    (tmp_path / "words.toml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.mir]\nvocabulary = ["words.toml"]\n', encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def test_every_command_reads_the_projects_metric(mir, project: Path) -> None:
    code, out, _ = mir("check", "models", "--format", "json")
    spellings = {each["message"].split("'")[1] for each in json.loads(out) if each["rule"] == "MIR502"}
    assert (code, spellings) == (0, {"Hits"})  # an abbreviation stays as it is

    code, out, _ = mir("verify", "models", "--only", "Hit Rate,Digit Gap", "--device", "cpu", "--format", "json")
    rows = {row["subject"]: row for row in json.loads(out)}
    assert code == 0
    assert (rows["top-1-accuracy"]["verdict"], rows["top-1-accuracy"]["measured"]) == ("reproduced", 0.975)
    assert rows["digit-gap"]["verdict"] == "unverifiable"

    code, out, _ = mir("evidence", "check", "models", "--format", "json")
    states = {each["subject"]: each["state"] for each in json.loads(out)}
    assert (code, states) == (0, {"top-1-accuracy": "fresh"})  # what was not measured has no record

    code, out, _ = mir("search", "'hit rate' > 97% and hits.verdict = reproduced and dg < 5%", "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["top-1-accuracy"], found["digit-gap"]) == (0, 0.975, 0.0425)

    code, out, _ = mir("query", "SELECT subject, kind, verdict FROM claims WHERE kind = 'ratio'", "--format", "json")
    assert (code, {(row["subject"], row["verdict"]) for row in json.loads(out)}) == (
        0,
        {("top-1-accuracy", "reproduced"), ("digit-gap", "unverifiable")},
    )

    code, out, _ = mir("show", "digits-cnn")
    (line,) = (line for line in out.splitlines() if line.startswith("Hits"))
    assert line.count("97.50%") >= 2  # reported and measured

    code, out, _ = mir("badge", "digits-cnn", "--claim", "Hit Rate", "--format", "json")
    assert (code, json.loads(out)["message"]) == (0, "97.50% reproduced")

    code, out, _ = mir("convert", "models", "--to", "huggingface", "--quiet")
    assert (code, "type: top-1-accuracy" in out, "type: digit-gap" in out) == (0, True, True)

    code, out, _ = mir("evidence", "export", "--to", "every-eval-ever", "--organization", "us")
    assert code == 0
    assert '"metric_id": "top-1-accuracy"' in out

    code, out, _ = mir("site", "build", "--out", "html")
    assert code == 0
    model = json.loads((project / "html" / "api" / "v1" / "models" / "digits-cnn.json").read_text())["data"]
    claims = {claim["subject"]: claim for claim in model["claims"]}
    assert (claims["top-1-accuracy"]["better"], claims["digit-gap"]["better"]) == ("higher", "lower")
    assert claims["top-1-accuracy"]["verdict"] == "reproduced"
    assert isinstance(claims["parameters"]["value"], int)
    rows = list(csv.DictReader(io.StringIO((project / "html" / "csv" / "claims.csv").read_text())))
    assert {row["subject"] for row in rows} >= {"top-1-accuracy", "digit-gap"}


def test_the_library_reads_the_projects_metric(project: Path) -> None:
    assert {finding.rule for finding in registry.check("models")} >= {"MIR502"}
    found = {each.claim.subject: each for each in registry.verify("models", only=["Hits", "Digit Gap"], device="cpu")}
    assert (found["top-1-accuracy"].verdict, found["digit-gap"].verdict) == ("reproduced", "unverifiable")
    assert [row["name"] for row in registry.search("models", "hits > 97%")] == ["digits-cnn"]
    assert {row["subject"] for row in registry.table("models")} >= {"top-1-accuracy", "digit-gap"}
    claims = registry.show("models", "digits-cnn")[0]["claims"]
    assert {claim["subject"] for claim in claims if claim["kind"] == "ratio"} == {"top-1-accuracy", "digit-gap"}
    (output,) = registry.convert("models", "huggingface").outputs
    assert "type: digit-gap" in output.text
    assert registry.diff("models", "models") == []
    assert registry.build_site("models", project / "html").models == 1
