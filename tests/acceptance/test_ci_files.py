"""The files that other projects' CI reads are what those systems expect."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def test_the_action_is_valid():
    subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml"],
        check=True,
    )


def test_no_input_of_the_action_is_pasted_into_a_script():
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_hooks_are_valid():
    pre_commit = pytest.importorskip("pre_commit.clientlib")
    hooks = pre_commit.load_manifest(ROOT / ".pre-commit-hooks.yaml")
    assert [hook["id"] for hook in hooks] == ["mir-check", "mir-fix"]
