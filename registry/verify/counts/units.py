"""What a card says that its number counts: the unit printed behind it, else the one in its name."""

from __future__ import annotations

import re
from typing import Literal

from registry.types import Claim

FlopsUnit = Literal["MACs", "FLOPs", ""]

_MACS = re.compile(r"macs?\b|mult(?:iply|iplication)?s?[\s_-]*(?:and[\s_-]*)?(?:adds?|accum)|madds?\b", re.IGNORECASE)
_FLOPS = re.compile(r"flops?\b", re.IGNORECASE)


def flops_unit(claim: Claim) -> FlopsUnit:
    """The unit that binds a claim about FLOPs; empty where the card names none.

    `FLOPs: 4.09 GMACs` and `FLOPs (GMACs): 4.09` are MACs, `MACs: 8.2 GFLOPs` are FLOPs.
    """
    name, _, bracket = claim.label.partition("(")
    for text in (claim.reported.text, bracket, name):
        if _MACS.search(text):
            return "MACs"
        if _FLOPS.search(text):
            return "FLOPs"
    return ""
