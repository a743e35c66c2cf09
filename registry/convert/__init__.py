"""From the cards that were read to files of another format, with a list of what that format cannot hold."""

from registry.convert.run import TARGETS, Converted, convert
from registry.convert.text import Output

__all__ = ["TARGETS", "Converted", "Output", "convert"]
