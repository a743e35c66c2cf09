"""What a card may cost to read. Generous for real cards, small for hostile ones."""

from typing import Final

MAX_BYTES: Final = 16 * 2**20
"""Bytes of one file. Ten thousand models in one YAML file take about 8 MB."""

MAX_DEPTH: Final = 100
"""Mappings and sequences inside each other. Real cards have fewer than ten."""

NESTED_TOO_DEEP: Final = f"mappings and lists are nested more than {MAX_DEPTH} deep; nothing of it is read"
"""What is said of more, whoever notices first: the reader or libyaml."""

MAX_KEY: Final = 200
"""Characters of one key."""

MAX_PATH: Final = 1000
"""Characters of the keys that lead to a value: every finding and field carries them."""

MAX_VALUES: Final = 500_000
"""Values of one document, collections included. Ten thousand models have some 300 000."""

MAX_EXPANSION: Final = 100_000
"""Nodes that the aliases and merge keys of one document may stand for, together."""

MAX_INHERITED: Final = 4_000_000
"""Values that all models of an index may take over from their collections: so many that each has a hundred of them in a
zoo of forty thousand models."""

MAX_FINDINGS: Final = 100
"""Findings of one kind in one block; after so many the rest says nothing new."""

MAX_FILES: Final = 20_000
"""Files that one index may bring in."""
