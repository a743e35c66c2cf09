"""What was found out about a claim, kept so that somebody else can check it: records on disk and their freshness."""

from registry.evidence.beside import stale
from registry.evidence.record import SCHEMA_ID, RecordError, from_json, to_json
from registry.evidence.store import Store
from registry.evidence.stored import EvidenceProblem

__all__ = ["SCHEMA_ID", "EvidenceProblem", "RecordError", "Store", "from_json", "stale", "to_json"]
