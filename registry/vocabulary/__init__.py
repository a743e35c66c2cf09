"""The field's words: metrics, data sets and tasks by the names that cards use, kept in TOML files beside this one."""

from registry.vocabulary.fields import names
from registry.vocabulary.metrics import fold, qualifier, read_quantity, slug, unit_in_name
from registry.vocabulary.vocabulary import Term, Vocabulary, slip_of

__all__ = [
    "Term",
    "Vocabulary",
    "fold",
    "names",
    "qualifier",
    "read_quantity",
    "slip_of",
    "slug",
    "unit_in_name",
]
