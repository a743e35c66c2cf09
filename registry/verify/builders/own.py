"""The models whose code lives in this package, as `registry:<name>`."""

from __future__ import annotations

from registry import __version__
from registry.verify.builders import digits_cnn, digits_detector, lenet, vowels
from registry.verify.builders.package import Builder, Package

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
