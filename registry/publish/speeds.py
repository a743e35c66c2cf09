"""What models cost on the machines that cards name: the best of each, whatever the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.evidence.beside import Shown
from registry.publish.catalog import CatalogEntry
from registry.publish.profile import Profile

_NAMES = {"throughput": "Pictures/s", "inference-time": "Inference time", "peak-memory": "Memory"}


@dataclass(frozen=True, slots=True)
class Machine:
    """What was timed, and on what: `throughput`, `NVIDIA RTX 4090`, `AMP`; empty where a card does not say."""

    subject: str
    hardware: str = ""
    mode: str = ""

    @property
    def label(self) -> str:
        """In one line, such as `Pictures/s, NVIDIA RTX 4090, AMP`."""
        return ", ".join(filter(None, (_NAMES.get(self.subject, self.subject), self.hardware, self.mode)))


def on_machines(
    entries: Iterable[CatalogEntry], profiles: Mapping[str, Profile]
) -> list[tuple[Machine, dict[str, Shown]]]:
    """For each machine and precision what it costs, by a model's slug, the machine with the most models first.

    Models stand at their own input, and at the batch at which they are best: both belong to what a picture costs.
    """
    timed: dict[Machine, dict[str, Shown]] = defaultdict(dict)
    for entry in entries:
        for shown in profiles[entry.slug].speeds:
            said = dict(shown.claim.conditions)
            found = timed[Machine(shown.claim.subject, said.get("hardware", ""), said.get("mode", ""))]
            known = found.get(entry.slug)
            if known is None or _is_better(shown, known):
                found[entry.slug] = shown
    return sorted(timed.items(), key=lambda each: -len(each[1]))


def batch(shown: Shown) -> str:
    """The batch at which something was timed, as printed; empty where the card does not say."""
    return dict(shown.claim.conditions).get("batch size", "")


def _is_better(shown: Shown, known: Shown) -> bool:
    ours, theirs = shown.claim.reported.value, known.claim.reported.value
    return ours > theirs if shown.claim.term.better == "higher" else ours < theirs
