"""A file of weights that is hostile, damaged or something else is refused by name: none of it runs or is unpacked."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from registry.verify.builders.digits_cnn import DigitsCNN
from registry.verify.weights import read_checkpoint

from .conftest import Scene
from .laboratory import Laboratory

ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "models" / "digits-cnn.safetensors").read_bytes()
SECONDS = 10
MEGABYTES = 150
"""More than good weights take: torch's own libraries, as far as they are used, are in both."""

CARD = """
Models:
- Name: digits-cnn
  Builder: registry:digits-cnn
  Weights: weights
  Results:
    Task: Image Classification
    Dataset: scikit-learn digits (samples 1437-1796)
    Metrics: {Top 1 Accuracy: 97.50%}
"""


class Payload:
    """Makes a file when it is unpickled."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("../canary"),)


def saved(value: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def state() -> dict[str, torch.Tensor]:
    return dict(DigitsCNN().state_dict())


def safetensors(header: object, *, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(shape: list[int], offsets: list[int]) -> dict[str, object]:
    return {"dtype": "F32", "shape": shape, "data_offsets": offsets}


def repacked(change: Callable[[zipfile.ZipFile, zipfile.ZipInfo, bytes], None]) -> bytes:
    """torch's own archive, written anew."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(state()))) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            change(new, entry, old.read(entry))
    return file.getvalue()


def bomb() -> bytes:
    def deflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
        zeros = bytes(100_000_000) if entry.filename.endswith("data/0") else data
        archive.writestr(entry.filename, zeros, zipfile.ZIP_DEFLATED)

    return repacked(deflate)


def overlapping() -> bytes:
    """A thousand entries that are all the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", bytes(100_000))
        archive.filelist.extend(archive.filelist * 1000)
    return file.getvalue()


def understated() -> bytes:
    """An entry that says that it unpacks to a hundred bytes, and unpacks to ten million."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
        archive.filelist[0].file_size = 100
    return file.getvalue()


def long_pickle() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", b"]" * (65 << 20))
    return file.getvalue()


def promised() -> bytes:
    """A storage of a trillion numbers, none of which is in the file."""
    old = saved({"x": torch.zeros(12345)}, _use_new_zipfile_serialization=False)
    number = struct.pack("<BH", ord("M"), 12345)
    assert number in old
    return old.replace(number, b"\x8a\x06" + (10**12).to_bytes(6, "little"))


def pickled(opcodes: bytes, *, old: bool = False) -> bytes:
    """A file of torch's whose pickle is a program of one's own."""
    if old:
        start = saved(1, _use_new_zipfile_serialization=False)
        return start[: start.rindex(b"\x80\x02K\x01.")] + opcodes + pickle.dumps([], 2)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", opcodes)
        archive.writestr("archive/version", b"3\n")
    return file.getvalue()


def called(name: str, arguments: bytes, opcode: bytes = b"R") -> bytes:
    """A pickle that calls a function; `opcode` is REDUCE or NEWOBJ."""
    module, _, function = name.rpartition(".")
    return b"\x80\x02c" + f"{module}\n{function}\n".encode() + arguments + opcode + b"."


TWO_GIB = b"\x8a\x05" + (2**31).to_bytes(5, "little") + b"\x85"
"""The number in a tuple."""

COPIED = b"\x80\x02c__builtin__\nset\nq\x01](" + b"N" * 50_000 + b"eq\x00](" + b"h\x01h\x00\x85R" * 50_000 + b"e."
"""Fifty thousand sets, each a copy of one list of fifty thousand: 20 GB."""

ENCODED = (
    b"\x80\x02X" + struct.pack("<I", 1 << 20) + b"a" * (1 << 20) + b"q\x00X\x06\0\0\0latin1q\x01c_codecs\nencode\nq\x02"
    b"]" + b"h\x02h\x00h\x01\x86Ra" * 5000 + b"."
)
"""A text of a mebibyte, encoded five thousand times."""


_IDEOGRAPHS = "".join(map(chr, range(0x4E00, 0x9FA6))).encode()
HOURS = (
    b"\x80\x02c_codecs\nencode\nX" + struct.pack("<I", len(_IDEOGRAPHS)) + _IDEOGRAPHS + b"X\x08\0\0\0punycode\x86R."
)
"""A text of each ideograph, in an encoding that takes the square of the time."""


def short_storage() -> bytes:
    """An archive whose tensor is longer than what is stored of it."""

    def cut(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
        archive.writestr(entry.filename, data[:4] if entry.filename.endswith("data/0") else data)

    return repacked(cut)


def two_of_a_name() -> bytes:
    file = io.BytesIO(saved(state()))
    with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("archive/DATA.PKL", pickle.dumps(Payload(), 2))
    return file.getvalue()


def program() -> bytes:
    file = io.BytesIO()
    torch.export.save(torch.export.export(DigitsCNN().eval(), (torch.zeros(1, 1, 8, 8),)), file)
    return file.getvalue()


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a pickle that runs code": (lambda: saved({"state_dict": Payload()}), "--trust loads it all the same"),
    "a pickle that runs code, in torch's old format": (
        lambda: saved(Payload(), _use_new_zipfile_serialization=False),
        "--trust loads it all the same",
    ),
    "a pickle that runs code, bare": (lambda: pickle.dumps(Payload(), 2), "--trust loads it all the same"),
    "a program of torch.export": (program, "is a torch.export program"),
    "an archive that unpacks to a thousand times its size": (bomb, "unpacks to more bytes than it has"),
    "an archive of entries that overlap": (overlapping, "unpacks to more bytes than it has"),
    "an archive that says less than it unpacks to": (understated, "cannot be read"),
    "an archive with a pickle of 65 MB": (long_pickle, "describes its tensors in more than 67108864 bytes"),
    "a tensor of a trillion numbers, of which one is stored": (
        lambda: saved(state() | {"classifier.bias": torch.zeros(1).expand(10**12)}),
        "classifier.bias is 1000000000000 and should be 10",
    ),
    "a storage of a trillion numbers that are not there": (
        promised,
        "it promises 4000000000000 bytes of numbers and has",
    ),
    "a tensor longer than what is stored of it": (short_storage, "bytes of numbers in data/0 and has fewer"),
    "an archive with two entries of a name": (two_of_a_name, "has two entries of one name"),
    "an array of two gibibytes": (lambda: pickled(called("__builtin__.bytearray", TWO_GIB)), "asks for 21474"),
    "the same, made in the other way": (
        lambda: pickled(called("builtins.bytearray", TWO_GIB, b"\x81")),
        "asks for 21474",
    ),
    "the same, in torch's old format": (
        lambda: pickled(called("__builtin__.bytearray", TWO_GIB), old=True),
        "bytes of memory and more, and a file of its size may for 6711",
    ),
    "a storage that is called": (
        lambda: pickled(called("torch.FloatStorage", TWO_GIB)),
        "it holds 'torch.FloatStorage'",
    ),
    "a tensor that is called": (lambda: pickled(called("torch.Tensor", TWO_GIB, b"\x81")), "it holds 'torch.Tensor'"),
    "fifty thousand copies of a list": (lambda: pickled(COPIED), "bytes of memory and more"),
    "five thousand copies of a text": (lambda: pickled(ENCODED), "bytes of memory and more"),
    "a text whose encoding takes hours": (lambda: pickled(HOURS), "it would encode text in another way"),
    "five million lists": (lambda: pickled(b"\x80\x02" + b"]" * 5_000_000 + b"."), "bytes of memory and more"),
    "five million lists, in torch's old format": (
        lambda: pickled(b"\x80\x02" + b"]" * 5_000_000 + b".", old=True),
        "bytes of memory and more",
    ),
    "a pickle without an end": (lambda: pickled(b"\x80\x02]q"), "its pickle is damaged"),
    "a pickle of an empty stack": (lambda: pickled(b"\x80\x02\x86."), "its pickle is damaged"),
    "a header of 100 MB": (lambda: safetensors({}, length=100_000_000), "says that its header has 100000000 bytes"),
    "a header longer than the file": (lambda: safetensors({}, length=5000), "no valid safetensors file"),
    "a header of brackets": (lambda: safetensors(b'{"a":' + b"[" * 1_000_000), "no valid safetensors file"),
    "a tensor behind the end of the file": (
        lambda: safetensors({"classifier.bias": tensor([10], [4000, 4040])}),
        "no valid safetensors file",
    ),
    "tensors that overlap": (
        lambda: safetensors({"a": tensor([2], [0, 8]), "b": tensor([2], [4, 12])}, data=bytes(12)),
        "no valid safetensors file",
    ),
    "a tensor before the beginning of the file": (
        lambda: safetensors({"a": tensor([2], [-8, 0])}, data=bytes(8)),
        "no valid safetensors file",
    ),
    "a tensor of more numbers than there are addresses": (
        lambda: safetensors({"a": tensor([2**62, 2**62, 16], [0, 8])}, data=bytes(8)),
        "no valid safetensors file",
    ),
    "a tensor of a trillion rows of nothing": (
        lambda: safetensors({"classifier.bias": tensor([10**12, 0], [0, 0])}),
        "classifier.bias is 1000000000000x0 and should be 10",
    ),
    "a file that ends before its end": (lambda: GOOD[: len(GOOD) // 2], "no valid safetensors file"),
    "an archive that ends before its end": (lambda: saved(state())[:-5000], "cannot be read"),
    "a web page": (lambda: b"<!doctype html><title>Sign in</title>", "is a web page and not a file of weights"),
    "a pointer of Git LFS": (
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "is a Git LFS pointer and not the file itself",
    ),
    "nothing": (lambda: b"", "is empty"),
}


@cache
def usual(laboratory: Laboratory) -> float:
    """What a run with good weights takes beyond an idle one: arithmetic of torch, and the pages of it that are read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights").write_bytes(GOOD)
        Path(folder, "card.yml").write_text(CARD)
        ran = laboratory.run("verify", "--format", "json", "card.yml", folder=Path(folder))
    assert json.loads(ran.out)[0]["verdict"] == "reproduced"
    assert ran.megabytes < 400
    return ran.megabytes


def verdict(laboratory: Laboratory, scene: Scene, *options: str) -> tuple[str, str]:
    """The verdict of the card's one claim, and its reason."""
    (scene.root / "card.yml").write_text(CARD)
    ran = laboratory.run("verify", "--format", "json", "card.yml", *options, folder=scene.root)
    assert "Traceback" not in ran.err
    assert ran.seconds < SECONDS
    assert ran.megabytes < usual(laboratory) + MEGABYTES
    (claim,) = json.loads(ran.out)
    assert claim["reason"].isprintable()
    return claim["verdict"], claim["reason"]


@pytest.mark.parametrize("name", ATTACKS)
def test_weights_that_are(name: str, laboratory: Laboratory, scene: Scene) -> None:
    make, says = ATTACKS[name]
    (scene.root / "weights").write_bytes(make())
    outcome, reason = verdict(laboratory, scene)
    assert outcome in ("error", "unverifiable")
    assert says in reason


def test_the_same_pickle_runs_for_whoever_trusts_it(laboratory: Laboratory, scene: Scene) -> None:
    (scene.root / "weights").write_bytes(saved({"state_dict": Payload()}))
    verdict(laboratory, scene, "--trust")
    assert scene.canary.exists()
    scene.canary.unlink()


def test_weights_that_change_between_two_reads_are_refused(
    scene: Scene, mir: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_change(path: Path, **options: Any) -> Any:
        checkpoint = read_checkpoint(path, **options)
        path.write_bytes(path.read_bytes())
        return checkpoint

    monkeypatch.setattr("registry.verify.accuracy.trial.read_checkpoint", read_and_change)
    (scene.root / "weights").write_bytes(GOOD)
    (scene.root / "card.yml").write_text(CARD)
    _, out, _ = mir("verify", "--format", "json", scene.root / "card.yml")
    assert json.loads(out)[0]["reason"] == "the weights weights were changed while they were read"


def test_weights_of_a_terabyte_are_refused_unread(laboratory: Laboratory, scene: Scene) -> None:
    (scene.root / "weights").touch()
    os.truncate(scene.root / "weights", 2**40)
    assert "is larger than the 17179869184 bytes that are allowed" in verdict(laboratory, scene)[1]


def test_weights_that_are_none_of_this_are_loaded(laboratory: Laboratory, scene: Scene) -> None:
    (scene.root / "weights").write_bytes(GOOD)
    assert verdict(laboratory, scene)[0] == "reproduced"
