"""The files that other projects' CI reads are what those systems expect."""

import os
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


@pytest.mark.parametrize(("status", "exits"), [(0, 0), (1, 0), (2, 2)])
def test_the_action_s_script_passes_paths_as_they_are_and_findings_on(tmp_path, status, exits):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (script,) = (step["run"] for step in action["runs"]["steps"] if step.get("id") == "check")
    mir = tmp_path / "mir" / "bin" / "mir"
    mir.parent.mkdir(parents=True)
    mir.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{tmp_path}/said"\nexit {status}\n')
    mir.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "ARGS": "--select=MIR1\n",
        "PATHS": "my cards\n$(touch pwned)\n",
        "SARIF": "mir.sarif",
    }
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == exits
    assert (tmp_path / "output").read_text() == f"code={status}\n"
    said = (tmp_path / "said").read_text().splitlines()
    assert said[:8] == [
        "check", "--format", "sarif", "--output", "mir.sarif", "--select=MIR1", "--", "my cards",
    ]  # fmt: skip
    assert said[8] == "$(touch pwned)"
    assert not (tmp_path / "pwned").exists()
