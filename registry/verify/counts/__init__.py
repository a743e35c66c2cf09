"""Parameters, FLOPs and file sizes: counted without weights or memory, and judged by the printed precision."""

from registry.verify.counts.filesize import AskSize
from registry.verify.counts.verify import LIMITS, SUBJECTS, Progress, verify_counts

__all__ = ["LIMITS", "SUBJECTS", "AskSize", "Progress", "verify_counts"]
