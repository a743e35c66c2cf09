"""Models of the Hub that cards on this machine name: their configuration is fetched before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from registry.download.hub_address import Repository, repository_of
from registry.download.hub_repositories import fetch_cards
from registry.download.policy import Policy
from registry.types import BuildError, MirError, Model, UsageError
from registry.verify.builders import adapters
from registry.verify.builders.hub_folder import read_object
from registry.verify.builders.transformers_files import NAME


def fetch_named(models: Iterable[Model], policy: Policy) -> None:
    """Fetch the configurations of models by `Builder: transformers:owner/model`, and of the bases of adapters.

    What cannot be fetched is left out: the reason of its claims says what is not here.

    Args:
        models: The cards.
        policy: What may be fetched; each repository is asked once and not again.
    """
    once = replace(policy, attempts=1)
    for repository in {
        str(repository_named): repository_named for model in models for repository_named in _named(model)
    }.values():
        if not (repository.folder / "config.json").is_file():
            with suppress(MirError, OSError):
                fetch_cards(repository, once)


def _named(model: Model) -> Iterator[Repository]:
    library, _, name = str(model.get("Builder") or "").partition(":")
    names = [name] if library == NAME and "/" in name else []
    if model.dialect == "huggingface" and model.base and (Path(model.base) / adapters.FILE).is_file():
        with suppress(BuildError):
            base = read_object(Path(model.base), adapters.FILE).get("base_model_name_or_path")
            names += [base] if isinstance(base, str) and base.count("/") == 1 else []
    for repository_name in names:
        with suppress(UsageError):
            repository = repository_of(f"hf://{repository_name}")
            if repository is not None and repository.name is not None:
                yield repository
