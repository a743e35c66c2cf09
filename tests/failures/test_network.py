"""Without a network nothing but what needs it is unverifiable, and it is said why."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

IMPATIENT = "import time; time.sleep = lambda seconds: None"


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("host", "environment"),
    [
        ("nowhere.invalid", {}),
        ("127.0.0.1:PORT", {}),
        ("127.0.0.1:PORT", {"http_proxy": "http://127.0.0.1:PORT"}),
        ("example.org", {"http_proxy": "http://nowhere.invalid:3128", "https_proxy": "http://nowhere.invalid:3128"}),
        ("example.org", {"http_proxy": "nonsense", "https_proxy": "nonsense"}),
        ("example.org", {"http_proxy": "http://[bad", "https_proxy": "socks5://x:y:z"}),
    ],
    ids=["no such name", "nobody listens", "no proxy", "no such proxy", "nonsense", "no URL"],
)
def test_weights_that_cannot_be_fetched(
    warm: Any, zoo: Path, tmp_path: Path, host: str, environment: dict[str, str]
) -> None:
    port = str(unused_port())
    host, environment = host.replace("PORT", port), {k: v.replace("PORT", port) for k, v in environment.items()}
    card = zoo / "1.md"
    card.write_text(card.read_text().replace("Weights: digits", f"Weights: http://{host}/digits"))
    (tmp_path / "pyproject.toml").write_text(f'[tool.mir]\nprivate-hosts = ["{host}"]\n')
    run = warm.run(
        *("verify", zoo, "--engine", "local", "--device", "cpu", "--format", "json", "--ask-sizes"),
        *("--config", tmp_path / "pyproject.toml"),
        first=IMPATIENT,
        environment={"MIR_CACHE": str(tmp_path / "cache"), "no_proxy": None, **environment},
    )
    assert (run.code, run.err) == (0, "")
    rows = {(row["model"], row["subject"]): row for row in json.loads(run.out)}
    lacking = {key for key, row in rows.items() if row["verdict"] != "reproduced"}
    assert lacking == {("digits-1", subject) for subject in ("file-size", "top-1-accuracy", "top-5-accuracy")}
    for key in lacking:
        assert rows[key]["verdict"] == "unverifiable"
        assert f"http://{host}/digits-cnn.safetensors cannot be" in rows[key]["reason"], rows[key]["reason"]
    assert not (tmp_path / "cache" / "weights" / "sha256").exists()


def test_no_command_but_those_that_fetch_asks_the_network(warm: Any, zoo: Path, tmp_path: Path) -> None:
    alone = (
        "import socket, sys\n"
        "def refuse(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname'):\n"
        "        print('asked the network', event, arguments, file=sys.stderr)\n"
        "        raise OSError('no network')\n"
        "sys.addaudithook(refuse)"
    )
    for command in (
        ("check", zoo),
        ("verify", zoo, "--engine", "local", "--device", "cpu"),
        ("evidence", "check", zoo),
        ("query", "SELECT 1", "--cards", zoo),
        ("convert", zoo, "--to", "json", "--quiet", "--out", tmp_path / "all.json"),
        ("site", "build", "--cards", zoo, "--out", tmp_path / "html"),
    ):
        run = warm.run(*command, first=f"{alone}\n{warm.LITTLE}", environment={"MIR_CACHE": str(tmp_path / "cache")})
        assert run.code == 0, run
        assert "asked the network" not in run.err
