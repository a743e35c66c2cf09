"""From paths to evidence: what `registry.verify` and `mir verify` do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from registry.claims import ModelClaims, read_claims
from registry.config import Config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.loader.project import Paths, first_of, load_project
from registry.read.faults import sparing
from registry.storage import place
from registry.types import Claim, Evidence, Index, UsageError
from registry.verify.call_options import EngineName, EvaluationArguments, VerifyArguments, check_call, names_in
from registry.vocabulary.architectures import find_name

if TYPE_CHECKING:
    from registry.verify.engines import Engine
    from registry.verify.measurers import MeasureOptions
    from registry.verify.planning import Plan
    from registry.verify.run import Verified

Progress = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and the name of the one just done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What is verified, how, and where its evidence goes.

    Attributes:
        everything: All models of the index with their claims: siblings are evidence.
        subjects: Which of their claims are verified; all of them where it is empty.
        force: Whether what fresh evidence settles is measured again.
        keeps: Whether each sample's answer is kept.
    """

    index: Index
    everything: tuple[ModelClaims, ...]
    models: tuple[ModelClaims, ...]
    subjects: frozenset[str]
    store: Store
    options: MeasureOptions
    force: bool = False
    keeps: bool = False

    def run(self, engine: Engine | None = None, progress: Progress | None = None) -> Generator[Evidence]:
        """Settle the claims, and give the evidence of each as soon as it is written; see `settle`."""
        with closing(self.settle(engine, progress)) as settled:
            for verified in settled:
                yield verified.evidence

    def settle(self, engine: Engine | None = None, progress: Progress | None = None) -> Generator[Verified]:
        """Settle the claims, and give each as soon as its evidence is written.

        Raises:
            OutputError: Evidence cannot be written.
            StorageError: An object store cannot be read.
        """
        from registry.verify.measurers import measurers
        from registry.verify.run import verify as settle

        ways = measurers(self.everything, replace(self.options, engine=engine), progress or _silent)
        with closing(settle(self.models, ways, self.store, **self._asked)) as settled:
            yield from settled

    def plan(self, *, here: bool = True) -> Plan:
        """What a run would do; `here` says that it would be on this machine."""
        from registry.verify.measurers import measurers
        from registry.verify.planning import make_plan

        ways = measurers(self.everything, self.options, _silent)
        return make_plan(self.models, ways, self.store, self.options.evaluation, here=here, **self._asked)

    def in_card_order(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Evidence in the order in which the cards make the claims."""
        claims = (claim for model_claims in self.models for claim in model_claims.claims)
        order = {claim.digest: at for at, claim in enumerate(claims)}
        return sorted(evidence, key=lambda record: order.get(record.claim.digest, len(order)))

    @property
    def _asked(self) -> dict[str, Any]:
        return {"force": self.force, "wanted": self._wanted, "enough": self._enough}

    def _wanted(self, claim: Claim) -> bool:
        return not self.subjects or claim.subject in self.subjects

    def _enough(self, evidence: Evidence) -> bool:
        """Whether an evaluation is of the card's own settings, and its answers were kept where they are asked for.

        What is measured under an override is no verdict on the card, and no verdict on the card answers it.
        """
        measured = evidence.measurement
        if measured is None or measured.method != "evaluate":
            return True
        return not self.options.evaluation.overrides and (not self.keeps or "predictions" in measured.details)


def prepare(
    path: Paths | Index,
    *,
    elsewhere: bool = False,
    tell: Callable[[str], None] | None = None,
    **asked: Unpack[VerifyArguments],
) -> Verification:
    """Read cards, and make ready to verify them.

    Args:
        path: As for `verify`, or an index that was loaded before.
        elsewhere: Whether models run on other machines, which have the data where this one need not.
        tell: Told of data sets that cannot be fetched; a warning where it is `None`.
        asked: As for `verify`.

    Raises:
        TypeError: There is no such option.
        UsageError: An option cannot have its value, a path does not exist, or no card claims what is asked for.
    """
    check_call(asked)
    from registry.download.policy import Policy
    from registry.verify.accuracy import EvaluationOptions
    from registry.verify.asked import check_datasets, check_preprocessing, subjects_of  # imports Pillow
    from registry.verify.hub_models import fetch_named
    from registry.verify.measurers import MeasureOptions
    from registry.verify.named_data import fetch_named_data
    from registry.verify.weights.digest import shared_cache

    index, config = load_project(path, asked.get("config"))
    words = config.load_vocabulary()
    all_models, faults = sparing("could not be read", lambda index: read_claims(index, words), index)
    chosen = _chosen(all_models, names_in(asked.get("models", ())))
    fetch_named((model_claims.model for model_claims in chosen), Policy.of(config))

    check_datasets(asked.get("data", {}), all_models, words)
    data = fetch_named_data(
        chosen, asked.get("data", {}), Policy.of(config), by_name=asked.get("fetch_data", False), tell=tell or _warn
    )
    check_preprocessing(asked.get("preprocessing", {}))
    evidence_asked, keeps = asked.get("evidence"), asked.get("predictions", False)
    beside = evidence_folder(first_of(path), config) if evidence_asked is None else evidence_asked
    store = Store(place(beside) if isinstance(beside, str) else beside)
    evaluating: dict[str, Any] = {
        key: value for key, value in asked.items() if key in EvaluationArguments.__optional_keys__
    }
    return Verification(
        index=replace(index, findings=(*index.findings, *faults)),
        everything=all_models,
        models=chosen,
        subjects=subjects_of(names_in(asked.get("only", ())), chosen, words),
        store=store,
        options=MeasureOptions(
            evaluation=EvaluationOptions(
                data=folders(data, config, elsewhere=elsewhere),
                hosts=config.hosts,
                private_hosts=config.private_hosts,
                shared_cache=shared_cache(config),
                preprocessing=asked.get("preprocessing", {}),
                predictions=store if keeps else None,
                earlier=store.find,
                **evaluating,
            ),
            jobs=asked.get("jobs"),
            ask_sizes=asked.get("ask_sizes", False),
            harnesses=tuple(names_in(asked.get("harnesses", ()))),
        ),
        force=asked.get("force", False),
        keeps=keeps,
    )


def verify(
    path: Paths,
    *,
    engine: EngineName | None = None,
    address: str | None = None,
    progress: Progress | None = None,
    **asked: Unpack[VerifyArguments],
) -> list[Evidence]:
    """Measure what cards claim, compare, and write evidence.

    Args:
        path: A file, a folder that is searched for cards, or several of them.
        engine: Where everything runs: `local`, `process` or `ray`. Where it is `None`, models are counted in processes
            and evaluated in this one.
        address: With `ray`: of the cluster; one of this machine is started where it is `None`.
        progress: Told how many models or samples are done, how many there are, and a name.
        asked: Each is optional. What: `models` (names), `only` (metrics by any of their names). With what: `data`
            (folder of each data set by its name, or `hf://datasets/owner/name`), `fetch_data` (fetch those that cards
            name by their id on the Hub), `evidence` (its folder or URL; the nearest at or above the cards without it),
            `config` (the project's settings; those of the working folder without it). How: `device`, `precision`,
            `batch_size`, `workers`, `quick`, `diagnose`, `compiled`, `preprocessing`, `seconds` (for a job), `jobs`
            (processes that count). Whether: `force` (measure again what fresh evidence settles), `predictions` (keep
            each sample's answer), `ask_sizes` (ask the weights' hosts), `harnesses`
            (run these for the claims that are their own: `lm-eval`, `mteb`), `trust` (load weights that can run code).

    Returns:
        The evidence of each claim, in the order of the cards.

    Raises:
        TypeError: There is no such option.
        UsageError: A path does not exist, an option cannot have its value, or no card claims what is asked for.
        ConfigError: The project's settings cannot be read.
        OutputError: Evidence cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     verify("models/digits-cnn.md", only=["parameters"], evidence=folder)
    [<Evidence digits-cnn: Parameters 25866: reproduced>]
    """
    from registry.verify.engines import open_engine

    check_call(asked, engine, address)
    verification = prepare(path, elsewhere=address is not None, **asked)
    opened = nullcontext() if engine is None else open_engine(engine, address=address, workers=asked.get("jobs"))
    with opened as where:
        evidence = verification.in_card_order(list(verification.run(where, progress)))
    if verification.store.sheltered:
        from registry.verify.run import SHELTER

        count, store = verification.store.sheltered, verification.store.folder
        notice = f"{count} records could not be written to {store} and are in {SHELTER}"
        warnings.warn(f"{notice}; `mir evidence copy` writes them later", stacklevel=2)
    return evidence


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)


def _silent(done: int, total: int, name: str) -> None:
    """Nobody is told."""


def _chosen(models: tuple[ModelClaims, ...], names: Sequence[str]) -> tuple[ModelClaims, ...]:
    names_known = [model_claims.model.name for model_claims in models]
    meant = {find_name(name, names_known) for name in names}
    return tuple(model_claims for model_claims in models if not names or model_claims.model.name in meant)


def folders(places: Mapping[str, str | Path], config: Config, *, elsewhere: bool = False) -> dict[str, Path]:
    """Folder of each dataset: the configuration's, and over them those that are given.

    Args:
        places: Folders by the dataset's name.
        config: The project's settings.
        elsewhere: Whether models run on other machines, which have the data where this one need not.

    Raises:
        UsageError: A given folder is not there.
    """
    for name, path in places.items():
        if not elsewhere and not Path(path).exists():
            raise UsageError(f"{name}: there is no such folder: {path}")
    return {
        **{name: config.folder / path for name, path in config.datasets.items()},
        **{name: Path(path) for name, path in places.items()},
    }
