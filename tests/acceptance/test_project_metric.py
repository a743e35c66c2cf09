"""A project's own metric, and its own name of a known one, in every command and in the library."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import registry
from registry.cli.main import group as command_line
from registry.config import find_config
from registry.lsp.complete import complete

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

HARNESS_LOG = {
    "results": {"scikit-learn digits": {"digit_gap,none": 0.0425, "digit_gap_stderr,none": 0.001}},
    "versions": {"scikit-learn digits": 1},
    "n-shot": {"scikit-learn digits": 0},
    "n-samples": {"scikit-learn digits": {"original": 360, "effective": 360}},
    "lm_eval_version": "0.4.9",
    "git_hash": "1a2b3c4",
    "date": 1735787045.0,
    "model_name": "digits-cnn",
    "config": {"model_args": "pretrained=digits-cnn"},
}


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


READ_NO_METRIC = {
    "completion": "it prints a script",
    "count": "it counts a model, and reads no card's results",
    "evidence copy": "it moves records as they are",
    "evidence fingerprint": "it is of data",
    "evidence keygen": "it makes keys",
    "evidence migrate": "it moves records as they are",
    "evidence verify": "it reads signatures",
    "explain": "it explains rules",
    "import": "it makes cards out of what others publish",
    "init": "it looks for cards, before there is a project",
    "lsp": "it waits for an editor; what it completes is looked at below",
    "rules": "it lists rules",
    "schema": "it prints schemas",
    "site pages": "it writes what `site build` makes HTML of",
    "site serve": "it builds as `site build` does",
}
"""The commands that no metric reaches, each with the reason."""


def leaves(command: click.Command, name: str = "") -> Iterator[str]:
    """The names of all commands that do something, such as `evidence check`."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for subcommand in command.list_commands(context):
        below = command.get_command(context, subcommand)
        assert below is not None
        yield from leaves(below, f"{name} {subcommand}".strip())


def test_every_command_reads_the_projects_metric(mir, project: Path) -> None:
    runs: set[str] = set()
    commands = set(leaves(command_line))

    def run(*arguments: object, code: int = 0) -> str:
        words = [str(argument) for argument in arguments[:2]]
        runs.update({words[0], " ".join(words)} & commands)
        status, out, err = mir(*arguments)
        assert status == code, err
        return out

    findings = json.loads(run("check", "models", "--format", "json"))
    # An abbreviation stays as it is.
    assert {finding["message"].split("'")[1] for finding in findings if finding["rule"] == "MIR502"} == {"Hits"}

    options = ("--only", "Hit Rate,Digit Gap", "--device", "cpu", "--predictions", "--format", "json")
    rows = {row["subject"]: row for row in json.loads(run("verify", "models", *options))}
    assert (rows["top-1-accuracy"]["verdict"], rows["top-1-accuracy"]["measured"]) == ("reproduced", 0.975)
    assert rows["digit-gap"]["verdict"] == "unverifiable"
    assert "digits-cnn Hits: 97.50% (351 of 360), the card says 97.50%: same" in run("rescore", "models")

    states = {
        record["subject"]: record["state"]
        for record in json.loads(run("evidence", "check", "models", "--format", "json"))
    }
    assert states == {"top-1-accuracy": "fresh"}  # what was not measured has no record

    shutil.copytree(project / "models", project / "before")
    log = project / "results.json"
    log.write_text(json.dumps(HARNESS_LOG), encoding="utf-8")
    options = ("--model", "digits-cnn", "--format", "json")
    (imported,) = json.loads(run("evidence", "import", log, *options))["imported"]
    assert (imported["path"], imported["verdict"]) == ("Models[0].Results[0].Metrics.DG", "reproduced")
    evidence = json.loads(run("evidence", "show", "models", "--format", "json"))
    assert {record["claim"]["subject"] for record in evidence} == {"top-1-accuracy", "digit-gap"}
    assert "| registry | digit-gap | 1 |" in run("evidence", "report", "models")
    assert "digits-cnn DG: 4.25%, reproduced" in run("evidence", "diff", "before", "models", code=1)

    asking = "'hit rate' > 97% and hits.verdict = reproduced and dg < 5%"
    (model,) = json.loads(run("search", asking, "--format", "json"))
    assert (model["top-1-accuracy"], model["digit-gap"]) == (0.975, 0.0425)

    rows = json.loads(run("query", "SELECT subject, verdict FROM claims WHERE kind = 'ratio'", "--format", "json"))
    assert {(row["subject"], row["verdict"]) for row in rows} == {
        ("top-1-accuracy", "reproduced"),
        ("digit-gap", "imported"),
    }

    (line,) = (line for line in run("show", "digits-cnn").splitlines() if line.startswith("Hits"))
    assert line.count("97.50%") >= 2  # reported and measured

    badge = json.loads(run("badge", "digits-cnn", "--claim", "Hit Rate", "--format", "json"))
    assert badge["message"] == "97.50% reproduced"

    out = run("convert", "models", "--to", "huggingface", "--quiet")
    assert ("type: top-1-accuracy" in out, "type: digit-gap" in out) == (True, True)
    assert '"metric_id": "top-1-accuracy"' in run(
        "evidence", "export", "--to", "every-eval-ever", "--organization", "us"
    )

    card = project / "models" / "digits-cnn.md"
    card.write_text(card.read_text(encoding="utf-8").replace("DG: 4.25%", "Digit Gap: 4.5%"), encoding="utf-8")
    changed = run("diff", "before", "models", code=1)
    assert ("Digit Gap" in changed, "DG" in changed, "Hits" in changed) == (True, True, False)

    run("site", "build", "--out", "html")
    model = json.loads((project / "html" / "api" / "v1" / "models" / "digits-cnn.json").read_text())["data"]
    claims = {claim["subject"]: claim for claim in model["claims"]}
    assert (claims["top-1-accuracy"]["better"], claims["digit-gap"]["better"]) == ("higher", "lower")
    assert claims["top-1-accuracy"]["verdict"] == "reproduced"
    assert isinstance(claims["parameters"]["value"], int)
    rows = list(csv.DictReader(io.StringIO((project / "html" / "csv" / "claims.csv").read_text())))
    assert {row["subject"] for row in rows} >= {"top-1-accuracy", "digit-gap"}

    text = "Models:\n- Name: a\n  Results:\n  - Task: t\n    Dataset: d\n    Metrics:\n      "
    names = {completion.text for completion in complete(text, 6, 6, find_config(project).load_vocabulary())}
    assert names >= {"Hit Rate: ", "Digit Gap: "}

    assert commands - runs == set(READ_NO_METRIC)


def test_the_library_reads_the_projects_metric(project: Path) -> None:
    assert {finding.rule for finding in registry.check("models")} >= {"MIR502"}
    outcomes = {
        outcome.claim.subject: outcome
        for outcome in registry.verify("models", only=["Hits", "Digit Gap"], device="cpu")
    }
    assert (outcomes["top-1-accuracy"].verdict, outcomes["digit-gap"].verdict) == ("reproduced", "unverifiable")
    assert [row["name"] for row in registry.search("models", "hits > 97%")] == ["digits-cnn"]
    assert {row["subject"] for row in registry.table("models")} >= {"top-1-accuracy", "digit-gap"}
    claims = registry.show("models", "digits-cnn")[0]["claims"]
    assert {claim["subject"] for claim in claims if claim["kind"] == "ratio"} == {"top-1-accuracy", "digit-gap"}
    (output,) = registry.convert("models", "huggingface").outputs
    assert "type: digit-gap" in output.text
    assert registry.diff("models", "models") == []
    assert registry.build_site("models", project / "html").models == 1
