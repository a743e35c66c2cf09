"""Read a weights file without running what it holds."""

from __future__ import annotations

import argparse
import pickle
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import safetensors
import torch
from safetensors.torch import load_file

from registry.download.policy import Policy
from registry.evidence.shard_digests import is_index, shard_names, whole_digest
from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights.digest import RefusedError
from registry.verify.weights.fetch import Fetched, fetch
from registry.verify.weights.pickle_file import scan_file
from registry.verify.weights.pickle_scan import ScanError


def with_shards(fetched: Fetched, ref: WeightsRef, **options: Any) -> Fetched:
    """Fetched weights with the files that an index among them names, under one digest; others as they are.

    Raises:
        WeightsError: It is no index, or a file cannot be had.
    """
    if not is_index(ref.url):
        return fetched
    try:
        names = shard_names(fetched.path)
    except (OSError, ValueError) as error:
        raise WeightsError(f"{ref.url}: {error}") from error
    shards = {name: fetch(WeightsRef(url=beside(ref.url, name), base=ref.base), **options) for name in names}
    return replace(
        fetched,
        sha256=whole_digest(fetched.sha256, {name: shard.sha256 for name, shard in shards.items()}),
        size=sum(shard.size for shard in shards.values()),
        shards=tuple(shards.values()),
    )


def beside(url: str, name: str) -> str:
    """The URL or path of a file that lies beside another.

    >>> beside("hf://owner/name@main/model.safetensors.index.json", "model-00001-of-00002.safetensors")
    'hf://owner/name@main/model-00001-of-00002.safetensors'
    """
    if "://" not in url:
        return f"{url.rpartition('/')[0]}/{name}".removeprefix("/") if "/" in url else name
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rpartition('/')[0]}/{quote(name)}", parts.query, ""))


Format = Literal["safetensors", "torch", "torchscript", "torch-export"]

_SAFE: list[Any] = [argparse.Namespace]
"""Plain containers that training scripts put beside the weights: attributes and nothing else."""

_LARGEST_PICKLE = 64 << 20
"""Bytes that name the tensors of a file, and what lies beside them: a byte of pickle can become a hundred of memory."""

_LARGEST_HEADER = 16 << 20
"""The same for safetensors, whose header is JSON: room for some 200 000 tensors."""


def sniff(path: Path) -> Format:
    """What a file is, by its bytes: names and suffixes are the card's word only.

    Raises:
        RefusedError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(9)
        if start.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(path) as archive:
                names = {name.partition("/")[2] for name in archive.namelist()}
            if "archive_format" in names or "serialized_exported_program.json" in names:
                return "torch-export"
            return "torchscript" if "constants.pkl" in names else "torch"
    except (OSError, zipfile.BadZipFile) as error:
        raise RefusedError(f"the weights file {path.name} cannot be read: {error}") from error
    return "safetensors" if start[8:] == b"{" else "torch"


def read_checkpoint(path: Path, *, policy: Policy) -> Any:
    """What a weights file holds, on the CPU: tensors, in whatever containers its author chose.

    Safetensors hold nothing but tensors. Everything else is a pickle: first its opcodes say what it would call and how
    much memory it asks for, and then it is read by `torch.load(weights_only=True)`, which builds tensors and plain
    containers and calls nothing else. Only a trusted card's pickle is read without both.

    Raises:
        RefusedError: The file is damaged, or would run code when it is read.
    """
    kind = sniff(path)
    if kind == "safetensors":
        _check_header(path)
        try:
            return load_file(path)
        except (safetensors.SafetensorError, OSError, ValueError) as error:
            raise RefusedError(f"the weights file {path.name} is no valid safetensors file: {error}") from error
    if kind == "torchscript":
        raise RefusedError(f"{path.name} is a TorchScript program and not weights; save the state_dict instead")
    if kind == "torch-export":
        raise RefusedError(f"{path.name} is a torch.export program; the card needs 'Builder: torch.export:{path.name}'")
    _check_unpacked(path)
    if not policy.trust:
        try:
            scan_file(path)
        except ScanError as error:
            if error.name:
                raise _refusal(path, error.name) from error
            raise RefusedError(f"the weights file {path.name} cannot be read: {error}") from error
    try:
        # An open file and not its path: torch would believe the suffix.
        with torch.serialization.safe_globals(_SAFE), path.open("rb") as file:
            return torch.load(file, map_location="cpu", weights_only=not policy.trust)
    except pickle.UnpicklingError as error:
        culprit = re.search(r"(?:Unsupported global|Unsupported class|GLOBAL|class) [`']?([\w.]+\.[\w.]+)", str(error))
        raise _refusal(path, culprit[1] if culprit else "") from error
    except Exception as error:  # a damaged or hostile pickle can make the unpickler raise anything
        raise RefusedError(f"the weights file {path.name} cannot be read: {_first_line(error)}") from error


def _check_header(path: Path) -> None:
    """Refuse safetensors whose header is longer than any that describes a model."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > _LARGEST_HEADER:
        raise RefusedError(
            f"{path.name} says that its header has {length} bytes; more than {_LARGEST_HEADER} is refused"
        )


def _check_unpacked(path: Path) -> None:
    """Refuse an archive that would grow when it is unpacked: torch stores what it saves as it is."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > path.stat().st_size:
            raise RefusedError(f"{path.name} unpacks to more bytes than it has, which is no archive that torch writes")
        if len({entry.filename.casefold() for entry in entries}) != len(entries):
            raise RefusedError(
                f"{path.name} has two entries of one name, and readers disagree about which of them counts"
            )
        if any(entry.file_size > _LARGEST_PICKLE for entry in entries if entry.filename.endswith(".pkl")):
            raise RefusedError(f"{path.name} describes its tensors in more than {_LARGEST_PICKLE} bytes")


def _refusal(path: Path, name: str = "") -> RefusedError:
    """The error for a file that holds something that could run code."""
    content = f"'{name}'" if name else "something"
    return RefusedError(
        f"the weights file {path.name} was not loaded: it holds {content}, which is no tensor and could run code; "
        "--trust loads it all the same"
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
