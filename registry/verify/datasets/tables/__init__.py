"""Data sets that are tables: a row a sample, in folders as the Hub and the library datasets lay them out.

CSV and JSON need no library; parquet and arrow need pyarrow (the extra `datasets`). Which columns hold what a task
needs is found by their features and names, and said in the evidence.
"""

from registry.verify.datasets.tables.table import READERS, Table, holds_tables, load

__all__ = ["READERS", "Table", "holds_tables", "load"]
