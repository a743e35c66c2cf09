"""A file that is not UTF-8 text.

What:
    The file is not UTF-8, or has characters that no text has, such as NUL.

Why:
    Other programs read other characters, or stop.

Bad:
    (a file saved as Latin-1, with an accented letter)

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
