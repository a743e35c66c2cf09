"""Whether the machine that a card names is this one."""

from __future__ import annotations

import re

_MAKERS = {"nvidia", "tesla", "geforce", "intel", "amd", "gpu", "cpu"}
"""Words of a device's name that some leave out."""


def same_hardware(named: str, here: str) -> bool:
    """Whether a card's short name for a device is one of the device that is here.

    A processor is another one with another number of cores, so that a card must name that too.

    >>> same_hardware("V100", "Tesla V100-SXM2-32GB (7.0)"), same_hardware("A100", "Tesla V100-SXM2-32GB (7.0)")
    (True, False)
    >>> same_hardware("Xeon", "Intel(R) Xeon(R) Processor, 2 cores")
    False
    """
    wanted, there = (set(re.findall(r"[a-z0-9]+", name.casefold())) for name in (named, here))
    return bool(wanted - _MAKERS) and wanted - _MAKERS <= there and ("cores" not in there or "cores" in wanted)
