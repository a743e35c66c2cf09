"""A revision that git's own tools would not have made: what it names outside of its tree is not written there."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .conftest import Scene
from .laboratory import Laboratory

CARD = b"Models:\n- Name: x\n  Metadata: {Parameters: 1}\n"


def git(folder: Path, *arguments: str, give: bytes = b"") -> str:
    named = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(folder), *arguments]
    return subprocess.run(named, input=give, capture_output=True, check=True).stdout.decode().strip()


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
