"""What a download may reach and tell: certificates, private addresses behind names, and the user's token."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch

from .conftest import Scene
from .laboratory import Laboratory
from .server import serving
from .test_weights import GOOD

FILE = {"head": "HTTP/1.1 200 OK\nContent-Length: 8", "body": "the file"}
PLAIN = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fd00::1"]
IN_DISGUISE = ["::ffff:192.168.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe"]
"""IPv4 addresses in IPv6's clothes: mapped, 6to4, NAT64."""
TOKEN = "hf_aVeryWellKeptSecretOfSomebody"


def certificate(folder: Path, host: str) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for `host` that it signed itself, kept in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def refused(url: str, folder: Path, **options: Any) -> str:
    policy = Policy(
        **{"private_hosts": ("127.0.0.1", "localhost"), "timeout": 2, "attempts": 2, "backoff": 0.0, **options}
    )
    with pytest.raises(WeightsError) as caught:
        fetch(WeightsRef(url=url), cache=Cache(folder=folder), policy=policy)
    return caught.value.message


def test_a_certificate_that_nobody_signed_is_refused_at_once(tmp_path: Path) -> None:
    with serving([FILE], certificate(tmp_path, "127.0.0.1")) as server:
        message = refused(f"https://127.0.0.1:{server.port}/model.pth", tmp_path)
    assert message.endswith("is not fetched: its host's certificate is not valid: self-signed certificate")
    assert server.requests == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path, "example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with serving([FILE], context) as server:
        message = refused(f"https://127.0.0.1:{server.port}/model.pth", tmp_path)
    assert "certificate is not valid: IP address mismatch" in message
    assert server.requests == []


def test_a_certificate_that_the_system_trusts_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with serving([FILE], context) as server:
        ref = WeightsRef(url=f"https://127.0.0.1:{server.port}/model.pth")
        fetched = fetch(ref, cache=Cache(folder=tmp_path), policy=Policy(private_hosts=("127.0.0.1",), timeout=2))
    assert fetched.path.read_text() == "the file"


def test_https_is_not_left_for_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    away = {"head": "HTTP/1.1 302 Found\nLocation: http://127.0.0.1:{port}/plain\nContent-Length: 0"}
    with serving([away], context) as server:
        assert "leads from https to http://" in refused(f"https://127.0.0.1:{server.port}/model.pth", tmp_path)
    assert len(server.requests) == 1


def test_http_without_encryption_is_for_hosts_that_the_user_names(tmp_path: Path) -> None:
    assert "only by https" in refused("http://download.pytorch.org/models/a.pth", tmp_path, hosts=())
    assert "only by https" in refused("http://cdn.example.org/a.pth", tmp_path, hosts=("*.example.org",))


@pytest.mark.parametrize("address", [*PLAIN, *IN_DISGUISE])
def test_a_name_is_looked_up_once_and_a_private_address_is_never_connected_to(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        """A name that leads to a public address only when it is asked for again, or the other way round."""
        looked_up.append(host)
        target = address if len(looked_up) == 1 else "93.184.216.34"
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (target, port))]

    def connect(*_: object, **__: object) -> socket.socket:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    message = refused("https://rebinding.example.org/model.pth", tmp_path, hosts=("*.example.org",))
    assert "'rebinding.example.org' leads to " in message
    assert looked_up == ["rebinding.example.org"]


@pytest.mark.parametrize("hosts", [("*",), ("127.0.0.1",), ("localhost",), ()])
def test_a_private_address_is_refused_whatever_hosts_says(hosts: tuple[str, ...], tmp_path: Path) -> None:
    with serving([FILE]) as server:
        for host in ("127.0.0.1", "localhost"):
            message = refused(f"https://{host}:{server.port}/model.pth", tmp_path, hosts=hosts, private_hosts=())
            assert (
                "is not fetched" in message or "are not fetched" in message or "leads to the private address" in message
            )
    assert server.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: list[Any] = []
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))

    def connect(where: object, **_: object) -> socket.socket:
        addresses.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public])
    monkeypatch.setattr(socket, "create_connection", connect)
    refused("https://rebinding.example.org/model.pth", tmp_path, hosts=("*.example.org",))
    assert set(addresses) == {("93.184.216.34", 443)}


def test_a_token_goes_to_the_hub_alone_and_is_written_nowhere(laboratory: Laboratory, scene: Scene) -> None:
    elsewhere = {"head": f"HTTP/1.1 200 OK\nContent-Length: {len(GOOD)}", "body": GOOD.decode("latin-1")}
    with serving([elsewhere]) as cdn:
        same = {"head": "HTTP/1.1 307 Temporary Redirect\nLocation: /renamed\nContent-Length: 0"}
        other = {"head": f"HTTP/1.1 302 Found\nLocation: http://127.0.0.1:{cdn.port}/x?signed=1\nContent-Length: 0"}
        with serving([same, other]) as hub:
            (scene.root / "pyproject.toml").write_text('[tool.mir]\nprivate-hosts = ["127.0.0.1"]\n')
            (scene.root / "card.yml").write_text(
                "Models:\n- Name: digits-cnn\n  Builder: registry:digits-cnn\n  Weights: hf://a/b/model.safetensors\n"
                "  Results: {Task: Image Classification, Dataset: scikit-learn digits (samples 1437-1796),"
                " Metrics: {Top 1 Accuracy: 97.50%}}\n"
            )
            environment = {"HF_TOKEN": TOKEN, "HF_ENDPOINT": f"http://127.0.0.1:{hub.port}"}
            ran = laboratory.run("verify", "card.yml", "--predictions", folder=scene.root, environment=environment)
    assert "1 reproduced" in ran.out, ran
    assert [f"authorization: bearer {TOKEN.lower()}" in request.lower() for request in hub.requests] == [True, True]
    assert len(cdn.requests) == 1
    assert TOKEN not in cdn.requests[0]
    assert TOKEN not in ran.out + ran.err
    for folder in (scene.root, laboratory.folder):
        for file in folder.rglob("*"):
            assert TOKEN not in file.name
            assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file


def test_a_token_is_not_in_the_reason_of_a_failure(laboratory: Laboratory, scene: Scene) -> None:
    with serving([{"head": "HTTP/1.1 401 Unauthorized\nContent-Length: 0"}]) as hub:
        (scene.root / "pyproject.toml").write_text('[tool.mir]\nprivate-hosts = ["127.0.0.1"]\n')
        (scene.root / "card.yml").write_text(
            "Models:\n- Name: digits-cnn\n  Builder: registry:digits-cnn\n  Weights: hf://a/b/gated.safetensors\n"
            "  Results: {Task: Image Classification, Dataset: scikit-learn digits (samples 1437-1796),"
            " Metrics: {Top 1 Accuracy: 97.50%}}\n"
        )
        environment = {"HF_TOKEN": TOKEN, "HF_ENDPOINT": f"http://127.0.0.1:{hub.port}"}
        ran = laboratory.run("verify", "--format", "json", "card.yml", folder=scene.root, environment=environment)
    assert "your token gives no access to it" in ran.out, ran.out
    assert TOKEN not in ran.out + ran.err
    assert not any(TOKEN.encode() in file.read_bytes() for file in scene.root.rglob("*.json"))
