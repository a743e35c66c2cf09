"""An import that leaves the root.

What:
    An import, a path or a symbolic link leads out of the repository that the index stands in. It is not read.

Why:
    A card of a stranger could otherwise publish files of the machine that builds pages from it.

Bad:
    Import:
    - ../../../../../../etc/passwd
    Models:
    - Name: AlexNet

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
