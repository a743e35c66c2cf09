"""Which documented key an unknown one is a slip of."""

from __future__ import annotations

import functools

from registry.checks.spelling import KeySpelling
from registry.vocabulary import fold
from registry.vocabulary.slips import allowed, distance


def nearest(key: str, plan: KeySpelling) -> str | None:
    """The documented key that an unknown one is a slip of, `None` where there is none."""
    return _nearest(fold(key), tuple(plan.names.items()))


@functools.lru_cache(maxsize=4096)
def _nearest(folded: str, names: tuple[tuple[str, str], ...]) -> str | None:
    most = allowed(len(folded))
    best = [(distance(folded, name, most), documented) for name, documented in names]
    steps, documented = min(best, default=(most + 1, ""))
    return documented if steps <= most else None
