"""Results of other harnesses: their logs read, and the claims of cards that lead to one of them.

A log becomes numbers (`HarnessLog`), whichever tool wrote it; the numbers are held against a card's claims, and become
evidence that says who measured. One format is one file here, and one line in `importing.FORMATS`.
"""

from registry.harness.importing import read_log, read_logs
from registry.harness.log import HarnessLog, HarnessLogError, HarnessResult

__all__ = ["HarnessLog", "HarnessLogError", "HarnessResult", "read_log", "read_logs"]
