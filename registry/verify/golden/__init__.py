"""What the code that measures comes to on fixed examples: evidence is stale when that changes, and only then.

A record of a count depends on what its conventions count in golden traces, on these traces, and on what a trace
holds; one of parameters on how golden parameters are added up. So a refactoring leaves all evidence fresh, and a
changed formula makes the records of its convention stale, and no others. Nothing here needs torch.
"""

from registry.verify.golden.golden_counts import counting_digest

__all__ = ["counting_digest"]
