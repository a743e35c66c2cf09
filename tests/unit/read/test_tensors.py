"""Headers of safetensors, beside what the library of the format writes and reads."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from registry.read.tensor_header import FIRST, HeaderError, count_tensors, read_local

torch = pytest.importorskip("torch", reason="the tests of what needs no extra run without torch")
save_file = pytest.importorskip("safetensors.torch").save_file


def test_what_the_library_writes_is_counted_by_type(tmp_path):
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.Linear(5, 7))
    state = model.state_dict() | {"half": torch.zeros(4, 4, dtype=torch.float16)}
    save_file(state, tmp_path / "model.safetensors", metadata={"format": "pt"})
    tensors = count_tensors(str(tmp_path / "model.safetensors"), read_local)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert (tensors.parameters, dict(tensors.by_type)) == (parameters + 16, {"F32": parameters, "F16": 16})
    assert tensors.buffers == sum(buffer.numel() for buffer in model.buffers())
    assert (tensors.tensors, tensors.files, tensors.packed) == (len(state), 1, False)


def test_a_mask_is_no_parameter_and_a_bias_is_one(tmp_path):
    state = {
        "h.0.attn.bias": torch.ones(1, 1, 8, 8),
        "h.1.attn.bias": torch.ones(8),
        "h.0.attn.masked_bias": torch.ones(()),
    }
    save_file(state, tmp_path / "model.safetensors")
    tensors = count_tensors(str(tmp_path / "model.safetensors"), read_local)
    assert (tensors.parameters, tensors.buffers) == (8, 65)


def test_an_index_and_its_files(tmp_path):
    names = {f"layers.{number}.weight": f"model-{number}.safetensors" for number in range(3)}
    for tensor, file in names.items():
        save_file({tensor: torch.zeros(10, 3)}, tmp_path / file)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 360}, "weight_map": names}))
    tensors = count_tensors(str(index), read_local)
    assert (tensors.parameters, tensors.files) == (90, 3)


def test_only_the_header_is_read_in_as_few_parts_as_it_takes(tmp_path):
    file = tmp_path / "model.safetensors"
    save_file({"w": torch.zeros(100_000)}, file)
    ranges: list[tuple[int, int]] = []

    def read(name: str, start: int, end: int) -> bytes:
        ranges.append((start, end))
        return read_local(name, start, end)

    assert count_tensors(str(file), read).parameters == 100_000
    assert ranges == [(0, FIRST)]
    save_file({f"a.long.name.of.a.tensor.{number}": torch.zeros(2) for number in range(1000)}, file)
    ranges.clear()
    assert count_tensors(str(file), read).parameters == 2000
    assert [start for start, _ in ranges] == [0, FIRST]
    assert ranges[1][1] < file.stat().st_size


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes"),
        (struct.pack("<Q", 1 << 62) + b"{}", "header would have"),
        (struct.pack("<Q", 5) + b"{nope", "no JSON"),
        (struct.pack("<Q", 2) + b"[]", "no mapping"),
        (struct.pack("<Q", 12) + b'{"a": {"b":1', "no JSON"),
        (struct.pack("<Q", 16) + b'{"a":{"shape":5}', "no JSON"),
        (struct.pack("<Q", 17) + b'{"a":{"shape":5}}', "what the tensor 'a' is"),
        (struct.pack("<Q", 37) + b'{"a":{"dtype":"F32","shape":[-1,2]}}\n', "what the tensor 'a' is"),
    ],
)
def test_what_is_no_header(tmp_path, data, message):
    file = tmp_path / "model.safetensors"
    file.write_bytes(data)
    with pytest.raises(HeaderError, match=message):
        count_tensors(str(file), read_local)


@pytest.mark.parametrize("name", ["../up.safetensors", "/etc/passwd", "other.bin", "a/b.safetensors"])
def test_an_index_leads_to_nothing_but_the_files_beside_it(tmp_path, name):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"w": name}}))
    with pytest.raises(HeaderError, match="no file beside it"):
        count_tensors(str(index), read_local)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(HeaderError, match="cannot be read"):
        count_tensors(str(Path(tmp_path) / "model.safetensors"), read_local)


LIES = {
    "a tensor of more bytes than it has": {"a": ("F32", [1000], [0, 8])},
    "a tensor of more numbers than there are": {"a": ("F32", [2**62, 2**62], [0, 8])},
    "a tensor before the beginning": {"a": ("F32", [2], [-8, 0])},
    "a tensor nowhere": {"a": ("F32", [2], [2**63, 2**63 + 8])},
    "two tensors in one place": {"a": ("F32", [2], [0, 8]), "b": ("F32", [2], [0, 8])},
    "bytes of nobody": {"a": ("F32", [2], [0, 8]), "b": ("F32", [2], [16, 24])},
    "a tensor behind the end": {"a": ("F32", [200], [0, 800])},
    "a hundred thousand dimensions": {"a": ("F32", [2] * 100_000, [0, 8])},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_promises_what_the_file_has_not_is_refused(lie, tmp_path):
    described = {
        name: {"dtype": kind, "shape": shape, "data_offsets": at} for name, (kind, shape, at) in LIES[lie].items()
    }
    text = json.dumps(described).encode()
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(64))
    with pytest.raises(HeaderError):
        count_tensors(str(tmp_path / "x.safetensors"), read_local)


def test_a_header_that_names_a_tensor_twice_is_refused(tmp_path):
    text = (
        b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
    )
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(16))
    with pytest.raises(HeaderError):
        count_tensors(str(tmp_path / "x.safetensors"), read_local)
