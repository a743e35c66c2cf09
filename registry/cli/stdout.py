"""Standard output belongs to what a command prints: strangers' code that runs in this process may print anything."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def standard_output_is_ours() -> Iterator[None]:
    """Send to standard error whatever is printed to standard output meanwhile, by this process or one that it starts.

    What is printed as this process ends goes there too: by then, what a command has to print is printed.
    """
    before = sys.stdout
    before.flush()
    with contextlib.redirect_stdout(sys.stderr):
        kept = os.dup(1)
        os.dup2(2, 1)
        try:
            yield
        finally:
            with contextlib.suppress(OSError, ValueError):  # whoever printed into it may have closed it
                before.flush()
            os.dup2(kept, 1)
            os.close(kept)
    atexit.register(_lead_away)


def _lead_away() -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
