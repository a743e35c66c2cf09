"""Weights: fetched into a content-addressed cache, checked against their digest, loaded without running their code."""

from registry.download.http import Progress, size_of
from registry.download.policy import Policy
from registry.verify.weights.checkpoint import read_checkpoint, with_shards
from registry.verify.weights.digest import AlteredError, RefusedError, hexadecimal_suffix, sha256_of
from registry.verify.weights.fetch import Fetched, fetch
from registry.verify.weights.fit import fit, read_program
from registry.verify.weights.unwrap import LoadedState, unwrap
from registry.verify.weights.weights_cache import Cache

__all__ = [
    "AlteredError",
    "Cache",
    "Fetched",
    "LoadedState",
    "Policy",
    "Progress",
    "RefusedError",
    "fetch",
    "fit",
    "hexadecimal_suffix",
    "read_checkpoint",
    "read_program",
    "sha256_of",
    "size_of",
    "unwrap",
    "with_shards",
]
