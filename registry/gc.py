"""Python's search for cycles, left out where it takes time and can find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for cycles in this block, or in the function that this decorates.

    Modules stay anyway, and trees of cards and traces hold no cycles; to look for some among ten thousand models, or
    through all of torch as a trace grows, takes as long as all the rest.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
