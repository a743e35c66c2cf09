"""A revision that git's own tools would not have made: what it names outside of its tree is not written there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from registry.git import changed_since, top_of
from registry.git import git as read_git
from registry.types import UsageError

from .conftest import Scene
from .laboratory import Laboratory

CARD = b"Models:\n- Name: x\n  Metadata: {Parameters: 1}\n"


def git(folder: Path, *arguments: str, give: bytes = b"") -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(folder), *arguments]
    return subprocess.run(command, input=give, capture_output=True, check=True).stdout.decode().strip()


def test_files_of_a_revision_stay_where_it_is_laid_out(laboratory: Laboratory, scene: Scene) -> None:
    (scene.root / ".git").rmdir()
    git(scene.root, "init", "--quiet")
    blob = bytes.fromhex(git(scene.root, "hash-object", "-w", "--stdin", give=CARD))
    names = [f"{scene.outside}/owned.yml", "../owned.yml", "a/../../owned.yml", "card.yml"]
    tree = b"".join(b"100644 " + name.encode() + b"\0" + blob for name in names)
    hashed = git(scene.root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", give=tree)
    commit = git(scene.root, "commit-tree", hashed, "-m", "x")
    (scene.root / "new.yml").write_bytes(CARD.replace(b"1", b"2"))
    ran = laboratory.run("diff", f"{commit}:card.yml", "new.yml", folder=scene.root)
    assert "~ x: Parameters 1 -> 2" in ran.out, ran


def test_reading_a_repository_runs_no_program_that_its_settings_name(tmp_path: Path) -> None:
    top, ran = tmp_path / "zoo", tmp_path / "ran"
    top.mkdir()
    git(top, "init", "--quiet")
    (top / "card.yml").write_bytes(CARD)
    git(top, "add", ".")
    git(top, "commit", "--quiet", "-m", "x")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    program.chmod(0o755)
    for setting in ("core.fsmonitor", "gpg.program", "diff.external", "core.pager"):
        git(top, "config", setting, str(program))
    git(top, "config", "log.showSignature", "true")
    (top / ".gitattributes").write_text("*.yml filter=x=y diff=z\n", encoding="utf-8")
    for setting in ("filter.x=y.clean", "filter.x=y.process", "diff.z.textconv", "diff.z.command"):
        git(top, "config", setting, str(program))
    git(top, "config", "filter.x=y.required", "true")
    ran.unlink(missing_ok=True)
    (top / "card.yml").write_bytes(CARD + b"# more\n")
    read_git(top, "log", "--name-only")
    assert changed_since(top, "HEAD") == {os.path.realpath(top / name) for name in ("card.yml", ".gitattributes")}
    assert not ran.exists()


def test_a_folder_that_looks_like_a_repository_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    inner = tmp_path / "inner"
    git(tmp_path, "init", "--quiet", "--bare", str(inner))
    git(inner, "config", "core.bare", "false")
    git(inner, "config", "core.worktree", "/")
    with pytest.raises(UsageError, match="bare repository"):
        top_of(inner / "card.yml")
