"""From a card to code: which library builds the model that a card describes, and under which name.

A card names a builder, such as `timm:resnet50`; it never brings code to run. A library is one file here, or an entry
point of the group `mir.builders` in an installed package.
"""

from registry.verify.builders.package import Builder
from registry.verify.builders.resolution import BUILT_IN, TRUSTED, libraries, library, resolve, target

__all__ = ["BUILT_IN", "TRUSTED", "Builder", "libraries", "library", "resolve", "target"]
