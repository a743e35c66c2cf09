"""Slips in a call of `registry.verify`, which are refused before anything is read, and scripts that call it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import registry
from registry.types import UsageError
from registry.verify.call_options import check_call, names_in


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "gpu"}, "--device gpu: it must be auto, cpu"),
        ({"engine": "rya"}, "engine: 'rya' is not one of local, process, ray"),
        ({"address": "auto"}, "--address is for --engine ray"),
        ({"precision": "fp8"}, "precision: 'fp8' is not one of fp32, tf32"),
        ({"harnesses": ["lmeval"]}, "harnesses: 'lmeval' is not one of lm-eval, mteb"),
        ({"jobs": 0}, "jobs must be 1 or more, and is 0"),
    ],
)
def test_slips_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        registry.verify("models/digits-cnn.md", **options)


def test_an_option_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'onyl'"):
        registry.verify("models/digits-cnn.md", onyl=["flops"])


def test_functions_refuse_folders_and_addresses_that_are_none(tmp_path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        registry.load("models/alexnet.md", root=tmp_path / "nowhere")
    with pytest.raises(UsageError, match="must begin with https"):
        registry.build_site("models/alexnet.md", tmp_path, base_url="zoo.org")


def test_one_name_needs_no_list() -> None:
    assert [row["name"] for row in registry.search("models/alexnet.md", sort="-top1")] == ["AlexNet"]
    assert (names_in("top1"), names_in(("top1", "flops"))) == (["top1"], ("top1", "flops"))
    check_call({"workers": 0, "device": "cuda:0,cuda:1", "seconds": None}, "ray", "auto")


def test_a_script_is_not_run_again_by_the_processes_that_it_starts(tmp_path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from registry.verify.engines import in_worker\nprint('begun')\nprint(in_worker(len, 'four'))\n")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("begun\n4\n", "")
