"""The customer's own number."""

import pickle
import subprocess
import sys

import pytest

from registry.verify.conventions import CONVENTIONS
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.trace import Trace, build, trace


@pytest.fixture(scope="module")
def alexnet() -> Trace:
    return trace(build(import_torchvision().models.alexnet), (3, 224, 224))


def test_the_seed_card_is_twice_thop_0_0_31(alexnet: Trace) -> None:
    assert 2 * CONVENTIONS["thop 0.0.31"].count(alexnet).total == 1_429_383_808
    assert CONVENTIONS["torch"].count(alexnet).total == 1_428_376_960


def test_a_pickled_trace_is_small_and_counts_without_torch(alexnet: Trace, tmp_path) -> None:
    file = tmp_path / "alexnet.trace"
    file.write_bytes(pickle.dumps(alexnet))
    assert file.stat().st_size < 20_000
    code = (
        "import pickle, sys; from registry.verify.conventions import CONVENTIONS;"
        f"trace = pickle.load(open({str(file)!r}, 'rb'));"
        "print(CONVENTIONS['thop 0.0.31'].count(trace).total); assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "714691904"
