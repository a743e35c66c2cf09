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
        for outcome in profiles[entry.slug].speeds:
            conditions = dict(outcome.claim.conditions)
            outcomes = timed[Machine(outcome.claim.subject, conditions.get("hardware", ""), conditions.get("mode", ""))]
            previous = outcomes.get(entry.slug)
            if previous is None or _is_better(outcome, previous):
                outcomes[entry.slug] = outcome
    return sorted(timed.items(), key=lambda pair: -len(pair[1]))


def batch(outcome: Shown) -> str:
    """The batch at which something was timed, as printed; empty where the card does not say."""
    return dict(outcome.claim.conditions).get("batch size", "")


def _is_better(outcome: Shown, rival: Shown) -> bool:
    value, rival_value = outcome.claim.reported.value, rival.claim.reported.value
    return value > rival_value if outcome.claim.term.better == "higher" else value < rival_value
