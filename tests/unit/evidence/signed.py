"""A key of the tests, and a bundle that it signed."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.evidence.dsse import seal
from registry.evidence.statement import dump, statement
from registry.types import Evidence

# RFC 8032, section 7.1, test 1: a key that everybody knows.
SECRET = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)


def bundle(file: Path, *evidence: Evidence) -> Path:
    file.write_bytes(b"".join(seal(dump(statement(record)), SECRET) + b"\n" for record in evidence))
    return file
