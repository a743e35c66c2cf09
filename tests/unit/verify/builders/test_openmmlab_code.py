"""Configurations that hold code, and what is run of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.types import BuildError, Model
from registry.verify.builders import resolve
from registry.verify.builders.openmmlab.zoo_config import read_config
from registry.verify.counts.count_models import verify_counts
from registry.verify.engines import Local
from registry.verify.trace import build
from tests.unit.verify.builders.openmmlab_zoo import claim, needs_zoo, write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import os\nmodel = dict(type=os.getcwd())", "does more than hold values, in line 2: os.getcwd()"),
        ("model = __import__('os').getcwd()", "does more than hold values"),
        ("model = open('/etc/passwd').read()", "does more than hold values"),
        ("model = (1).__class__", "does more than hold values"),
        ("model = dict.__subclasses__()", "does more than hold values"),
        ("def f():\n    pass\n", "does more than hold values"),
        ("model = [0] * 10 ** 9", "does more than hold values"),
        ("model = 9 ** 9 ** 9", "does more than hold values"),
        ("from os import environ\nmodel = environ", "uses 'environ' in line 2"),
        ("model = unknown", "uses 'unknown' in line 1"),
        ("model = dict(", "is no Python"),
        ("model = 1 / 0", "cannot be read: ZeroDivisionError"),
        ("_base_ = '../../../../etc/hosts'", "lies outside of"),
        ("_base_ = './own.py'", "builds on more than"),
        ("_base_ = 'nowhere::base.py'", "nowhere is not installed with its configs"),
    ],
)
def test_what_is_more_than_a_config_is_refused_with_the_line(tmp_path: Path, text: str, message: str) -> None:
    folder = write(tmp_path, own=text)
    with pytest.raises(BuildError) as caught:
        read_config(folder / "own.py", folder)
    assert message in caught.value.message


@needs_zoo
def test_a_config_beside_the_card_is_a_strangers(card: Callable[..., Model], tmp_path: Path) -> None:
    """mmengine would import and call whatever dotted name a type is; here it must stand in a registry."""
    import dataclasses

    code = {"URL": "https://github.com/open-mmlab/mmpretrain"}
    for name, text in {
        "dotted": "model = dict(type='os.system', command='touch hacked')",
        "unknown": "model = dict(type='ImageClassifier', backbone=dict(type='antigravity'))",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
        model = dataclasses.replace(card("x", Config=f"{name}.py", Code=code), base=str(tmp_path))
        with pytest.raises(BuildError, match=r"is no name in a registry|has no 'antigravity'"):
            build(resolve(model).build)


CODE = """
import math
from PIL import Image
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet', depth=int(math.sqrt(324)), num_stages=4, out_indices=(3,), style='pytorch'),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=512),
)
open({ran!r}, 'w').close()
"""


NET = """
from mmpretrain.registry import MODELS
from torch import nn

@MODELS.register_module()
class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(3, 4)
    def forward(self, x):
        return self.one(x.mean((2, 3)))
"""


@needs_zoo
def test_a_config_that_holds_code_is_run_only_when_trusted(card: Callable[..., Model], tmp_path: Path) -> None:
    import dataclasses

    ran = tmp_path / "ran"
    (tmp_path / "own.py").write_text(CODE.format(ran=str(ran)))
    code = {"URL": "https://github.com/open-mmlab/mmpretrain"}
    model = dataclasses.replace(card("x", Config="own.py", Code=code), base=str(tmp_path))
    claims = [claim(model, "parameters", "11181642")]

    (outcome,) = verify_counts([(model, claims)], engine=Local())
    assert outcome.verdict == "unverifiable"
    assert "in line 6: math.sqrt(324); --trust runs it" in outcome.reason
    assert not ran.exists()

    (outcome,) = verify_counts([(model, claims)], engine=Local(), trust=True)
    assert (outcome.verdict, ran.exists()) == ("reproduced", True), outcome.reason


@needs_zoo
def test_a_configs_own_modules_are_imported_only_when_trusted(card: Callable[..., Model], tmp_path: Path) -> None:
    import dataclasses

    (tmp_path / "tiny_net_of_the_card.py").write_text(NET)
    (tmp_path / "own.py").write_text(
        "custom_imports = dict(imports=['tiny_net_of_the_card'])\nmodel = dict(type='Tiny')\n"
    )
    code = {"URL": "https://github.com/open-mmlab/mmpretrain"}
    model = dataclasses.replace(card("x", Config="own.py", Code=code), base=str(tmp_path))
    target = resolve(model)
    with pytest.raises(BuildError, match=r"has no 'Tiny'; its config imports tiny_net_of_the_card, which --trust does"):
        build(target.build)
    assert target.code is not None
    trusted = target.code()
    assert sum(parameter.numel() for parameter in trusted.build().parameters()) == 16


def test_classes_of_a_config_are_called_by_their_registered_names() -> None:
    from registry.verify.builders.openmmlab.shim import _registered_names

    settings = {
        "type": "mmpretrain.models.backbones.resnet.ResNet",
        "act": [{"type": "torch.nn.modules.activation.ReLU"}],
    }
    assert _registered_names(settings) == {"type": "mmpretrain.ResNet", "act": [{"type": "ReLU"}]}
