from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.evidence import RecordError, Store, to_json
from registry.evidence.bundle import check_bundle
from registry.evidence.dsse import SignatureError, key_id, make_key, private_key, public_key, seal, unseal
from registry.evidence.statement import dump, parse, statement
from registry.types import Evidence, OutputError, Quantity, UsageError

# RFC 8032, section 7.1, test 1: a key that everybody knows.
SECRET = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)


def test_a_statement_is_in_totos(evidence: Evidence) -> None:
    said = statement(evidence)
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["subject"] == [
        {
            "name": "AlexNet: Top 1 Accuracy 56.55%",
            "digest": {"sha256": evidence.claim.digest.removeprefix("sha256:")},
        },
        {"name": "AlexNet: weights", "digest": {"sha256": "7b" * 32}},
    ]
    assert said["predicate"] == to_json(evidence)
    assert parse(dump(said)) == evidence


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"subject": [{"name": "another", "digest": {"sha256": "0" * 64}}]},
        {"predicate": None},
    ],
)
def test_another_statement_is_refused(evidence: Evidence, change: dict[str, object]) -> None:
    with pytest.raises(RecordError):
        parse(dump({**statement(evidence), **change}))


def test_a_claim_altered_before_signing_is_refused(evidence: Evidence) -> None:
    better = replace(evidence, claim=replace(evidence.claim, reported=Quantity.parse("99%", "ratio")))
    with pytest.raises(RecordError, match="digest"):
        parse(dump(statement(better)))


def test_the_signature_is_the_one_that_dsse_describes(evidence: Evidence) -> None:
    payload = dump(statement(evidence))
    envelope = json.loads(seal(payload, SECRET))
    assert base64.b64decode(envelope["payload"]) == payload
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    signed = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(payload)).encode() + b" " + payload
    SECRET.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)


def test_any_changed_byte_of_an_envelope_is_refused(evidence: Evidence) -> None:
    small = replace(evidence, reason="", environment={}, measurement=None, verdict="error", digests={})
    envelope = seal(dump(statement(small)), SECRET)
    key = SECRET.public_key()
    unseal(envelope, key)
    for at in range(len(envelope)):
        for flipped in {envelope[at] ^ 1, envelope[at] ^ 0x20, envelope[at] ^ 0x80, 0x20, 0x0D} - {envelope[at]}:
            with pytest.raises(SignatureError):
                unseal(envelope[:at] + bytes([flipped]) + envelope[at + 1 :], key)
        with pytest.raises(SignatureError):
            unseal(envelope[:at] + envelope[at + 1 :], key)
        with pytest.raises(SignatureError):
            unseal(envelope[:at] + b" " + envelope[at:], key)


def test_another_keys_signature_is_refused(evidence: Evidence) -> None:
    envelope = seal(dump(statement(evidence)), Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError, match="another key"):
        unseal(envelope, SECRET.public_key())
    forged = json.loads(envelope)
    forged["signatures"][0]["keyid"] = key_id(SECRET.public_key())
    with pytest.raises(SignatureError, match="does not match"):
        unseal(dump(forged), SECRET.public_key())


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"payload": 1, "signatures": [{}]}'])
def test_what_is_no_envelope_is_refused(line: bytes) -> None:
    with pytest.raises(SignatureError):
        unseal(line, SECRET.public_key())


def bundle(file: Path, *evidence: Evidence) -> Path:
    file.write_bytes(b"".join(seal(dump(statement(each)), SECRET) + b"\n" for each in evidence))
    return file


def test_any_changed_byte_of_a_bundle_is_noticed(tmp_path: Path, evidence: Evidence) -> None:
    small = replace(evidence, reason="", environment={}, measurement=None, verdict="error")
    claim = replace(evidence.claim, subject="top-5-accuracy")
    other = replace(small, claim=claim, digests={"claim": claim.digest})
    file = bundle(tmp_path / "all.jsonl", small, other)
    key = SECRET.public_key()
    assert [each.good for each in check_bundle(file, key)] == [True, True]
    whole = file.read_bytes()
    ends = [at for at, byte in enumerate(whole) if byte == 10]
    for at in (*range(0, len(whole), 97), *ends):
        for flipped in (whole[at] ^ 1, 0x0D):
            file.write_bytes(whole[:at] + bytes([flipped]) + whole[at + 1 :])
            assert not all(each.good for each in check_bundle(file, key))
    for length in range(1, len(whole), 61):
        file.write_bytes(whole[:length])
        if length - 1 not in ends:
            assert not all(each.good for each in check_bundle(file, key))


def test_a_folder_must_hold_what_was_signed_and_nothing_else(tmp_path: Path, evidence: Evidence) -> None:
    store, key = Store(tmp_path / "evidence"), SECRET.public_key()
    path = store.write(evidence)
    file = bundle(tmp_path / "all.jsonl", *store.all())

    def wrong() -> list[str]:
        return [each.message for each in check_bundle(file, key, store) if not each.good]

    assert wrong() == []
    store.write(replace(evidence, reason="Quite another."))
    assert ["another record" in each for each in wrong()] == [True]
    path.unlink()
    assert ["does not hold it" in each for each in wrong()] == [True]
    store.write(evidence)
    store.write(replace(evidence, claim=replace(evidence.claim, subject="top-5-accuracy")))
    assert ["not in the bundle" in each for each in wrong()] == [True]
    (tmp_path / "evidence" / "foreign.json").write_text("{}")
    assert len(wrong()) == 2


def test_keys_are_made_for_their_owner_only_and_never_over_others(tmp_path: Path) -> None:
    file = tmp_path / "key"
    public = make_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert private_key(file).public_key() == public_key(public)
    before = file.read_bytes()
    with pytest.raises(OutputError, match="File exists"):
        make_key(file)
    assert file.read_bytes() == before


def test_keys_of_openssl_and_ssh_are_read(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form

    ssh = SECRET.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
    (tmp_path / "ssh").write_bytes(ssh)
    public = SECRET.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    (tmp_path / "ssh.pub").write_bytes(public + b" somebody@somewhere\n")
    assert private_key(tmp_path / "ssh").private_bytes_raw() == SECRET.private_bytes_raw()
    assert public_key(tmp_path / "ssh.pub") == SECRET.public_key()
    try:
        made = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    (tmp_path / "pem").write_bytes(made.stdout)
    private_key(tmp_path / "pem")


def test_what_is_no_key_is_a_usage_error(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    locked = SECRET.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"secret"))
    for data, says in ((b"", "no private key"), (pem, "another kind"), (locked, "without a passphrase")):
        (tmp_path / "key").write_bytes(data)
        with pytest.raises(UsageError, match=says):
            private_key(tmp_path / "key")
    with pytest.raises(UsageError, match="no public key"):
        public_key(tmp_path / "key")
    with pytest.raises(UsageError, match="No such file"):
        public_key(tmp_path / "nowhere")
