"""`mir init`, then `mir check`, in repositories of other shapes than a zoo in one folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

WRONG = "Models:\n- Name: a\n  Metadata:\n    FLOPs: -3\n"
RIGHT = "Models:\n- Name: b\n  Metadata:\n    FLOPs: 4G\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode())


def git(*arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *settings, *arguments], check=True, capture_output=True)


def test_two_zoos_in_one_repository_are_checked_from_the_top_and_each_alone(mir, monkeypatch):
    git("init", "-q")
    write("vision/zoo/metafile.yml", RIGHT)
    write("vision/pyproject.toml", '[project]\nname = "vision"\nversion = "1"\n')
    write("text/cards/m.yml", WRONG)
    assert mir("init")[0] == 0
    assert 'paths = ["text", "vision"]' in Path("mir.toml").read_text()
    code, out, err = mir("check")
    assert (code, "text/cards/m.yml:4:12" in out, "in 1 of 2 files" in out + err) == (1, True, True)
    for part, code in (("text", 1), ("vision", 0)):
        monkeypatch.chdir(part)
        assert "belong to the top of the repository: `mir init ..`" in mir("init")[1]
        assert mir("check")[0] == code
        monkeypatch.chdir("..")
    assert not Path("text/.github").exists()


def test_front_matter_in_the_source_of_documentation_is_a_card(mir):
    write("docs/source/about.md", "---\ntitle: About\n---\n# About\n")
    write(
        "docs/source/net.md",
        "---\ntitle: Net\nmodel-index:\n- name: net\n  results:\n  - task: {type: image-classification}\n"
        "    dataset: {name: a, type: b}\n    metrics: [{type: accuracy, value: 174.5}]\n---\n# Net\n",
    )
    assert "found    1 card with 1 model in docs" in mir("init")[1]
    assert "docs/source/net.md:8" in mir("check")[1]


def test_windows_line_ends_stay_in_the_files_that_are_extended(mir):
    write("cards/a.yml", WRONG.replace("\n", "\r\n"))
    write("pyproject.toml", '[project]\r\nname = "x"\r\nversion = "1"\r\n')
    assert mir("init", "--baseline")[0] == 0
    assert b"\n" not in Path("pyproject.toml").read_bytes().replace(b"\r\n", b"")
    assert mir("check")[0] == 0


def test_letters_of_any_language_are_written_into_configuration_and_baseline(mir):
    write("模型 a/karte é.yml", WRONG)
    assert mir("init", "--baseline")[0] == 0
    assert mir("check")[0] == 0
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "cards")
    write("模型 a/karte é.yml", WRONG + "    Parameters: -1\n")
    code, out, _ = mir("check", "--changed-since", "HEAD")
    assert (code, "模型 a/karte é.yml:5:17" in out) == (1, True)


def test_history_that_is_not_here_is_named_with_what_fetches_it(mir, tmp_path, monkeypatch):
    write("zoo/a.yml", RIGHT)
    assert "is in no git repository" in mir("check", "--changed-since", "main")[2]
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    write("zoo/b.yml", WRONG)
    git("add", ".")
    git("commit", "-q", "-m", "two")
    git("checkout", "-q", "--detach")
    code, out, _ = mir("check", "--changed-since", "main~1")
    assert (code, "zoo/b.yml:4:12" in out) == (1, True)
    git("clone", "-q", "--depth", "1", "--branch", "main", f"file://{tmp_path}", "shallow")
    monkeypatch.chdir("shallow")
    for command in (("check", "--changed-since", "HEAD~1"), ("diff", "HEAD~1:zoo", "zoo")):
        code, _, err = mir(*command)
        assert (code, "git fetch --unshallow" in err) == (2, True)


def test_a_card_that_cannot_be_read_is_one_and_no_starter_is_written(mir):
    write("zoo/metafile.yml", "Models:\n- Name: [a\n")
    code, out, _ = mir("init")
    assert (code, "found    1 card with 0 models in zoo (1 that cannot be read)" in out) == (0, True)
    assert not Path("models").exists()
    code, out, _ = mir("check")
    assert (code, "zoo/metafile.yml:2:9: MIR004" in out) == (1, True)


def test_cards_that_git_ignores_are_named_and_no_starter_is_written(mir):
    git("init", "-q")
    write("zoo/metafile.yml", RIGHT)
    write(".gitignore", "zoo/\n")
    code, _, err = mir("init")
    assert (code, ".gitignore hides the cards here: zoo/metafile.yml." in err) == (2, True)
    assert not Path("mir.toml").exists()
    code, out, _ = mir("check", "zoo")
    assert (code, "What .gitignore hides is not among them; --no-gitignore reads it." in out) == (1, True)
    git("add", "--force", "zoo")
    assert mir("init")[0] == mir("check")[0] == 0
    assert 'paths = ["zoo"]' in Path("mir.toml").read_text()
