"""How the tools count: every convention is a pure function of a trace's plain data. Nothing here imports torch.

A `Convention` has a name, the exact version whose rules it follows, a source, and formulas (its module's docstring,
which its page is made from). `convention.count(trace)` gives what the tool itself prints. Switches are keyword
arguments of `count`, listed in `convention.switches` with the tool's own setting first; they stand for other versions
of a library or other ways to run the tool. `variants()` lists every convention with every combination of its switches:

    for variant in variants():
        print(variant.label, variant(trace).total)      # thop 0.0.31 714691904

A label names the way to count in a verdict, behind a factor: "2 x thop 0.0.31, 224x224". Factors and inputs are the
judge's to search; what runs differently (batch, training or deploy mode) is another trace.

To add a convention, write a module with the formulas as its docstring and a `CONVENTION`, and add its line below. What
several tools share stands in `formulas`, `hooks` (of modules), `patched` (functions that a tool replaces), `traced`
(operators of torch.jit) and `recurrent`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from registry.verify.conventions import (
    calflops,
    deepspeed,
    fvcore,
    macs,
    mmcv,
    mmengine,
    ptflops_aten,
    ptflops_pytorch,
    thop_0_0_31,
    thop_0_1_1,
    torch_counter,
    torchinfo,
    torchprofile,
    ultralytics_thop,
)
from registry.verify.conventions.convention import CannotCountError, Convention, Count, Setting, Variant
from registry.verify.trace.data import Trace

CONVENTIONS: Mapping[str, Convention] = {
    convention.name: convention
    for convention in (
        macs.CONVENTION,
        torch_counter.CONVENTION,
        thop_0_0_31.CONVENTION,
        thop_0_1_1.CONVENTION,
        ultralytics_thop.CONVENTION,
        fvcore.CONVENTION,
        mmengine.CONVENTION,
        mmcv.CONVENTION,
        ptflops_pytorch.CONVENTION,
        ptflops_aten.CONVENTION,
        deepspeed.MACS,
        deepspeed.FLOPS,
        calflops.MACS,
        calflops.FLOPS,
        torchprofile.CONVENTION,
        torchinfo.CONVENTION,
    )
}


def variants() -> Iterator[Variant]:
    """Every convention with every combination of its switches, in the order of `CONVENTIONS`."""
    for convention in CONVENTIONS.values():
        yield from convention.variants()


def counts(trace: Trace) -> Iterator[tuple[Variant, Count]]:
    """What every variant counts in a trace; those whose tool would fail on it are left out."""
    for variant in variants():
        with suppress(CannotCountError):
            yield variant, variant(trace)


__all__ = ["CONVENTIONS", "Convention", "Count", "Setting", "Variant", "counts", "variants"]
