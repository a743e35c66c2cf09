"""From a reference on a card to a file whose digest is known."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from registry.download.http import Progress, download
from registry.download.hub_files import download_from_hub
from registry.download.policy import Policy
from registry.evidence.digest_cache import Remembered
from registry.evidence.shard_digests import digest_of, is_index
from registry.files import reason
from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights.digest import (
    AlteredError,
    RefusedError,
    clean_digest,
    copy_from_shared,
    copy_to_shared,
    hexadecimal_suffix,
    sha256_of,
)
from registry.verify.weights.weights_cache import Cache


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A weights file on this machine.

    Attributes:
        sha256: Digest of its bytes, 64 hexadecimal digits, taken of the file that will be loaded.
        url: What it was asked for by.
        open_file: The file, open, where it is one of the cache's: as long as it is, nobody removes it to make room.
        stamp: What changes with a file beside the card, as it was before the digest was taken.
        shards: The files that hold the weights, where this one is their index; the digest and size are of all.
    """

    path: Path
    sha256: str
    url: str
    size: int
    open_file: IO[bytes] | None = None
    stamp: tuple[int, ...] | None = None
    shards: tuple[Fetched, ...] = ()

    def ensure_unchanged(self) -> None:
        """Make sure, once it is loaded, that what was loaded is what the digest was taken of.

        Raises:
            RefusedError: It is not.
        """
        if self.stamp is not None and _stamp(self.path) != self.stamp:
            raise RefusedError(f"the weights {self.url} were changed while they were read")
        for shard in self.shards:
            shard.ensure_unchanged()


def fetch(
    ref: WeightsRef, *, cache: Cache, policy: Policy, earlier: str | None = None, progress: Progress | None = None
) -> Fetched:
    """Bring the weights here, or find them in the cache, and hold them against the digest that they should have.

    Args:
        ref: Where they are, and the digest that the card gives them.
        cache: Where downloads are kept.
        policy: What may be fetched.
        earlier: The digest that the same URL gave when it was measured before; local files may change.
        progress: Told how much is there.

    Raises:
        WeightsError: They cannot be had, the policy refuses them, or their digest is another one.
        OutputError: The cache cannot be written.
    """
    scheme = _scheme(ref)
    if scheme in _LOCAL:
        path = _local(ref, policy)
        stamp = _stamp(path)
        _refuse_stand_in(ref, path)
        return replace(_checked(ref, path, sha256_of(path), expected_digest(ref)), stamp=stamp)
    if scheme not in ("https", "http", "hf"):
        raise WeightsError(f"weights are not fetched by '{scheme}': {ref.url[:200]}")
    expected = expected_digest(ref, earlier)
    cached = _cached(ref, cache, expected)  # a cache that cannot be written can still be read
    if cached is not None:
        return cached
    with cache.lock(ref.url):
        cached = _cached(ref, cache, expected)
        if cached is not None:
            return cached
        part = cache.partial(ref.url)
        if cache.shared is not None and expected is not None:
            copy = part.with_name(f"{part.name}.shared")  # beside a download that ended early, which may go on later
            digest = copy_from_shared(cache.shared, expected[0], copy, policy.max_bytes)
            if digest is not None:
                return _adopted(cache, _checked(ref, copy, digest, expected))
        if scheme == "hf":
            download_from_hub(ref.url, part, policy, progress)
        else:
            download(ref.url, part, policy, progress)
        try:
            _refuse_stand_in(ref, part)
            fetched = _checked(ref, part, sha256_of(part), expected)
        except WeightsError:
            part.unlink(missing_ok=True)
            raise
        fetched = _adopted(cache, fetched)
        if cache.shared is not None:
            copy_to_shared(cache.shared, fetched.sha256, fetched.path)
        return fetched


def at_hand(ref: WeightsRef, *, cache: Cache, policy: Policy, remembered: Remembered) -> str | None:
    """The digest that measuring now would be about: of the weights on this machine, or what the card says it must be.

    Returns:
        Hexadecimal digits; `None` where neither is known. Where a file on this machine is not what the card says, they
        are those of no file.

    Raises:
        WeightsError: The policy refuses them, or they are not there.
    """
    expected = expected_digest(ref)
    if _scheme(ref) in _LOCAL:
        path = _local(ref, policy)
        try:
            whole = digest_of(path, remembered.digest).removeprefix("sha256:")
            digest = remembered.digest(path).removeprefix("sha256:")
        except (OSError, ValueError) as error:
            raise WeightsError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
        if expected is not None and not digest.startswith(expected[0]):
            # Neither what was measured from this file nor what was measured of the card's holds of this card.
            return hashlib.sha256(f"{digest} {expected[0]}".encode()).hexdigest()
        return whole
    if is_index(ref.url):
        return None  # an index says nothing of what its files hold
    cached = cache.digest_of(ref.url) or ""
    if expected is None or (cached and cached.startswith(expected[0])):
        return cached or None
    return expected[0] if cached or len(expected[0]) == 64 else None


Expected = tuple[str, str] | None
"""A digest, or its first digits, and who says so."""


def expected_digest(ref: WeightsRef, earlier: str | None = None) -> Expected:
    """What the weights' digest must begin with: by the card, else the file's name, else earlier evidence."""
    if ref.sha256 is not None:
        return clean_digest(ref.sha256), "the card"
    suffix = hexadecimal_suffix(urlsplit(ref.url).path)
    if suffix is not None:
        return suffix, "the file's name"
    return None if earlier is None else (clean_digest(earlier), "earlier evidence")


def _adopted(cache: Cache, fetched: Fetched) -> Fetched:
    path = cache.adopt(fetched.path, fetched.sha256, fetched.url)
    return replace(fetched, path=path, open_file=cache.hold(fetched.sha256))


def _checked(ref: WeightsRef, path: Path, digest: str, expected: Expected) -> Fetched:
    if expected is not None and not digest.startswith(expected[0]):
        raise AlteredError(
            f"the weights {ref.url} have SHA-256 {digest}, and not {expected[0]} as {expected[1]} says: refused"
        )
    return Fetched(path=path, sha256=digest, url=ref.url, size=path.stat().st_size)


def _cached(ref: WeightsRef, cache: Cache, expected: Expected) -> Fetched | None:
    """The file from the cache, where it is there, whole, and what is asked for."""
    digest = expected[0] if expected is not None and len(expected[0]) == 64 else cache.digest_of(ref.url)
    file = None if digest is None else cache.hold(digest)
    if digest is None or file is None:
        return None
    path = cache.file(digest)
    # Somebody else's cache can be read, and neither mended nor marked as used.
    if sha256_of(path) != digest:
        with suppress(OSError):
            path.unlink()
        return None
    with suppress(OSError):
        path.touch()
    if expected is not None and not digest.startswith(expected[0]):
        return None
    return replace(_checked(ref, path, digest, expected), open_file=file)


_LOCAL = ("", "file")
"""Schemes of files on this machine; a path has none."""


def _scheme(ref: WeightsRef) -> str:
    return urlsplit(ref.url).scheme.lower() if "://" in ref.url else ""


def _local(ref: WeightsRef, policy: Policy) -> Path:
    try:
        base = Path(ref.base or ".").resolve()
        path = (base / (unquote(urlsplit(ref.url).path) if _scheme(ref) else ref.url)).resolve()
        exists = path.is_file()
    except (OSError, ValueError) as error:  # a name that is too long, or holds a zero
        raise WeightsError(f"{ref.url[:200]!a} is no path of weights: {error}") from error
    if not policy.trust and not path.is_relative_to(base):
        raise WeightsError(f"the weights {ref.url} lie outside of the card's folder; only --trust allows that")
    if not exists:
        raise WeightsError(f"there is no file {ref.url} beside the card")
    if path.stat().st_size > policy.max_bytes:
        raise WeightsError(f"{ref.url} is larger than the {policy.max_bytes} bytes that are allowed")
    return path


def _stamp(path: Path) -> tuple[int, ...]:
    """What no change to a file leaves as it is: the system keeps the time of the last one, and nobody can set it."""
    try:
        status = path.stat()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    return status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns


def _refuse_stand_in(ref: WeightsRef, path: Path) -> None:
    """Refuse what comes in the place of weights; by its own name, since nothing else can be made of it."""
    try:
        with path.open("rb") as file:
            start = file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError as error:
        raise WeightsError(f"{ref.url} cannot be read: {reason(error)}") from error
    if not start:
        raise WeightsError(f"{ref.url} is empty")
    if start.startswith(b"version https://git-lfs.github.com/spec/"):
        raise WeightsError(f"{ref.url} is a Git LFS pointer and not the file itself")
    if start.lower().startswith((b"<!doctype html", b"<html")):
        raise WeightsError(f"{ref.url} is a web page and not a file of weights")
