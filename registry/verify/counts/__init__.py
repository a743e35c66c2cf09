"""Parameters, FLOPs and file sizes: counted without weights or memory, and judged by the printed precision."""
