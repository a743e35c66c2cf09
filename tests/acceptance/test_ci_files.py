"""The files that other projects' CI reads are what those systems expect."""

import os
import re
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import pytest
import yaml

from registry.cli.init import BY_COMMIT, WORKFLOW
from registry.cli.init_config import InstalledFrom

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


def test_the_action_takes_the_configuration_from_the_base_revision(tmp_path):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    scripts = {step["name"]: step["run"] for step in action["runs"]["steps"] if "run" in step}
    clone = tmp_path / "clone"
    clone.mkdir()

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", "-C", clone, *identity, *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def state() -> dict[str, str]:
        return {
            str(file.relative_to(clone)): file.read_text()
            for file in sorted(clone.rglob("*"))
            if file.is_file() and ".git" not in file.parts
        }

    git("init", "-q")
    (clone / "zoo").mkdir()
    (clone / "pyproject.toml").write_text('[tool.mir]\nbaseline = "b.json"\nvocabulary = ["words.toml"]\n')
    (clone / "b.json").write_text("[]\n")
    (clone / "card.yml").write_text("Models: []\n")
    git("add", ".")
    git("commit", "-q", "-m", "base")
    base, before = git("rev-parse", "HEAD"), state()
    (clone / "pyproject.toml").write_text('[tool.mir]\nignore = ["MIR"]\n')
    (clone / "mir.toml").write_text('ignore = ["MIR"]\n')
    (clone / "zoo" / "mir.toml").write_text('ignore = ["MIR"]\n')
    (clone / "b.json").write_text("[1]\n")
    (clone / "words.toml").write_text("[tasks]\n")
    (clone / "card.yml").write_text("Models: [{}]\n")
    git("add", ".")
    git("commit", "-q", "-m", "pull request")
    proposal = state()
    environment = {
        **os.environ,
        "BASE": base,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "MIR_PYTHON": sys.executable,
    }

    def run(name: str) -> None:
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", scripts[name]]
        subprocess.run(shell, cwd=clone, env=environment, check=True)

    run("Configuration of the base revision")
    assert state() == {**before, "card.yml": proposal["card.yml"]}
    assert (tmp_path / "output").read_text() == "ignore=MIR109\n"
    run("Configuration of the pull request again")
    assert state() == proposal
    assert git("status", "--porcelain") == ""


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


def test_zizmor_finds_nothing_in_what_we_write_and_run(mir, tmp_path, monkeypatch):
    program = next(file for file in files("zizmor") or () if file.name.startswith("zizmor") and "bin" in file.parts)
    zizmor = program.locate()
    monkeypatch.chdir(tmp_path)
    assert mir("init")[0] == 0
    by_commit = tmp_path / "by-commit.yml"
    source = InstalledFrom(name="zoo/mir", commit="11bd71901bbe5b1630ceea73d27597364c9af683", revision="v0.1.0")
    by_commit.write_text(WORKFLOW + BY_COMMIT.format(source=source))
    ours = [ROOT / "action.yml", ROOT / ".github", tmp_path / ".github" / "workflows" / "mir.yml", by_commit]
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--format", "plain", *ours], check=False, capture_output=True, text=True
    )
    assert (done.returncode, "No findings to report" in done.stdout) == (0, True), done.stdout
    # It does look: an action that is not pinned is found.
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v4}]}}\n")
    assert subprocess.run([zizmor, "--offline", wrong], check=False, capture_output=True).returncode != 0
