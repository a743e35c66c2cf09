"""The hooks as pre-commit runs them: installed from this repository into an environment of their own."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


PRE_COMMIT = [sys.executable, "-m", "pre_commit", "run", "--all-files"]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="needs pre-commit")
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_hooks_find_and_mend(tmp_path):
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PYTHONPATH": ""}

    def run(*command: str | Path, folder: Path, code: int = 0) -> str:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def repository(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        run("git", "init", "-q", folder=folder)
        run("git", "config", "user.email", "somebody@example.com", folder=folder)
        run("git", "config", "user.name", "Somebody", folder=folder)
        return folder

    # A copy with one commit: pre-commit clones, and the checkout under test may be shallow or have changes.
    hooks = repository("hooks")
    for name in (
        "registry",
        "schemas",
        "site",
        "pyproject.toml",
        "hatch_readme.py",
        "mkdocs.yml",
        "README.md",
        "LICENSE",
        ".pre-commit-hooks.yaml",
    ):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, hooks / name)
    run("git", "add", "--all", folder=hooks)
    run("git", "commit", "-q", "-m", "hooks", folder=hooks)
    revision = run("git", "rev-parse", "HEAD", folder=hooks).strip()

    zoo = repository("zoo")
    card = zoo / "card.yml"
    card.write_text("Models:\n- Name: 12\n  Metadata:\n    Epochs: -3\n")
    config = "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: {}\n"
    (zoo / ".pre-commit-config.yaml").write_text(config.format(hooks, revision, "mir-check"))
    run("git", "add", "--all", folder=zoo)
    output = run(*PRE_COMMIT, folder=zoo, code=1)
    assert "card.yml:2:9: MIR101 error" in output

    (zoo / ".pre-commit-config.yaml").write_text(config.format(hooks, revision, "mir-fix"))
    output = run(*PRE_COMMIT, folder=zoo, code=1)
    assert "files were modified by this hook" in output
    assert "Name: '12'" in card.read_text()

    card.write_text(card.read_text().replace("-3", "3"))
    run("git", "add", "--all", folder=zoo)
    assert "Passed" in run(*PRE_COMMIT, folder=zoo)
