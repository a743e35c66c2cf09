"""Signed envelopes: DSSE (Dead Simple Signing Envelope, v1.0.2) with Ed25519 keys from a local file.

What is signed is `"DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload`, so that a signature made for one type
of payload is none for another. Needs `cryptography`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry.evidence.statement import dump
from registry.files import read_named, reason
from registry.types import OutputError, UsageError

PAYLOAD_TYPE = "application/vnd.in-toto+json"

_MOST_SIGNATURES = 1000
"""Signatures of one envelope that are tried; each takes some tenths of a millisecond."""


class SignatureError(ValueError):
    """An envelope that the key did not sign; the message says what is wrong with it."""


def seal(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """The payload in an envelope, signed, as one line of JSON."""
    signature = {"keyid": key_id(key.public_key()), "sig": base64.b64encode(key.sign(_signed(payload))).decode()}
    return dump({"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": [signature]})


def open_envelope(envelope: Any, key: Ed25519PublicKey) -> bytes:
    """The payload of an envelope, if one of its signatures is the key's.

    As DSSE asks: key ids are hints and are not trusted, any of several signatures will do, base64 may be standard or
    URL-safe, and what else the envelope holds is nobody's business. Only what is returned is signed.

    Raises:
        SignatureError: It is no envelope, or the key did not sign it.
    """
    if not isinstance(envelope, dict) or not isinstance(envelope.get("signatures"), list):
        raise SignatureError("it is not an envelope with signatures")
    payload, kind = _bytes(envelope.get("payload"), "payload"), envelope.get("payloadType")
    if kind != PAYLOAD_TYPE:
        raise SignatureError(f"its payload is not {PAYLOAD_TYPE}")
    signatures = envelope["signatures"]
    if not 0 < len(signatures) <= _MOST_SIGNATURES:
        raise SignatureError(f"it has {len(signatures)} signatures")
    unreadable: SignatureError | None = None
    for signature in signatures:
        try:
            key.verify(_bytes(_member(signature, "sig"), "signature"), _signed(payload))
        except InvalidSignature:
            continue
        except SignatureError as error:  # it may be of a kind that only its own verifier reads
            unreadable = error
            continue
        return payload
    if unreadable is not None and len(signatures) == 1:
        raise unreadable
    if any(_member(signature_entry, "keyid") == key_id(key) for signature_entry in signatures):
        raise SignatureError("the signature that names this key does not match: it, or what it signs, was changed")
    signed = "its signature is" if len(signatures) == 1 else f"none of its {len(signatures)} signatures is"
    no = " not" if len(signatures) == 1 else ""
    raise SignatureError(f"{signed}{no} this key's over this payload: another key signed it, or it was changed")


def key_id(key: Ed25519PublicKey) -> str:
    """What securesystemslib, and with it in-toto's and TUF's tools, call the key unless told otherwise.

    SHA-256, in hexadecimal, of the key's canonical JSON.
    """
    described = {"keytype": "ed25519", "keyval": {"public": key.public_bytes_raw().hex()}, "scheme": "ed25519"}
    return hashlib.sha256(json.dumps(described, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def make_key(path: Path) -> Path:
    """Make a key pair: the private key in `path`, readable by its owner only, the public key in `path`.pub.

    Raises:
        OutputError: A file of that name exists, or cannot be written.
    """
    key, public = Ed25519PrivateKey.generate(), path.with_name(path.name + ".pub")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for file, data, mode in ((path, secret, 0o600), (public, public_bytes, 0o644)):
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
        except OSError as error:
            raise OutputError(f"cannot write {file}: {reason(error)}") from error
    return public


def private_key(path: Path) -> Ed25519PrivateKey:
    """An Ed25519 private key in PEM or OpenSSH form, without a passphrase.

    Raises:
        UsageError: The file holds none.
    """
    data = read_named(path)
    load = serialization.load_ssh_private_key if b"OPENSSH" in data[:60] else serialization.load_pem_private_key
    try:
        key = load(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} holds no private key that can be used without a passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} holds another kind of key than Ed25519")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """An Ed25519 public key in PEM or OpenSSH form.

    Raises:
        UsageError: The file holds none.
    """
    data = read_named(path)
    load = serialization.load_ssh_public_key if data.startswith(b"ssh-") else serialization.load_pem_public_key
    try:
        key = load(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} holds another kind of key than Ed25519")
    return key


def _member(signature: Any, name: str) -> Any:
    return signature.get(name) if isinstance(signature, dict) else None


_STANDARD = str.maketrans("-_", "+/", "\r\n")


def _bytes(text: Any, part: str) -> bytes:
    """Base64, standard or URL-safe, broken into lines or not, with or without the padding at its end."""
    if not isinstance(text, str) or not text.isascii():
        raise SignatureError(f"its {part} is not base64")
    standard = text.translate(_STANDARD).rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        raise SignatureError(f"its {part} is not base64") from None


def _signed(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
