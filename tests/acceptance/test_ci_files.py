"""The files that other projects' CI reads are what those systems expect."""

import os
import re
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
    mir = tmp_path / "mir"
    mir.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{tmp_path}/said"\necho "# Found" > "{tmp_path}/mir.md"\n'
        f"echo 'mir: error: no such 100% path' >&2\nexit {status}\n"
    )
    mir.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "MIR": str(mir),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "ARGS": "--select=MIR1\n",
        "PATHS": "my cards\n$(touch pwned)\n",
        "SARIF": "mir.sarif",
    }
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == exits
    assert (tmp_path / "output").read_text() == f"code={status}\n"
    assert (tmp_path / "summary").read_text() == "# Found\n"
    assert ("::error title=mir check::It could not run: mir: error: no such 100%25 path" in done.stdout) is (
        status == 2
    )
    assert (tmp_path / "said").read_text().splitlines() == [
        "check", "--format", "github", "--also", "sarif=mir.sarif", "--also", f"markdown={tmp_path}/mir.md",
        "--select=MIR1", "--", "my cards", "$(touch pwned)",
    ]  # fmt: skip
    assert not (tmp_path / "pwned").exists()


def test_what_the_action_uses_is_pinned_by_digest():
    files = [ROOT / "action.yml", *(ROOT / ".github" / "workflows").glob("*.yml")]
    used = [
        line.split("uses:")[1].split("#")[0].strip()
        for file in files
        for line in file.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(used) > 4
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)
