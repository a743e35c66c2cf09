"""What attacks are tried in: a laboratory, and a folder with something outside of it that must stay as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .laboratory import Laboratory

SECRET = "kept-from-cards"


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    room = Laboratory(tmp_path_factory.mktemp("laboratory"))
    yield room
    room.close()


@dataclass(frozen=True)
class Scene:
    """A project that is attacked from within.

    Attributes:
        root: The project.
        outside: A folder beside it with files of the kinds that cards refer to, which no attack may read or change.
        canary: A file that code of an attacker would make.
    """

    root: Path
    outside: Path
    canary: Path

    def state(self) -> dict[str, bytes]:
        """What stands outside of the project."""
        files = (file for file in self.root.parent.rglob("*") if self.root not in (file, *file.parents))
        return {str(file): file.read_bytes() if file.is_file() else b"" for file in files}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A scene, which is looked over afterwards."""
    with guarded(tmp_path) as place:
        yield place


@contextmanager
def guarded(folder: Path) -> Iterator[Scene]:
    """A scene in a folder, which is looked over afterwards."""
    scene = Scene(folder / "root", folder / "outside", folder / "canary")
    scene.root.mkdir()
    (scene.root / ".git").mkdir()
    scene.outside.mkdir()
    (scene.outside / "card.yml").write_text(f"Models:\n- Name: {SECRET}\n  Metadata: {{Parameters: 7}}\n")
    (scene.outside / "fields.yml").write_text(f"Parameters: {SECRET}\n")
    (scene.outside / "text.md").write_text(f"# {SECRET}\n")
    (scene.outside / "weights.pth").write_bytes(SECRET.encode())
    (scene.outside / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + SECRET.encode())
    before = scene.state()
    yield scene
    assert scene.state() == before
    assert not scene.canary.exists()
