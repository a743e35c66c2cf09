"""Parts of torchvision whose models need more than one picture, or are shaped by their weights."""

import pytest
import torch

from registry.verify.builders import target
from registry.verify.conventions import CONVENTIONS
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.trace import build, trace


def _meta(name: str) -> dict[str, float]:
    builder, _, tag = name.partition(".")
    meta: dict[str, float] = import_torchvision().models.get_model_weights(builder)[tag].meta
    return meta


@pytest.mark.parametrize(
    "name",
    [
        "fasterrcnn_resnet50_fpn.COCO_V1",
        "fasterrcnn_resnet50_fpn_v2.COCO_V1",
        "keypointrcnn_resnet50_fpn.COCO_V1",
        "ssdlite320_mobilenet_v3_large.COCO_V1",
    ],
)
def test_a_detector_has_the_parameters_that_its_weights_have_and_says_why_its_flops_are_not_counted(name: str) -> None:
    found = target(f"torchvision:{name}", how="by name")
    model = build(found.build)
    assert sum(parameter.numel() for parameter in model.parameters()) == _meta(name)["num_params"]
    assert "depends on the picture" in found.uncountable


@pytest.mark.parametrize("name", ["r3d_18.KINETICS400_V1", "raft_small.C_T_V2"])
def test_clips_and_pairs_are_counted_as_torchvision_does(name: str) -> None:
    found = target(f"torchvision:{name}", how="by name")
    assert found.input_size is not None
    inputs = [torch.empty(1, *found.input_size, device="meta") for _ in range(found.inputs)]
    total = CONVENTIONS["MACs"].count(trace(build(found.build), inputs=inputs)).total
    assert round(total / 1e9, 3) == _meta(name)["_ops"]


def test_building_leaves_torchvision_as_it_was() -> None:
    weights = import_torchvision().models.WeightsEnum.get_state_dict
    load = torch.nn.Module.load_state_dict
    build(target("torchvision:fcos_resnet50_fpn.COCO_V1", how="by name").build)
    assert import_torchvision().models.WeightsEnum.get_state_dict is weights
    assert torch.nn.Module.load_state_dict is load
