"""A file's bytes to trees in which every key and value knows its place, with limits that no file gets past."""

from registry.read.document import read, read_text

__all__ = ["read", "read_text"]
