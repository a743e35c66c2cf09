"""An alias that cannot be resolved.

What:
    An alias names no anchor before it, stands inside the value that it names, or the aliases together stand for
    more values than any card has. Or `<<` merges something that is no mapping.

Why:
    An alias inside its own value has no end, and a few lines of aliases can stand for thousands of millions of
    values.

Bad:
    Models:
    - Name: AlexNet
      Metadata: *defaults

Good:
    Models:
    - Name: AlexNet
      Metadata: &defaults
        Epochs: 90
    - Name: AlexNet-2
      Metadata: *defaults
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
