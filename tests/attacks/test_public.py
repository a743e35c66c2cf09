"""Nothing is read or published for a card but what belongs to its repository and holds no secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from registry.checks.secrets import secrets
from registry.confinement import is_private

from .laboratory import Laboratory

TOKEN = "Y2hlY2tvdXQtdG9rZW46a2VwdA=="
KEY = "-----BEGIN PRIVATE KEY-----"
HEADER = f"AUTHORIZATION: basic {TOKEN}"
CARD = "Models:\n- Name: m\n  README: {readme}\n  Metadata: {metadata}\n"
FILES = {
    "a.env.json": f'{{"Parameters": 3, "token": "{TOKEN}"}}',
    "gha-creds-1f2e.json": f'{{"Parameters": 3, "private_key": "{KEY}\\n{TOKEN}"}}',
    "plain.json": f'{{"Parameters": 3, "note": "{TOKEN}"}}',
    "notes.txt": TOKEN,
    "id_rsa": TOKEN,
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository as CI checks it out: a header in its configuration, credentials beside the cards, not tracked."""
    root = tmp_path / "clone"
    (root / "models").mkdir(parents=True)
    git(root, "init", "-q")
    git(root, "config", "http.https://example.org/.extraheader", HEADER)
    for name, text in FILES.items():
        (root / name).write_text(text)
    (root / ".env").write_text(TOKEN)
    (root / ".github").mkdir()
    (root / ".github" / "notes.md").write_text(TOKEN)
    (root / "models" / "readme.md").write_text("# m\n\n[n](../plain.json)\n")
    git(root, "add", "models", ".github")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


ATTACKS = {
    "a README that is a link to git's configuration": {"links": {"notes.md": "../.git/config"}, "readme": "notes.md"},
    "a card that is a link to git's configuration": {"links": {"notes.md": "../.git/config"}},
    "a card that is a link to a file that is not tracked": {"links": {"x.yml": "../plain.json"}},
    "a folder that is a link into git's": {"links": {"folder": "../.git"}, "readme": "folder/config"},
    "a README in a hidden folder": {"readme": "../.github/notes.md"},
    "metadata that CI put there": {"metadata": "../gha-creds-*.json"},
    "metadata of a name that CI put there": {"metadata": "../gha-creds-1f2e.json"},
    "metadata that is not tracked": {"metadata": "../plain.json"},
    "metadata that is hidden": {"metadata": "../.env"},
    "metadata of every kind": {"metadata": "../*"},
    "an import of everything": {"extra": "Import: ['../*', '../**/*', '/*.json']\n"},
    "a link to a file that is not tracked": {"prose": "[a](../plain.json) [b](../notes.txt) [c](../id_rsa)"},
    "a picture that is a link to what is no picture": {"links": {"a.png": "../notes.txt"}, "prose": "![a](a.png)"},
    "a link to a tracked file with a secret": {"files": {"t.txt": f"{HEADER}\n"}, "prose": "[a](t.txt)"},
    "a README with a secret": {"files": {"r.md": f"# m\n{HEADER}\n"}, "readme": "r.md"},
    "a card with a secret": {"prose": HEADER},
    "a card with a secret that it ignores": {"prose": f"<!-- mir: ignore-file[MIR602] -->\n{HEADER}"},
    "a card with a secret that a file beside it ignores": {
        "prose": HEADER,
        "files": {"pyproject.toml": '[tool.mir]\nignore = ["MIR602"]\n'},
    },
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_not_public_is_never_published(name: str, clone: Path, laboratory: Laboratory, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    models = clone / "models"
    for link, target in attack.get("links", {}).items():
        (models / link).symlink_to(target)
    for file, text in attack.get("files", {}).items():
        (models / file).write_text(text)
    card = CARD.format(readme=attack.get("readme", "readme.md"), metadata=attack.get("metadata", "{Parameters: 3}"))
    if "prose" in attack:
        (models / "card.md").write_text(
            f"<!--\nType: model-index\n{CARD[: CARD.index('  README')]}-->\n{attack['prose']}\n".format()
        )
    else:
        (models / "model-index.yml").write_text(attack.get("extra", "") + card)
    git(clone, "add", "models")
    out = tmp_path / "pages"
    for command in (("site", "pages", "--out", out), ("check", "models"), ("convert", "models", "--to", "json")):
        ran = laboratory.run(*command, folder=clone)
        assert ran.code < 2, ran.err
        assert TOKEN not in ran.err
        if "prose" not in attack:
            assert TOKEN not in ran.out
    files = [file for file in out.rglob("*") if file.is_file()]
    assert not [file for file in files if TOKEN.encode() in file.read_bytes()]
    if "with a secret" in name:
        assert laboratory.run("site", "pages", "--out", out, folder=clone).code == 1


def test_the_caller_lets_a_secret_pass(clone: Path, laboratory: Laboratory, tmp_path: Path) -> None:
    (clone / "models" / "card.md").write_text(f"<!--\nType: model-index\nModels:\n- Name: m\n-->\n{HEADER}\n")
    refused = laboratory.run("site", "pages", "--out", tmp_path / "pages", folder=clone)
    assert (refused.code, (tmp_path / "pages").exists()) == (1, False)
    assert "card.md:6:" in refused.err
    (clone / "pyproject.toml").write_text('[tool.mir]\nignore = ["MIR602"]\n')
    assert laboratory.run("site", "pages", "--out", tmp_path / "pages", folder=clone).code == 0


def test_what_belongs_to_the_repository_is_shown(clone: Path, laboratory: Laboratory, tmp_path: Path) -> None:
    (clone / "models" / "note.txt").write_text("fine")
    (clone / "models" / "card.md").write_text("<!--\nType: model-index\nModels:\n- Name: m\n-->\n[a](note.txt)\n")
    git(clone, "add", "models")
    assert laboratory.run("site", "pages", "--out", tmp_path / "pages", folder=clone).code == 0
    assert [file.read_text() for file in (tmp_path / "pages").rglob("*-note.txt")] == ["fine"]


def test_a_new_card_is_checked_before_git_knows_it(clone: Path, laboratory: Laboratory) -> None:
    (clone / "models" / "new.yml").write_text("Models:\n- Name: m\n  Metadata: {FLOPs: -3}\n")
    assert "new.yml:3" in laboratory.run("check", "models", folder=clone).out


@pytest.mark.parametrize(
    ("name", "private"),
    [
        *(
            (name, True)
            for name in (
                *(".env", "prod.env", "id_ed25519", "key.pem", "credentials.json", "client_secret_1.json"),
                *("application_default_credentials.json", "kube.config", "team-secrets.yml"),
            )
        ),
        *((name, False) for name in ("tokenizer.json", "alexnet.yml", "keys.json", "environment.yml", "secretary.md")),
    ],
)
def test_names_of_files_that_hold_secrets(name: str, private: bool) -> None:
    assert is_private(name) == private


LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8z" * 4


@pytest.mark.parametrize(
    "secret",
    [
        f"npm_{LETTERS[:36]}",
        f"pypi-AgE{LETTERS[:80]}",
        f"GOCSPX-{LETTERS[:28]}",
        f"ya29.{LETTERS[:60]}",
        f"SG.{LETTERS[:22]}.{LETTERS[:43]}",
        f"AccountKey={LETTERS[:86]}==",
        "WANDB_API_KEY: " + "0123456789abcdef0123456789abcdef01234567",
        "ASIA" + "ABCDEFGH12345678",
        f"r8_{LETTERS[:37]}",
    ],
)
def test_secrets_of_known_forms(secret: str) -> None:
    spans = list(secrets(f"note: x {secret} y"))
    assert [(start, end) for start, end, _ in spans] == [(8, 8 + len(secret))]
    assert not list(secrets(f"note: {secret[:8]}{'x' * 80}"))
