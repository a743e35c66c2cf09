"""A command that names no cards reads what `mir check` reads: the configured paths, else models, else this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

CARD = "Models:\n- Name: net\n  Metadata: {Parameters: 61100840}\n"
COMMANDS = (
    ("search", ""),
    ("show", "net"),
    ("convert", "--to", "csv"),
    ("verify", "--plan"),
    ("evidence", "report"),
    ("evidence", "show", "--format", "table"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(arguments) for arguments in COMMANDS])
@pytest.mark.parametrize("place", ["configs/zoo/a.yml", "models/a.yml", "a.yml"])
def test_the_cards_of_the_project_are_read(mir, tmp_path, monkeypatch, command, place):
    monkeypatch.chdir(tmp_path)
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    Path(place).write_text(CARD)
    if place.startswith("configs"):
        Path("mir.toml").write_text('paths = ["configs/zoo"]\n')
    code, out, err = mir(*command)
    assert code == 0, err
    assert "no file or folder" not in err
    if command[0] != "evidence":
        assert "net" in out or "1 claim" in out
