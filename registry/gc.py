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


@contextmanager
def passed_over() -> Iterator[None]:
    """What there is now is not searched for cycles in this block; what is made in it is.

    For another's code that makes many cycles while ten thousand models are held: each search would go through them.
    What a command passes over until its end, it passes over after the block too.
    """
    before = gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if not before:
            gc.unfreeze()
