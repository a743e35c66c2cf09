"""`make fuzz MINUTES=10`: turn after turn of every property; what breaks one is kept as a case, and ends it with 1."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from .properties import PROPERTIES

CASES = Path(__file__).parent / "cases"
EXAMPLES = 500


def turn(name: str, number: int) -> tuple[int, Any]:
    """Try a property on new examples: how many there were, and the simplest that it does not hold of, in a list."""
    cases, holds = PROPERTIES[name]
    inputs: list[Any] = []

    def counted(case: Any) -> None:
        inputs.append(case)
        holds(case)

    settings_ = settings(deadline=None, max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    try:
        seed(number)(settings_(given(cases)(counted)))()
    except Exception:  # noqa: BLE001 - whatever a property ends in is what is looked for
        traceback.print_exc()
        return len(inputs), inputs[-1:]
    return len(inputs), []


def keep(name: str, case: Any) -> Path:
    """Write a case to where the tests find it."""
    text = json.dumps(case, indent=1) + "\n"
    file = CASES / name / f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def main() -> int:
    """Fuzz for as many minutes as the command line says, from the seed that it gives besides, or another each time."""
    until = time.monotonic() + 60 * float(sys.argv[1])
    examples = dict.fromkeys(PROPERTIES, 0)
    broken: set[str] = set()
    number = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"from seed {number}", flush=True)
    while time.monotonic() < until and len(broken) < len(PROPERTIES):
        for name in PROPERTIES.keys() - broken:
            number += 1
            count, failures = turn(name, number)
            examples[name] += count
            for case in failures:
                print(f"{name} does not hold of {keep(name, case)}", flush=True)
                broken.add(name)
    for name, count in examples.items():
        print(f"{count:>9} {name}")
    print(f"{sum(examples.values()):>9} examples, {len(broken)} properties broken")
    return int(bool(broken))


sys.exit(main())
