"""Parameters from the header of the weights, where nobody can build the model."""

from __future__ import annotations

import json
import math
import struct

import pytest

from registry.claims import read_claims
from registry.loader import load
from registry.types import WeightsError
from registry.verify.counts.count_models import verify_counts


def header(**tensors: tuple[str, list[int]]) -> bytes:
    described, end = {}, 0
    for name, (kind, shape) in tensors.items():
        begin, end = end, end + math.prod(shape) * int(kind[1:]) // 8
        described[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(described).encode()
    return struct.pack("<Q", len(text)) + text + bytes(end)


NET = header(a=("F32", [1000, 1234]), b=("F16", [77]))


def outcome(tmp_path, reported, weights="net.safetensors", read_remote=None):
    card = f"Models:\n- Name: nobody-knows-it\n  Weights: {weights}\n  Metadata: {{Parameters: {reported}}}\n"
    (tmp_path / "model-index.yml").write_text(card)
    (entry,) = read_claims(load([tmp_path / "model-index.yml"]))
    (result,) = verify_counts([(entry.model, entry.claims)], read_remote=read_remote)
    return result


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [("1234077", "reproduced"), ("1.234M", "reproduced"), ("1.3M", "refuted"), ("1M", "unverifiable")],
)
def test_a_file_beside_the_card(tmp_path, reported, verdict):
    (tmp_path / "net.safetensors").write_bytes(NET)
    result = outcome(tmp_path, reported)
    assert result.verdict == verdict
    assert "1234077" in result.reason
    assert result.measurement.details["by_type"] == {"F32": 1234000, "F16": 77}


def test_quantized_weights_are_not_counted(tmp_path):
    (tmp_path / "net.safetensors").write_bytes(header(a=("I32", [1000, 12]), s=("F16", [100])))
    result = outcome(tmp_path, "12100")
    assert (result.verdict, "hold several weights" in result.reason) == ("unverifiable", True)


def test_hosts_are_asked_only_where_that_is_allowed(tmp_path):
    url = "https://huggingface.co/lab/net/resolve/main/model.safetensors"
    requests = []

    def read(file, start, end):
        requests.append((file, start, end))
        return NET[start:end]

    assert outcome(tmp_path, "1234077", url).verdict == "unverifiable"
    assert outcome(tmp_path, "1234077", url, read).verdict == "reproduced"
    assert [file for file, *_ in requests] == [url]

    def refuse(file, start, end):
        raise WeightsError("the policy says no")

    result = outcome(tmp_path, "1234077", url, refuse)
    assert (result.verdict, result.reason.endswith("the policy says no")) == ("unverifiable", True)


@pytest.mark.parametrize("weights", ["net.bin", "gone.safetensors", "../up.safetensors"])
def test_other_weights_say_nothing(tmp_path, weights):
    (tmp_path.parent / "up.safetensors").write_bytes(NET)
    result = outcome(tmp_path, "1234077", weights)
    assert (result.verdict, result.measurement) == ("unverifiable", None)
