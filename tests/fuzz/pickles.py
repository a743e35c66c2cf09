"""Files of weights that are pickles: read or refused in a sentence, in memory that is bounded by the file's size."""

from __future__ import annotations

import io
import pickle
import tempfile
import tracemalloc
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st

from registry.verify.weights import Policy, read_checkpoint
from registry.verify.weights.digest import RefusedError
from registry.verify.weights.pickle_scan import limit_for

NAMES = [
    *("__builtin__\nbytearray", "__builtin__\nset", "__builtin__\neval", "builtins\nbytearray", "_codecs\nencode"),
    *("collections\nOrderedDict", "collections\nCounter", "torch\nSize", "torch\nFloatStorage", "torch\nTensor"),
    *("torch._utils\n_rebuild_tensor_v2", "torch._utils\n_rebuild_qtensor", "torch._utils\n_rebuild_sparse_tensor"),
    *("torch.nn.parameter\nParameter", "argparse\nNamespace", "os\nsystem", "torch\nfloat32", "torch\ndevice"),
]
STORAGE = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuM\x39\x30tQ"
PIECES = [
    *(f"c{name}\n" for name in NAMES),
    *("]", "}", "\x8f", ")", "(", "N", "\x88", "K\x07", "M\x39\x30", "J\xff\xff\xff\x7f", "\x8a\x05\0\0\0\0\x01"),
    *("X\x03\0\0\0abc", "X\x06\0\0\0latin1", "\x85", "\x86", "\x87", "t", "R", "\x81", "b", "a", "e", "s", "u", "Q"),
    *("q\0", "h\0", "q\1", "h\1", STORAGE.decode("latin-1"), "0", "2", ".", "\x95\xff\xff\xff\xff\0\0\0\0"),
]
PROGRAMS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)

CASES = st.tuples(
    st.booleans(),
    st.one_of(
        PROGRAMS.map(lambda program: f"\x80\x02{program}."),
        st.tuples(st.integers(0, 400), PROGRAMS | st.binary(max_size=9).map(lambda data: data.decode("latin-1"))).map(
            list
        ),
    ),
).map(list)
"""Whether the file is of torch's old format; and a program, or where a good one is changed and into what."""


def a_pickle_is_read_or_refused_and_asks_for_little(case: list[Any]) -> None:
    old, change = case
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "weights.pth")
        file.write_bytes(_old(change) if old else _archive(change))
        message = ""
        tracemalloc.start()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read_checkpoint(file, policy=Policy())
        except RefusedError as error:
            message = error.message
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert message.isprintable()
        assert len(message) < 500
        assert peak < limit_for(file.stat().st_size)


def _archive(change: Any) -> bytes:
    target, good = io.BytesIO(), io.BytesIO()
    torch.save({"weight": torch.zeros(12345)}, good)
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(target, "w") as new:
        for entry in archive.infolist():
            data = archive.read(entry)
            new.writestr(entry.filename, _changed(data, change) if entry.filename.endswith(".pkl") else data)
    return target.getvalue()


def _old(change: Any) -> bytes:
    file = io.BytesIO()
    torch.save({"weight": torch.zeros(12345)}, file, _use_new_zipfile_serialization=False)
    if isinstance(change, list):
        return _changed(file.getvalue(), change)
    start = file.getvalue()[: file.getvalue().index(b"\x80\x02}q\x00X\x06\0\0\0weight")]
    return start + change.encode("latin-1") + pickle.dumps(["0"], 2) + bytes(8 + 4 * 12345)


def _changed(data: bytes, change: Any) -> bytes:
    if isinstance(change, str):
        return change.encode("latin-1")
    at, into = change
    return data[:at] + into.encode("latin-1") + data[at + len(into) :]
