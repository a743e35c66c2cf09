"""Data sets that cards name by their id on the Hub, fetched where the caller asks for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from registry.claims import ModelClaims
from registry.download.hub_address import hub_address, repository_of
from registry.download.hub_data import fetch_split
from registry.download.policy import Policy
from registry.types import DatasetRef, MirError, Unverifiable, UsageError
from registry.verify.datasets import canonical, name_of, tables, whereabouts
from registry.verify.datasets.tables.rows import table_files
from registry.verify.tasks import task_named, task_of
from registry.vocabulary.dataset_sizes import named_split

Tell = Callable[[str], None]


def fetch_named_data(
    models: Sequence[ModelClaims],
    places: Mapping[str, str | Path],
    policy: Policy,
    *,
    by_name: bool,
    tell: Tell,
) -> dict[str, str | Path]:
    """Where data sets are, those of the Hub fetched.

    Args:
        models: The models with their claims: only the splits are fetched that a claim is about.
        places: Where the caller says that they are: a path, or an address such as `hf://datasets/nyu-mll/glue`.
        policy: What may be fetched.
        by_name: Whether those that nobody gives are fetched by the id that the card gives as their type.
        tell: Told of each that cannot be fetched.

    Raises:
        UsageError: An address is none of a data set, or what it leads to cannot be fetched.
    """
    folders = {name: where for name, where in places.items() if hub_address(_text(where)) is None}
    addresses = {name: where for name, where in places.items() if name not in folders}
    refs = list(_asked(models))
    for name, where in addresses.items():
        repository = repository_of(_text(where))
        if repository is None or repository.kind != "datasets":
            raise UsageError(f"--data {name}={where}: it must be hf://datasets/owner/name[@revision]")
        matching = [ref for ref in refs if canonical(name_of(ref, {name: Path()})) == canonical(name)]
        for ref in matching:
            try:
                folders[name] = _fetch(str(repository), ref, repository.revision, policy)
            except MirError as error:
                raise UsageError(f"--data {name}={where}: {error.message}") from error
        if not matching:
            raise UsageError(f"--data {name}={where}: no claim is about a data set of that name")
    if by_name:
        paths = {name: Path(where) for name, where in folders.items()}
        for ref in refs:
            if ref.type is None or not _is_lacking(ref, paths):
                continue
            try:
                path = _fetch(ref.type, ref, ref.revision, policy)
            except MirError as error:
                tell(f"{ref.type} is not fetched: {error.message}")
                continue
            folders[f"{ref.type}/{ref.config}" if ref.config else ref.type] = path
    return folders


def _asked(models: Sequence[ModelClaims]) -> Iterator[DatasetRef]:
    """The data sets of tables that claims are about, each split once."""
    identities: set[str] = set()
    for claim in (claim for model_claims in models for claim in model_claims.claims):
        task = task_of(claim)
        if task is None or claim.dataset is None or task_named(task).answers not in tables.READERS:
            continue
        if str(claim.dataset.identity) not in identities:
            identities.add(str(claim.dataset.identity))
            yield claim.dataset


def _is_lacking(dataset: DatasetRef, data: Mapping[str, Path]) -> bool:
    """Whether nothing says where a data set is; one that comes with a package needs no place."""
    try:
        whereabouts(name_of(dataset, data), data, answers="labelled texts")
    except Unverifiable:
        return True
    return False


def _fetch(name: str, dataset: DatasetRef, revision: str | None, policy: Policy) -> Path:
    split = dataset.split or named_split(dataset.name, config=dataset.config).split or None
    return fetch_split(name, dataset.config, split, revision, policy, _by_name)


def _by_name(names: Sequence[str], config: str | None, split: str | None) -> tuple[Sequence[str], str]:
    """The tables of a split as a folder with these files would be read."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
        files, split_read = table_files(folder, config=config, split=split or "")
        return [file.relative_to(folder).as_posix() for file in files], split_read


def _text(where: str | Path) -> str:
    return where if isinstance(where, str) else where.as_posix()
