from registry.verify.torchvision_ops import import_torchvision


def test_torchvision_imports_and_builds_beside_this_torch() -> None:
    torchvision = import_torchvision()
    assert import_torchvision() is torchvision
    model = torchvision.models.squeezenet1_1(weights=None)
    assert sum(p.numel() for p in model.parameters()) == 1_235_496  # torchvision's own meta["num_params"]
