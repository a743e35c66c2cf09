"""A file that cannot be read.

What:
    The file is missing, not permitted, a folder, a device, a pipe or a Git LFS pointer, or it vanished while it was
    read.

Why:
    Its models are missing from everything that is built from the index.

Bad:
    (a pipe with the name of a card)

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
