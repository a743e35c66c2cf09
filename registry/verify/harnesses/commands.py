"""The command lines of the harnesses that mir runs."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from os import environ, pathsep
from pathlib import Path

from registry.download.hub_address import MAIN, as_hub_address, repository_of
from registry.evidence.digest_cache import Remembered
from registry.evidence.digests import of_json
from registry.harness.lead import LM_EVAL, MTEB
from registry.types import Model, Unverifiable, UsageError, WeightsError

_REPOSITORY = re.compile(r"(?:hf://|https://huggingface\.co/)?([\w-][\w.-]*/[\w-][\w.-]*)(?:[/@].*)?", re.ASCII)
_FILES = ("*.safetensors", "*.bin", "*.pt", "config.json", "modules.json", "adapter_config.json", "tokenizer*")
"""What a model's folder holds that its answers depend on."""

_KIND = ("config.json", "modules.json", "adapter_config.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A model as a harness names it.

    Attributes:
        name: A folder, or an id on the Hub.
        revision: Of the repository on the Hub, empty for the newest or a folder.
        folder: The folder, `None` for one on the Hub.
    """

    name: str
    revision: str = ""
    folder: Path | None = None

    def digests(self, remembered: Remembered) -> Mapping[str, str]:
        """Digest of the folder's files, as `folder`; nothing of a model on the Hub."""
        if self.folder is None:
            return {}
        files = {file for pattern in _FILES for file in self.folder.glob(pattern) if file.is_file()}
        try:
            return {"folder": of_json({file.name: remembered.digest(file) for file in sorted(files)})}
        except OSError:
            return {}


def subject_of(model: Model) -> Subject:
    """The model of a card.

    Raises:
        WeightsError: Nothing leads to one, or its name is none that a harness can be given.
    """
    folder = Path(model.base) if model.base else None
    if folder is not None and any((folder / name).is_file() for name in _KIND) and _has_weights(folder):
        if "," in str(folder):
            raise WeightsError(f"the folder {folder} has a comma in its name, which no harness can be given; move it")
        return Subject(name=str(folder.resolve()), folder=folder)
    try:
        repository = repository_of(as_hub_address(model.file).rpartition("/")[0])
    except UsageError:
        repository = None
    if repository is not None and repository.name:
        return Subject(name=str(repository), revision="" if repository.revision == MAIN else repository.revision)
    for candidate in (
        model.weights[0].url if model.weights else "",
        str(model.get("Builder") or "").rpartition(":")[2],
    ):
        match = _REPOSITORY.fullmatch(candidate)
        if match is not None:
            return Subject(name=match[1])
    raise WeightsError(
        "nothing says which model to run: keep the card beside its config.json and weights, or name it hf://owner/model"
    )


def _has_weights(folder: Path) -> bool:
    return any(next(folder.glob(pattern), None) for pattern in ("*.safetensors", "*.bin", "*/*.safetensors"))


_PROGRAMS: Mapping[str, tuple[tuple[str, ...], str]] = {
    LM_EVAL: (("lm-eval", "lm_eval"), "lm_eval"),
    MTEB: (("mteb",), "mteb"),
}
"""Programs of a harness, and the module that is run where none of them is on the path."""

_TASK = re.compile(r"\w[\w.+ -]{0,150}")
"""Names that can be given to a program: never an option, a path or a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HarnessRun:
    """One run of a harness.

    Attributes:
        harness: Its name.
        few_shot: Examples in the prompt; the task's own number where `None`.
        device: `cpu`, `cuda`, `cuda:1`; the harness's own choice for `auto`.
        batch_size: Samples at once; the harness's own choice where `None`.
        trust: Whether the model's own code may run, and what a model writes for tasks such as HumanEval.
    """

    harness: str
    subject: Subject
    tasks: tuple[str, ...]
    few_shot: int | None = None
    device: str = "auto"
    batch_size: int | None = None
    trust: bool = False

    def command(self, start: Sequence[str], output: Path) -> list[str]:
        """The whole command, to write its results into a folder.

        Raises:
            Unverifiable: The harness cannot be started for a model in a folder.
        """
        if self.harness == MTEB and self.subject.folder is not None:
            script = Path(__file__).with_name("mteb_folder.py").read_text(encoding="utf-8")
            return [_python(start), "-c", script, self.subject.name, str(output), self.device, *self.tasks]
        return [*start, *_ARGUMENTS[self.harness](self, output)]

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that it needs."""
        return {"HF_ALLOW_CODE_EVAL": "1"} if self.trust and self.harness == LM_EVAL else {}


def program(harness: str) -> list[str] | None:
    """How a harness is started, `None` where it is not installed."""
    programs, module = _PROGRAMS[harness]
    where = pathsep.join((environ.get("PATH", ""), str(Path(sys.executable).parent)))
    for name in programs:
        path = shutil.which(name, path=where)
        if path is not None:
            return [path]
    return [sys.executable, "-m", module] if find_spec(module) is not None else None


def _python(start: Sequence[str]) -> str:
    """The Python that a harness is installed for, as the first line of its program says."""
    if start[0] == sys.executable:
        return sys.executable
    try:
        with Path(start[0]).open("rb") as file:
            first = file.readline(500).decode("utf-8", "replace").strip()
    except OSError:
        first = ""
    match = re.fullmatch(r"#!\s*(/\S*python[\d.]*)", first)
    if match is None:
        reason = f"{start[0]} does not say which Python it is run by"
        raise Unverifiable(f"{reason}; a model in a folder needs mteb in an environment of its own, made by pip")
    return match[1]


def is_task(name: str) -> bool:
    """Whether a task's name, which a card may have chosen, is one that can be given to a program."""
    return _TASK.fullmatch(name) is not None


def _lm_eval(run: HarnessRun, output: Path) -> list[str]:
    """Of lm-evaluation-harness 0.4: `lm_eval/_cli/run.py`."""
    subject = run.subject
    revision = f",revision={subject.revision}" if subject.revision else ""
    trust = ",trust_remote_code=True" if run.trust else ""
    return [
        "--model",
        "hf",
        "--model_args",
        f"pretrained={subject.name}{revision}{trust}",
        "--tasks",
        ",".join(run.tasks),
        *_option("--num_fewshot", run.few_shot),
        *_option("--device", None if run.device == "auto" else run.device),
        "--batch_size",
        str(run.batch_size or 1),
        "--output_path",
        str(output),
        *(["--confirm_run_unsafe_code"] if run.trust else []),
    ]


def _mteb(run: HarnessRun, output: Path) -> list[str]:
    """Of mteb 2: `mteb/cli/build_cli.py`. Its device is the number of a GPU."""
    number = re.fullmatch(r"cuda:(\d+)", run.device)
    return [
        "run",
        "--model",
        run.subject.name,
        *_option("--model_revision", run.subject.revision or None),
        *_option("--device", number[1] if number else None),
        *_option("--batch_size", run.batch_size),
        "--output_folder",
        str(output),
        "--tasks",
        *run.tasks,
    ]


def _option(name: str, value: object) -> Iterator[str]:
    if value is not None:
        yield from (name, str(value))


_ARGUMENTS: Mapping[str, Callable[[HarnessRun, Path], list[str]]] = {LM_EVAL: _lm_eval, MTEB: _mteb}
