"""An accepted finding that is gone.

What:
    The baseline accepts a finding that is no longer there.

Why:
    A baseline is a list of known mistakes, and it may only shrink. An entry that stays would excuse the same mistake
    when somebody makes it again.

Bad:
    Models:
    - Name: AlexNet
    # file: baseline.json
    [
    {"file": "card.yml", "rule": "MIR101", "fingerprint": "8c5f7b1e0d4a9b26", "message": "Models[0] has no 'Name'"}
    ]

Good:
    Models:
    - Name: AlexNet
    # file: baseline.json
    []
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)
"""Found by `registry.report.baseline`, since only there is known what was accepted."""
