"""Other harnesses, run for the claims that are their own: `mir verify --with lm-eval`.

A harness runs in a process of its own, and mir reads what it writes as it reads anybody's log.
"""

from registry.verify.harnesses.harness_measurer import Harnesses

__all__ = ["Harnesses"]
