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

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry.evidence.statement import dump
from registry.files import reason
from registry.types import OutputError, UsageError

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class SignatureError(ValueError):
    """An envelope that the key did not sign; the message says what is wrong with it."""


def seal(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """The payload in an envelope, signed, as one line of JSON."""
    return _envelope(payload, key_id(key.public_key()), key.sign(_signed(payload)))


def unseal(envelope: bytes, key: Ed25519PublicKey) -> bytes:
    """The payload of an envelope that `seal` made, after checking the signature.

    Envelopes have one spelling here, which is stricter than DSSE asks: any changed byte is refused, also one in the
    white space, the unused bits of the base64 or the hint at the key, none of which the signature covers.

    Raises:
        SignatureError: The envelope is another, or was changed.
    """
    try:
        found = json.loads(envelope)
        (signature,) = found["signatures"]
        payload = base64.b64decode(found["payload"], validate=True)
        signed = base64.b64decode(signature["sig"], validate=True)
        hint, kind = signature["keyid"], found["payloadType"]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise SignatureError("it is not an envelope with one signature") from error
    if kind != PAYLOAD_TYPE:
        raise SignatureError(f"its payload is not {PAYLOAD_TYPE}")
    if hint != key_id(key):
        raise SignatureError("another key signed it")
    try:
        key.verify(signed, _signed(payload))
    except InvalidSignature:
        raise SignatureError("the signature does not match what it signs") from None
    if _envelope(payload, hint, signed) != envelope:
        raise SignatureError("the envelope was changed around what is signed")
    return payload


def key_id(key: Ed25519PublicKey) -> str:
    """SHA-256, in hexadecimal, of the public key's 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def make_key(path: Path) -> Path:
    """Make a key pair: the private key in `path`, readable by its owner only, the public key in `path`.pub.

    Raises:
        OutputError: A file of that name exists, or cannot be written.
    """
    key, public = Ed25519PrivateKey.generate(), path.with_name(path.name + ".pub")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for file, data, mode in ((path, secret, 0o600), (public, shown, 0o644)):
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
    data = _read(path)
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
    data = _read(path)
    load = serialization.load_ssh_public_key if data.startswith(b"ssh-") else serialization.load_pem_public_key
    try:
        key = load(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} holds another kind of key than Ed25519")
    return key


def _envelope(payload: bytes, hint: str, signature: bytes) -> bytes:
    return dump(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": hint, "sig": base64.b64encode(signature).decode()}],
        }
    )


def _signed(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason(error)}") from error
