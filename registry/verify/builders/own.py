"""The models whose code lives in this package, as `registry:<name>`."""

from __future__ import annotations

import torch.nn as nn

from registry import __version__
from registry.types import BuildError, UsageError
from registry.verify.builders import digits_cnn, digits_detector, lenet, vowels
from registry.verify.builders.package import Builder, Package
from registry.verify.builders.resolution import target


def module_of(model: object) -> nn.Module:
    """A module as it is, one of a class, or a library's model by its name.

    Raises:
        BuildError: It cannot be built.
        UsageError: It is none of these, or no library has such a model.
    """
    if isinstance(model, nn.Module):
        return model
    if isinstance(model, type) and issubclass(model, nn.Module):
        try:
            return model()
        except TypeError as error:
            raise BuildError(f"{model.__name__} cannot be made without arguments: {error}; give a module") from error
    if isinstance(model, str) and ":" in model:
        return target(model).build()
    raise UsageError(
        f"{repr(model)[:100]} is no torch.nn.Module; give one, or a library's model by name: 'torchvision:resnet50'"
    )


BUILDERS = {
    "digits-cnn": Builder(
        build=digits_cnn.DigitsCNN,
        input_size=digits_cnn.INPUT_SIZE,
        preprocessing=digits_cnn.PREPROCESSING,
        categories=digits_cnn.CATEGORIES,
    ),
    "digits-detector": Builder(
        build=digits_detector.DigitsDetector,
        input_size=digits_detector.INPUT_SIZE,
        categories=digits_detector.CATEGORIES,
        listed=True,
    ),
    "lenet-5": Builder(
        build=lenet.LeNet5,
        input_size=lenet.INPUT_SIZE,
        preprocessing=lenet.PREPROCESSING,
        categories=lenet.CATEGORIES,
    ),
    "vowel-cnn": Builder(
        build=vowels.VowelCNN,
        input_size=vowels.INPUT_SIZE,
        categories=vowels.CATEGORIES,
    ),
}

LIBRARY = Package(name="registry", version=__version__, builders=BUILDERS)
