"""The models whose code lives in this package, as `registry:<name>`."""

from __future__ import annotations

from registry import __version__
from registry.verify.builders import digits
from registry.verify.builders.package import Builder, Package

BUILDERS = {
    "digits-cnn": Builder(
        build=digits.DigitsCNN,
        input_size=digits.INPUT_SIZE,
        preprocessing=digits.PREPROCESSING,
        categories=digits.CATEGORIES,
    ),
}

LIBRARY = Package(name="registry", version=__version__, builders=BUILDERS)
