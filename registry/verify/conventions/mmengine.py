"""mmengine 0.10.7, `get_model_complexity_info`: what OpenMMLab's metafiles have been counted with since 2022.

| operator | counted |
|---|---|
| matmul with a vector | MACs; a vector in front is one row, behind one column |
| all others | as fvcore counts them, see its page |

mmpretrain's `get_flops` runs the feature extractor only, so the classifier is not counted.

Switches:

- `head`: False leaves the classifier out, as mmpretrain's script does.
- `norms`: `training` counts BatchNorm as in training mode, 5 n.
- `attention`: True counts fused attention as MACs, as the same model gave before torch had it (torch 1.x).
"""

from __future__ import annotations

from registry.verify.conventions import fvcore
from registry.verify.conventions.convention import Convention, Count
from registry.verify.trace.data import Trace


def count(trace: Trace, *, head: bool = True, norms: str = "evaluation", attention: bool = False) -> Count:
    """Flops as mmengine reports them."""
    whole = fvcore.analyse(trace, attention=attention, norms=norms, text_padding=False, vectors=True)
    return whole.close() if head else whole.close(without=trace.heads)


CONVENTION = Convention(
    name="mmengine 0.10.7",
    version="0.10.7",
    unit="MACs",
    source="https://github.com/open-mmlab/mmengine/blob/v0.10.7/mmengine/analysis/complexity_analysis.py",
    count=count,
    switches={"head": (True, False), "norms": ("evaluation", "training"), "attention": (False, True)},
    labels={
        ("head", False): "without head",
        ("norms", "training"): "BatchNorm as in training",
        ("attention", True): "attention counted",
    },
)
