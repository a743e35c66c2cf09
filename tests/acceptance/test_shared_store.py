"""The commands with evidence in an object store, several runs at once, and what is said when it cannot be reached."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from registry.evidence import Store
from registry.storage import place

SETTLE = [sys.executable, "-c", Path(__file__).with_name("settle.py").read_text()]
CARD = "Models:" + "".join(
    f"\n- {{Name: {name}, Builder: 'registry:digits-cnn', Metadata: {{Parameters: 25866}}}}" for name in ("m1", "m2")
)

FRESH = "2 records: 2 fresh\nnot compared here: model (2)\n"

Mir = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two models, from which the commands are run."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "cards.yml").write_text(CARD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_every_command_that_takes_evidence_takes_a_url(mir: Mir, project: Path, s3: str) -> None:
    where = f"{s3}/evidence"
    code, out, _ = mir("verify", "models", "--evidence", where, "--format", "json")
    assert (code, {row["verdict"] for row in json.loads(out)}) == (0, {"reproduced"})
    store = Store(place(where))
    assert len(store.all()) == 2
    assert not (project / "models" / "evidence").exists()
    assert not (project / "s3:").exists()

    assert mir("evidence", "check", "models", "--evidence", where)[:2] == (0, FRESH)
    states = json.loads(mir("evidence", "check", "models", "--evidence", where, "--format", "json")[1])
    assert [state["file"].split("/")[0].split("-")[0] for state in states] == ["m1", "m2"]
    assert len(json.loads(mir("evidence", "show", where, "--format", "json")[1])) == 2
    assert mir("evidence", "export", where, "--in-toto", "-o", "bundle")[0] == 0
    assert len((project / "bundle").read_bytes().splitlines()) == 2
    assert mir("evidence", "diff", where, where)[:2] == (0, "")
    assert mir("rescore", where)[:2] == (0, "0 of 2 records have predictions\n")
    assert mir("verify", "models", "--evidence", where)[0] == 0

    store.files.write("m1-0000/foreign.json", b"\x00\xff")
    code, _, err = mir("evidence", "show", where)
    assert (code, err.count("\n")) == (1, 1)
    assert f"{where}/m1-0000/foreign.json: is not evidence: it is not JSON" in err
    assert mir("evidence", "check", "models", "--evidence", where)[0] == 1


def test_the_configuration_names_a_url(mir: Mir, project: Path, s3: str) -> None:
    (project / "pyproject.toml").write_text(f'[tool.mir]\npaths = ["models"]\nevidence = "{s3}/evidence"\n')
    assert mir("verify", "models")[0] == 0
    assert len(Store(place(f"{s3}/evidence")).all()) == 2
    assert mir("evidence", "check")[:2] == (0, FRESH)
    (model,) = json.loads(mir("search", "name = m1", "--format", "json")[1])
    assert model["claims"] == 1
    (document,) = json.loads(mir("show", "m1", "--format", "json")[1])
    assert [claim["verdict"] for claim in document["claims"]] == ["reproduced"]
    counted = mir("query", "select count(*) as n from evidence", "--format", "json")[1]
    assert json.loads(counted) == [{"n": 2}]
    store = Store(place(f"{s3}/evidence"))
    store.write(replace(store.all()[0], verdict="error"))
    (document,) = json.loads(mir("show", "m1", "--format", "json")[1])
    assert [claim["verdict"] for claim in document["claims"]] == ["error"]
    assert mir("badge", "m1")[0] == 0
    assert mir("site", "pages", "--out", "docs")[0] == 0
    assert "reproduced" in (project / "docs" / "models" / "m2.md").read_text()


def test_what_goes_wrong_is_one_sentence_and_code_two(
    mir: Mir, project: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(where: str) -> str:
        code, out, err = mir("verify", "models", "--evidence", where)
        assert (code, out, err.count("\n")) == (2, "", 1), (out, err)
        return err

    assert said(f"{s3}-no/evidence") == (
        f"mir: error: cannot read {s3}-no/evidence: The specified bucket does not exist\n"
    )
    refused = said("s3://key-id:hunter2@bucket/evidence")
    assert "credentials" in refused
    assert "hunter2" not in refused
    assert "key-id" not in refused
    assert "is neither a folder nor one of" in said("https://example.org/evidence")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    assert "install it with: pip install gcsfs" in said("gs://bucket/evidence")
    monkeypatch.setenv("MIR_CACHE", f"{s3}/cache")
    assert "MIR_SHARED_CACHE names one" in said("evidence")
    assert not (project / "evidence").exists()


@pytest.fixture
def settle(s3: str, tmp_path: Path) -> Callable[[], subprocess.Popen[str]]:
    """Starts a driver that settles 40 claims, with its evidence in S3."""
    entries = "".join(f"- Name: m{number}\n  Metadata: {{Parameters: {25557032 + number}}}\n" for number in range(40))
    (tmp_path / "cards.yml").write_text(f"Models:\n{entries}")
    command = [*SETTLE, str(tmp_path / "cards.yml"), f"{s3}/evidence"]
    return lambda: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_drivers_at_once_and_one_that_is_killed_leave_one_whole_record_a_claim(
    settle: Callable[[], subprocess.Popen[str]], s3: str
) -> None:
    store = Store(place(f"{s3}/evidence"))
    killed, *others = (settle() for _ in range(3))
    assert killed.stdout is not None
    while not killed.stdout.readline().startswith("settled"):
        pass
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    for run in others:
        _, err = run.communicate(timeout=120)
        assert (run.returncode, err) == (0, "")
    assert store.problems() == []
    assert len(store.all()) == len(list(store.files.scan("", 9))) == 40


def test_no_network_is_told_and_loses_nothing(
    mir: Mir, project: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"{s3}/evidence"
    assert mir("verify", "models", "--evidence", where)[0] == 0
    before = Store(place(where)).all()
    with monkeypatch.context() as patch, without_connections():
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        code, out, err = mir("verify", "models", "--evidence", where)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"mir: error: cannot read {where}: Could not connect to the endpoint")
    assert Store(place(where)).all() == before


def test_no_permission_is_told_and_loses_nothing(mir: Mir, project: Path, s3: str, s3_server: str) -> None:
    where = f"{s3}/evidence"
    assert mir("verify", "models", "--evidence", where)[0] == 0
    before = Store(place(where)).all()
    reset = f"{s3_server}/moto-api/reset-auth"
    # From here on the server asks who we are, and nobody is known to it.
    urlopen(Request(reset, data=b"0", headers={"Content-Type": "text/plain"}))
    try:
        for arguments in (("verify", "models", "--evidence", where), ("evidence", "show", where)):
            code, out, err = mir(*arguments)
            assert (code, out, err.count("\n")) == (2, "", 1)
            assert err.startswith(f"mir: error: cannot read {where}: The AWS Access Key Id")
            assert "of-the-tests" not in err
    finally:
        urlopen(Request(reset, data=b"inf", headers={"Content-Type": "text/plain"}))
    assert Store(place(where)).all() == before


@contextmanager
def without_connections() -> Iterator[None]:
    """Clients are made anew within and after, because those that there are go on with the address they had."""
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()
    yield
    S3FileSystem.clear_instance_cache()
