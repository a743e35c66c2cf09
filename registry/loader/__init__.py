"""From paths to an index: imports, wildcards, field files and collections, never outside of the root."""

from registry.loader.inherit import own
from registry.loader.left_out import LeftOut
from registry.loader.load import load

__all__ = ["LeftOut", "load", "own"]
