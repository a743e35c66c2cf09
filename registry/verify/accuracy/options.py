"""What a user can choose about evaluating."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from registry.cache_file import cache_folder
from registry.evidence import Store
from registry.evidence.digest_cache import Remembered
from registry.storage import Folder
from registry.types import Claim, Evidence
from registry.verify.call_options import Precision
from registry.verify.evaluation.prepared import Prepared
from registry.verify.weights import Cache, Policy, Progress

MODELS_IN_A_PASS = 8
"""How many models share one pass over a dataset; their weights lie in memory together."""

SECONDS_FOR_A_MODEL = 3600.0
"""Time that each model adds to what a job may take.

On ImageNet's 50 000 pictures the largest of torchvision's, of 2 TFLOPs a picture, takes 42 minutes where 40 TFLOP/s are
reached. A plan says which jobs may take longer, and `--time-limit` lets them.
"""


def _nothing(claim: Claim) -> Evidence | None:  # noqa: ARG001
    """No earlier evidence; a function of a module, because options go to workers."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationOptions:
    """How to evaluate.

    Attributes:
        data: Folder of each dataset by its name.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, or several such as `cuda:0,cuda:1`, which share the samples.
        precision: Arithmetic; `fp32` is exact.
        batch_size: Samples at once; found by itself where `None`.
        cores: Processor cores that decoding may use; all where `None`.
        workers: Processes that decode pictures; chosen by the dataset and the processor where `None`.
        preprocessing: What to set over the weights' and the card's preprocessing, by the card's field names.
        quick: Draw samples at random and stop as soon as the claim is decided.
        diagnose: Look for the reason when a claim is refuted.
        compiled: Run models through torch.compile.
        trust: Whether cards may make this machine run code of theirs.
        hosts: Hosts that weights may come from; empty means the built-in list.
        private_hosts: Those of one's own network that they may come from besides; see `Policy`.
        cache: Folder for weights, prepared samples and remembered digests.
        shared_cache: A folder of weights that machines share; see `weights.shared`.
        prepare: Whether decoded samples are kept for the next model.
        predictions: Where to keep each sample's answers; `None` keeps none.
        earlier: Earlier evidence of a claim; the URL that it names must give the same weights again.
        seconds: Time that a job may take in a worker; by the number of its models where `None`.
        progress: Told samples done and in all, with the models' names; models done and in all where they run in
            workers.
        downloading: Told bytes of weights, where models run in this process.
    """

    data: Mapping[str, Path] = field(default_factory=dict)
    device: str = "auto"
    precision: Precision = "fp32"
    batch_size: int | None = None
    workers: int | None = None
    cores: int | None = None
    preprocessing: Mapping[str, str] = field(default_factory=dict)
    quick: bool = False
    diagnose: bool = False
    compiled: bool = False
    trust: bool = False
    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    cache: Path | None = None
    shared_cache: Folder | None = None
    prepare: bool = True
    predictions: Store | None = None
    earlier: Callable[[Claim], Evidence | None] = _nothing
    seconds: float | None = None
    progress: Callable[[int, int, str], None] | None = None
    downloading: Progress | None = None

    @property
    def folder(self) -> Path:
        """Where things are kept between runs."""
        return self.cache or cache_folder()

    @property
    def weights_cache(self) -> Cache:
        """Where downloaded weights are kept."""
        return Cache(folder=self.folder / "weights", shared=self.shared_cache)

    @property
    def overrides(self) -> dict[str, str]:
        """What the caller set over the card's own settings, by name: what is measured so is no verdict on the card."""
        return {**self.preprocessing, **({} if self.precision == "fp32" else {"precision": self.precision})}

    @property
    def policy(self) -> Policy:
        """What may be downloaded and loaded."""
        return Policy(hosts=self.hosts, private_hosts=self.private_hosts, trust=self.trust)

    @property
    def remembered(self) -> Remembered:
        """Digests of files that were read before."""
        return Remembered(self.folder / "digests.sqlite")

    @property
    def prepared(self) -> Prepared | None:
        """Where decoded samples are kept."""
        return Prepared(folder=self.folder / "prepared") if self.prepare else None

    def seconds_for(self, models: int) -> float:
        """Time that a job of so many models may take in a worker."""
        return SECONDS_FOR_A_MODEL * models if self.seconds is None else self.seconds

    def travelling(self, device: str, cores: int | None) -> EvaluationOptions:
        """The same for a worker, as plain data: what is written or shown is so where it was asked for."""
        return replace(
            self,
            data={name: path.absolute() for name, path in self.data.items()},
            cache=self.cache and self.cache.absolute(),
            device=device,
            cores=cores,
            predictions=None,
            earlier=_nothing,
            progress=None,
            downloading=None,
        )
