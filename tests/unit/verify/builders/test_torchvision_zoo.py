"""Parts of torchvision whose models need more than one picture, or are shaped by their weights."""

import pytest
import torch

from registry.verify.arguments import sample
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
def test_a_detector_has_the_parameters_that_its_weights_have(name: str) -> None:
    network = target(f"torchvision:{name}", how="by name")
    model = build(network.build)
    assert sum(parameter.numel() for parameter in model.parameters()) == _meta(name)["num_params"]


DETECTORS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn.COCO_V1": "0 boxes",
    "fasterrcnn_mobilenet_v3_large_fpn.COCO_V1": "0 boxes",
    "fasterrcnn_resnet50_fpn.COCO_V1": "1000 boxes",
    "fasterrcnn_resnet50_fpn_v2.COCO_V1": "1000 boxes",
    "fcos_resnet50_fpn.COCO_V1": "",
    "keypointrcnn_resnet50_fpn.COCO_LEGACY": "1000 boxes, 0 detections",
    "keypointrcnn_resnet50_fpn.COCO_V1": "1000 boxes, 1 detection",
    "maskrcnn_resnet50_fpn.COCO_V1": "1000 boxes, 0 detections",
    "maskrcnn_resnet50_fpn_v2.COCO_V1": "1000 boxes, 100 detections",
    "retinanet_resnet50_fpn.COCO_V1": "",
    "retinanet_resnet50_fpn_v2.COCO_V1": "",
    "ssd300_vgg16.COCO_V1": "",
    "ssdlite320_mobilenet_v3_large.COCO_V1": "",
}


@pytest.mark.parametrize("name", DETECTORS)
def test_the_flops_that_torchvision_publishes_of_a_detector_come_out(name: str) -> None:
    network = target(f"torchvision:{name}", how="by name")
    assert network.input_size is not None
    variant = next(candidate for candidate in network.variants if candidate.name == DETECTORS[name])
    model = variant.change(build(network.build))
    traced = trace(model, arguments=sample(network.input_size, listed=True))
    assert not traced.run
    assert round(CONVENTIONS["MACs"].count(traced).total / 1e9, 3) == _meta(name)["_ops"]


@pytest.mark.parametrize("name", ["r3d_18.KINETICS400_V1", "raft_small.C_T_V2"])
def test_clips_and_pairs_are_counted_as_torchvision_does(name: str) -> None:
    network = target(f"torchvision:{name}", how="by name")
    assert network.input_size is not None
    arguments = sample(network.input_size, network.inputs)
    total = CONVENTIONS["MACs"].count(trace(build(network.build), arguments=arguments)).total
    assert round(total / 1e9, 3) == _meta(name)["_ops"]


def test_building_leaves_torchvision_as_it_was() -> None:
    weights = import_torchvision().models.WeightsEnum.get_state_dict
    load = torch.nn.Module.load_state_dict
    build(target("torchvision:fcos_resnet50_fpn.COCO_V1", how="by name").build)
    assert import_torchvision().models.WeightsEnum.get_state_dict is weights
    assert torch.nn.Module.load_state_dict is load
