"""What every command prints as JSON is what `schemas/output.schema.json` says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import jsonschema
import pytest
from referencing import Registry, Resource

from registry.cli.command_reference import commands
from registry.cli.main import group
from registry.resources import resource

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "output.schema.json").read_text())
EVIDENCE = json.loads((ROOT / "schemas" / "evidence.schema.json").read_text())

COMMANDS = {
    "check": [["check", "bad.yml"], ["check", "zoo"]],
    "rules": [["rules"]],
    "verify": [["verify", "zoo"]],
    "verify-plan": [["verify", "zoo", "--plan"]],
    "count": [
        ["count", "registry:digits-cnn"],
        ["count", "registry:digits-cnn", "--explain", "1.2M"],
        ["count", "torchvision:fasterrcnn_mobilenet_v3_large_320_fpn"],
    ],
    "count-weights": [["count", "zoo/digits-cnn.safetensors"]],
    "rescore": [["rescore", "zoo"], ["rescore", "zoo", "--per-class"]],
    "evidence-show": [["evidence", "show", "zoo"]],
    "evidence-check": [["evidence", "check", "zoo"]],
    "evidence-diff": [["evidence", "diff", "zoo/evidence", "other"], ["evidence", "diff", "other", "zoo/evidence"]],
    "evidence-fingerprint": [["evidence", "fingerprint", "scikit-learn digits"]],
    "evidence-import": [
        ["evidence", "import", "eval_results.json", "bad.yml", "--cards", "zoo", "--model", "digits-cnn"]
    ],
    "diff": [["diff", "zoo", "changed"], ["diff", "zoo", "bad.yml"]],
    "search": [["search", "", "zoo"], ["search", "parameters > 1", "zoo", "bad.yml"]],
    "show": [["show", "digits-cnn", "zoo"], ["show", "a", "bad.yml"]],
    "query": [["query", "SELECT * FROM claims", "zoo"], ["query", "SELECT * FROM evidence", "zoo"]],
    "badge": [["badge", "digits-cnn", "zoo"]],
}
"""By the part of the schema: commands that print it."""


def _validator(name: str) -> jsonschema.Draft202012Validator:
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in (SCHEMA, EVIDENCE)
    )
    return jsonschema.Draft202012Validator({"$ref": f"{SCHEMA['$id']}#/$defs/{name}"}, registry=registry)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    (outputs / "zoo").mkdir()
    for name in ("digits-cnn.md", "digits-cnn.safetensors"):
        shutil.copy(ROOT / "models" / name, outputs / "zoo" / name)
    shutil.copytree(outputs / "zoo", outputs / "changed")
    card = outputs / "changed" / "digits-cnn.md"
    card.write_text(card.read_text().replace("25866", "25867"))
    (outputs / "bad.yml").write_text(
        "Models:\n- Name: a\n  Metadata: {FLOPs: -3, Paramters: 5M, Parameters: 5M}\n  Results:\n"
        "  - {Task: Image Classification, Dataset: Imagenet, Metrics: {Top 1 Accuracy: 174.5%}}\n"
    )
    (outputs / "other").mkdir()
    (outputs / "eval_results.json").write_text('{"eval_accuracy": 0.975, "eval_samples": 360, "epoch": 3.0}')
    return outputs


@pytest.fixture(scope="module")
def verified(folder: Path) -> Path:
    """The same folder with evidence and kept predictions."""
    import registry

    registry.verify(folder / "zoo", predictions=True)
    return folder


def test_every_command_that_prints_json_has_its_part_of_the_schema():
    printing = {
        context.command_path.removeprefix("mir ").replace(" ", "-")
        for command, context in commands(group, click.Context(group, info_name="mir"))
        for option in command.params
        if option.name == "form" and isinstance(option.type, click.Choice) and "json" in option.type.choices
    }
    assert printing <= COMMANDS.keys()
    assert COMMANDS.keys() <= SCHEMA["$defs"].keys()
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("name", "arguments"), [(name, line) for name, lines in COMMANDS.items() for line in lines])
def test_what_is_printed_follows_the_schema(mir, monkeypatch, verified, tmp_path, name, arguments):
    monkeypatch.chdir(verified)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path))
    code, out, _ = mir(*arguments, "--format", "json")
    assert code in (0, 1)
    printed = json.loads(out)
    assert printed or arguments == ["check", "zoo"]
    assert [f"{error.json_path}: {error.message[:200]}" for error in _validator(name).iter_errors(printed)] == []


def test_the_schema_is_strict(verified):
    wrong = [{"rule": "MIR101", "severity": "bad"}]
    assert len(list(_validator("check").iter_errors(wrong))) > 3
    assert list(_validator("verify").iter_errors([{"model": "a", "status": "reproduced"}]))


def test_the_schema_comes_with_the_package(mir):
    code, out, _ = mir("schema", "output")
    assert (code, json.loads(out)) == (0, SCHEMA)
    assert Path(resource("schemas") / "output.schema.json").is_file()
