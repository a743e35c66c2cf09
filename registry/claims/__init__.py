"""The one reading of numbers: what a card claims, of what, in which unit, on which data.

Rules, verify, search, query, publish, convert, badge and the library's functions take claims from here, and all of them
read the project's own metrics (`vocabulary` of `[tool.mir]`).
"""

from registry.claims.number import PrintedNumber, Unreadable, printed
from registry.claims.reading import ModelClaims, claims, claims_from, claims_of, read_claims

__all__ = [
    "ModelClaims",
    "PrintedNumber",
    "Unreadable",
    "claims",
    "claims_from",
    "claims_of",
    "printed",
    "read_claims",
]
