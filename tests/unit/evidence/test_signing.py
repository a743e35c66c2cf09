from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry.evidence import RecordError, strict_json, to_json
from registry.evidence.bundle import check_bundle
from registry.evidence.dsse import SignatureError, key_id, open_envelope, seal
from registry.evidence.statement import dump, parse, statement
from registry.types import Evidence, Quantity
from tests.unit.evidence.signed import SECRET


def unseal(envelope: bytes, key: Ed25519PublicKey) -> bytes:
    try:
        return open_envelope(strict_json.load(envelope), key)
    except strict_json.JsonError as error:
        raise SignatureError(str(error)) from error


def test_a_statement_is_in_totos(evidence: Evidence) -> None:
    document = statement(evidence)
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["subject"] == [
        {
            "name": "AlexNet: Top 1 Accuracy 56.52%",
            "digest": {"sha256": evidence.claim.digest.removeprefix("sha256:")},
        },
        {"name": "AlexNet: weights", "digest": {"sha256": "7b" * 32}},
    ]
    assert document["predicate"] == to_json(evidence)
    assert parse(dump(document)) == evidence


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


def test_any_changed_byte_is_refused_or_changes_nothing_that_is_signed(evidence: Evidence) -> None:
    small = replace(evidence, reason="", environment={}, measurement=None, verdict="error", digests={})
    payload = dump(statement(small))
    envelope, key = seal(payload, SECRET), SECRET.public_key()
    assert unseal(envelope, key) == payload
    refused = count = 0
    for at in range(len(envelope)):
        changed = {envelope[at] ^ 1, envelope[at] ^ 0x20, envelope[at] ^ 0x80, 0x20, 0x0D} - {envelope[at]}
        texts = [envelope[:at] + bytes([byte]) + envelope[at + 1 :] for byte in changed]
        for text in (*texts, envelope[:at] + envelope[at + 1 :], envelope[:at] + b" " + envelope[at:]):
            count += 1
            try:
                assert unseal(text, key) == payload
            except SignatureError:
                refused += 1
    # What may change is white space between words, the hint at the key, and the names of what nobody reads.
    assert refused > 0.9 * count


def test_another_keys_signature_is_refused(evidence: Evidence) -> None:
    envelope = seal(dump(statement(evidence)), Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError, match="another key signed it, or it was changed"):
        unseal(envelope, SECRET.public_key())
    forged = json.loads(envelope)
    forged["signatures"][0]["keyid"] = key_id(SECRET.public_key())
    with pytest.raises(SignatureError, match="does not match"):
        unseal(dump(forged), SECRET.public_key())


def signature_of(payload: bytes, key: Ed25519PrivateKey) -> str:
    signed = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(payload)).encode() + b" " + payload
    return base64.b64encode(key.sign(signed)).decode()


def url_safe(envelope: dict[str, Any]) -> dict[str, Any]:
    for holder, name in ((envelope, "payload"), (envelope["signatures"][0], "sig")):
        holder[name] = holder[name].replace("+", "-").replace("/", "_").rstrip("=")
    return envelope


def with_signatures(*signatures: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda envelope: {
        **envelope,
        "signatures": [
            signature or {"sig": signature_of(base64.b64decode(envelope["payload"]), SECRET)}
            for signature in signatures
        ],
    }


OTHER = {"keyid": "other", "sig": base64.b64encode(bytes(64)).decode()}


VALID: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no key id": with_signatures({}),
    "a signature of another before": with_signatures(OTHER, {}),
    "a signature of another behind": with_signatures({}, OTHER),
    "a signature of another kind of key": with_signatures(
        {"keyid": "rsa", "sig": base64.b64encode(bytes(256)).decode()}, {}
    ),
    "signatures that only others can read": with_signatures({"sig": "?"}, {"sig": 7}, {"sig": None}, {}),
    "URL-safe base64 without padding": url_safe,
    "base64 in lines": lambda envelope: {
        **envelope,
        "payload": base64.encodebytes(base64.b64decode(envelope["payload"])).decode().replace("\n", "\r\n"),
    },
    "fields that nobody knows": lambda envelope: {"comment": {"made": "by hand"}, **envelope},
    "its fields in another order": lambda envelope: dict(reversed(envelope.items())),
}


SPELLINGS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "one line": lambda envelope: json.dumps(envelope).encode(),
    "pretty-printed": lambda envelope: json.dumps(envelope, indent=4).encode(),
    "CRLF": lambda envelope: json.dumps(envelope, indent=1).replace("\n", "\r\n").encode(),
    "a byte order mark": lambda envelope: b"\xef\xbb\xbf" + json.dumps(envelope).encode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("change", VALID)
def test_every_valid_envelope_of_the_key_is_verified(
    change: str, spelling: str, tmp_path: Path, evidence: Evidence
) -> None:
    hinted = {**json.loads(seal(dump(statement(evidence)), SECRET))}
    hinted["signatures"][0]["keyid"] = "SHA256:anything"
    text = SPELLINGS[spelling](VALID[change](hinted))
    assert parse(unseal(text, SECRET.public_key())) == evidence
    file = tmp_path / "bundle"
    other = replace(evidence.claim, subject="top-5-accuracy")
    second = replace(evidence, claim=other, digests={**evidence.digests, "claim": other.digest})
    file.write_bytes(
        text + b"\r\n\n" + json.dumps(json.loads(seal(dump(statement(second)), SECRET)), indent=2).encode()
    )
    assert [check.good for check in check_bundle(file, SECRET.public_key())] == [True, True]


def test_the_payload_may_be_printed_in_any_way_and_holds_no_key_twice(evidence: Evidence) -> None:
    payload = json.dumps(statement(evidence), indent=3).replace("\n", "\r\n").encode()
    assert parse(unseal(seal(payload, SECRET), SECRET.public_key())) == evidence
    for twice in (b'{"_type":"x",', b'{"predicate":null,'):
        doubled = dump(statement(evidence)).replace(b"{", twice, 1)
        with pytest.raises(RecordError, match="appears twice"):
            parse(unseal(seal(doubled, SECRET), SECRET.public_key()))
    inside = dump(statement(evidence)).replace(b'"verdict":', b'"verdict":"refuted","verdict":')
    with pytest.raises(RecordError, match="'verdict' appears twice"):
        parse(inside)


def test_an_envelope_with_a_key_twice_is_refused(evidence: Evidence) -> None:
    envelope = seal(dump(statement(evidence)), SECRET)
    with pytest.raises(SignatureError, match="'payload' appears twice"):
        unseal(envelope.replace(b"{", b'{"payload":"",', 1), SECRET.public_key())


def test_the_digest_of_weights_that_were_not_run_is_a_subject(evidence: Evidence) -> None:
    counted = replace(evidence, digests={"claim": evidence.claim.digest})
    document = statement(counted, weights="sha256:" + "ab" * 32)
    assert document["subject"][1]["digest"] == {"sha256": "ab" * 32}
    assert parse(dump(document)) == counted
    assert parse(dump(statement(counted))) == counted
    for wrong in ("ab" * 31, "AB" * 32, 3, None):
        document["subject"][1]["digest"]["sha256"] = wrong
        with pytest.raises(RecordError, match="its subjects"):
            parse(dump(document))
    with pytest.raises(RecordError, match="its subjects"):  # these weights were run, and are others
        parse(dump({**statement(evidence), "subject": statement(counted, weights="sha256:" + "ab" * 32)["subject"]}))


def test_securesystemslib_verifies_ours_and_we_verify_its(evidence: Evidence) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    from securesystemslib.signer import CryptoSigner, SSlibKey

    payload, public = dump(statement(evidence)), SSlibKey.from_crypto(SECRET.public_key())
    container = dsse.Envelope.from_dict(json.loads(seal(payload, SECRET)))
    assert container.verify([public], 1) == {public.keyid: public}
    double = dsse.Envelope(payload, "application/vnd.in-toto+json", {})
    double.sign(CryptoSigner(Ed25519PrivateKey.generate()))
    double.sign(CryptoSigner(SECRET))
    text = json.dumps(double.to_dict(), indent=2).encode()
    assert parse(unseal(text, SECRET.public_key())) == evidence


def test_in_totos_own_library_takes_our_statements(evidence: Evidence) -> None:
    pytest.importorskip("in_toto_attestation")
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    read = json_format.Parse(dump(statement(evidence)).decode(), statement_pb2.Statement())
    Statement.copy_from_pb(read).validate()
    assert len(read.subject) == 2


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"payload": 1, "signatures": [{}]}'])
def test_what_is_no_envelope_is_refused(line: bytes) -> None:
    with pytest.raises(SignatureError):
        unseal(line, SECRET.public_key())
