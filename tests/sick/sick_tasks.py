"""A task whose scoring ends the process."""

import os
from typing import Any, ClassVar

from registry.types import Claim
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks import Score, Task


class Exits(Task):
    name = "sick-score"
    answers = "labels"
    arrays: ClassVar = {"labels": "i"}

    def takes(self, claim: Claim) -> bool:
        if os.environ.get("SICK_TAKES") == "exit":
            os._exit(6)
        return claim.subject == "sickness"

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        print("never on standard output")
        return ("sickness",)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        os._exit(5)

    def references(self, dataset: Any, indices: Any) -> dict[str, Any]:
        return {}


TASK = Exits()
