"""Keys, and bundles of signed records."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store
from registry.evidence.bundle import check_bundle
from registry.evidence.dsse import make_key, private_key, public_key
from registry.types import Evidence, OutputError, UsageError
from tests.unit.evidence.signed import SECRET, bundle


def test_a_claim_that_stands_twice_in_a_bundle_is_refused(tmp_path: Path, evidence: Evidence) -> None:
    file, key = tmp_path / "all.jsonl", SECRET.public_key()

    def said(*records: Evidence) -> list[tuple[bool, str]]:
        return [(check.good, check.message.rpartition(": ")[2]) for check in check_bundle(bundle(file, *records), key)]

    assert said(evidence, evidence) == [(True, "reproduced"), (False, "it repeats line 1")]
    contrary = replace(evidence, verdict="error")
    assert said(evidence, contrary)[1] == (False, "it contradicts line 1, of the same claim")


def test_any_changed_byte_of_a_bundle_is_noticed(tmp_path: Path, evidence: Evidence) -> None:
    small = replace(evidence, reason="", environment={}, measurement=None, verdict="error")
    claim = replace(evidence.claim, subject="top-5-accuracy")
    other = replace(small, claim=claim, digests={"claim": claim.digest})
    file = bundle(tmp_path / "all.jsonl", small, other)
    key = SECRET.public_key()
    assert [check.good for check in check_bundle(file, key)] == [True, True]
    whole = file.read_bytes()
    ends = [at for at, byte in enumerate(whole) if byte == 10]
    for at in range(0, len(whole), 97):
        hint = whole.rfind(b'"keyid"', 0, at) > whole.rfind(b'"sig"', 0, at)  # which is nobody's word
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert hint or not all(check.good for check in check_bundle(file, key))
    for length in range(1, len(whole) - 1, 61):
        file.write_bytes(whole[:length])
        if not {length, length - 1} & set(ends):
            assert not all(check.good for check in check_bundle(file, key))


def test_a_folder_must_hold_what_was_signed_and_nothing_else(tmp_path: Path, evidence: Evidence) -> None:
    store, key = Store(tmp_path / "evidence"), SECRET.public_key()
    path = store.write(evidence)
    file = bundle(tmp_path / "all.jsonl", *store.all())

    def wrong() -> list[str]:
        return [check.message for check in check_bundle(file, key, store) if not check.good]

    assert wrong() == []
    store.write(replace(evidence, reason="Quite another."))
    assert ["another record" in message for message in wrong()] == [True]
    path.unlink()
    assert ["does not hold it" in message for message in wrong()] == [True]
    store.write(evidence)
    store.write(replace(evidence, claim=replace(evidence.claim, subject="top-5-accuracy")))
    assert ["not in the bundle" in message for message in wrong()] == [True]
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
        process = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    (tmp_path / "pem").write_bytes(process.stdout)
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
