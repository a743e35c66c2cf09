"""The package's functions: `registry.load`, `registry.check`, `registry.verify`, `registry.search` and others.

Their names, arguments and what they return are stable, and so are the types in `registry.types`: what changes in them
stands in the changelog and is deprecated for one minor version first. Everything else may change without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from registry.card_config import CardConfigs
from registry.config import Config, find_config
from registry.loader.missing import missing
from registry.loader.project import Paths, as_paths, fetched_from_hub, load_project, with_dialect
from registry.numbers import whole
from registry.types import Finding, Index, MissingExtraError, UsageError

if TYPE_CHECKING:
    import pandas
    from torch import nn

    from registry.publish import Built
    from registry.query.registry_tables import RegistryTable
    from registry.query.table_cache import TableCache


def load(
    path: Paths,
    *,
    root: str | Path | None = None,
    dialect: str | None = None,
    config: Config | None = None,
) -> Index:
    """Read cards, what they import, and what their models inherit.

    Args:
        path: A file, a folder that is searched for cards, an address on the Hub such as `hf://owner/model`, or several
            of them.
        root: Folder that nothing may be read outside of. Without it: the repository that the path stands in, else the
            nearest folder at or above it with a `model-index.yml`, else its own folder.
        dialect: Dialect of all files, such as `huggingface`; the project's where it is `None`, else found out for each.
        config: The project's settings; those of the working folder where it is `None`.

    Returns:
        The index: `.models`, `.collections`, and what is wrong with reading them in `.findings`.

    Raises:
        UsageError: A path or the root does not exist, or there is no such dialect.

    >>> index = load("models/alexnet.md")
    >>> [model.name for model in index.models]
    ['AlexNet']
    >>> index.models[0].metadata["FLOPs"].location.line
    21
    """
    if root is not None and not Path(root).is_dir():
        raise missing(root)
    options = {} if dialect is None else {"dialect": dialect}
    return load_project(path, config, root=None if root is None else Path(root), **options)[0]


def check(path: Paths | Index, *, config: Config | None = None, dialect: str | None = None) -> list[Finding]:
    """Everything that is wrong with cards, sorted by file and line.

    Args:
        path: As for `load`, or an index that was loaded before.
        config: What to select and ignore, and the project's vocabulary. Where it is `None`, the settings of the
            working folder count, and what may count of those beside the cards; `Config()` has none.
        dialect: As for `load`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: The configuration names no rule, or cannot be read.

    >>> check("models/alexnet.md")
    []
    """
    from registry.checks import check as check_index

    index, caller = load_project(path, config, **({} if dialect is None else {"dialect": dialect}))
    return check_index(index, config=caller, beside=CardConfigs(caller) if config is None else None)


def search(
    path: Paths, expression: str = "", *, sort: str | Sequence[str] = (), limit: int | None = None
) -> list[dict[str, Any]]:
    """The models that satisfy an expression, as plain data; all of them where it is empty.

    Args:
        path: As for `load`. What is built of the cards is kept in the user's cache, so that the next question is quick.
        expression: Such as `flops < 5e9 and top1 > 0.75 and dataset = "ImageNet"`; the guide's page about asking
            describes it.
        sort: Field or fields to sort by; one that begins with `-` from the largest down.
        limit: How many models to return at most.

    Returns:
        For each model `name`, `collection`, `library`, `license`, `file` and `line`; the `task`, `dataset` and `split`
        of the evaluation that it was found by; how many `claims` it makes and how many are `reproduced` and `refuted`;
        and each number by its subject, such as `parameters` and `top-1-accuracy`, in base units: counts, fractions of
        one, bytes, seconds.

    Raises:
        UsageError: A path does not exist, the expression cannot be understood, or a field or a text in it is misspelt;
            the message names the column.

    >>> [row["name"] for row in search("models/alexnet.md", "top1 > 56% and dataset = ImageNet")]
    ['AlexNet']
    >>> search("models/alexnet.md", "top1 >")
    Traceback (most recent call last):
    registry.query.expression.ExpressionError: column 7: a value is missing after '>'
    """
    from registry.query.model_search import Search
    from registry.query.unmatched import unmatched

    tables, config = _opened(path)
    query = Search(tables.tables, config.load_vocabulary())
    answer = query.find(expression, sort=[sort] if isinstance(sort, str) else sort, limit=limit)
    tuple(unmatched(query, expression))  # refuses what is misspelt
    return list(query.rows(answer))


def table(path: Paths, name: Literal["models", "claims", "evidence"] = "claims") -> list[dict[str, Any]]:
    """A table of a registry as plain data: its models, their claims, or the evidence.

    Args:
        path: As for `load`.
        name: Which table.

    Raises:
        UsageError: A path does not exist, or there is no such table.

    >>> [(row["subject"], row["value"]) for row in table("models/alexnet.md") if row["dataset"] is None]
    [('flops', 1429383808), ('parameters', 61100840)]
    """
    return [{key: whole(value) for key, value in row.items()} for row in _table(path, name).rows()]


def frame(path: Paths, name: Literal["models", "claims", "evidence"] = "claims") -> pandas.DataFrame:
    """A table of a registry as a DataFrame; see `table`.

    Raises:
        UsageError: A path does not exist, or there is no such table.
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise MissingExtraError("a DataFrame needs pandas, which is not installed: pip install pandas") from error
    return pandas.DataFrame(dict(_table(path, name).columns))


def show(path: Paths, model: str) -> list[dict[str, Any]]:
    """What is known of a model, once for each card that has one of this name: its claims beside the evidence.

    Raises:
        UsageError: A path does not exist, or no card has such a model.

    >>> [(claim["label"], claim["verdict"]) for claim in show("models/alexnet.md", "AlexNet")[0]["claims"]][:2]
    [('FLOPs', 'reproduced'), ('Parameters', 'reproduced')]
    """
    from registry.query.model_claims import show as show_model

    return show_model(_opened(path)[0].tables, model)


def sql(path: Paths, statement: str) -> list[dict[str, Any]]:
    """Answer a question in DuckDB's SQL about the tables `models`, `claims` and `evidence`.

    Raises:
        UsageError: A path does not exist, or the statement cannot be answered.
        ModuleNotFoundError: DuckDB is not installed; the extra `query` brings it.

    >>> sql("models/alexnet.md", "SELECT name, flops FROM models")
    [{'name': 'AlexNet', 'flops': 1429383808}]
    """
    from registry.query.database import ask

    return ask(_opened(path)[0], statement).as_dicts()


def diff(old: str | Path, new: str | Path | None = None) -> list[dict[str, Any]]:
    """Which models came or went, and which claims and verdicts changed, from one state of a registry to another.

    Args:
        old: A folder, a card, or one of them in a git revision such as `HEAD~1:models`.
        new: The same; without it, what is on disk where `old` was.

    Returns:
        For each change `kind` (`model` or `claim`), `model`, `what`, `before`, `after` (`None` where there is nothing),
        `verdict_before`, `verdict_after`, `measured`, `reason`, `file` and `line`; of a model also its `claims`.

    Raises:
        UsageError: There is no such path or revision.

    >>> diff("models/alexnet.md", "models/alexnet.md")
    []
    """
    from registry.query.state import compare_states

    return [change.as_dict() for change in compare_states(str(old), None if new is None else str(new)).changes]


def count(
    model: nn.Module | type[nn.Module] | str,
    input_size: Any = (3, 224, 224),
    *,
    inputs: Any = None,
    arguments: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """How many parameters and FLOPs a model has, under every convention; the model is left as it is.

    It runs without values on torch's meta device. A model that needs values is run on the CPU with random ones, in a
    copy, for at most a minute; `run` then says so.

    Args:
        model: Any module, a class of modules that needs no arguments, or a library's model by its name, such as
            `torchvision:resnet50`.
        input_size: Shape of one sample, without the batch, or `inputs`.
        inputs: What the model takes where that is not one tensor of its own type: shapes in full, with the batch, in a
            list or by name: `{"input_ids": ((1, 128), "int64")}`, `{"input_ids": "1x128:int64"}`, or tensors.
        arguments: Further arguments by name, such as `{"use_cache": False}`.

    Returns:
        Plain data: `parameters` by the way they are counted; `counts` by convention, each with `total`, `unit`,
        `version` and what it left `uncounted`; `layers`, each with `path`, `type`, `parameters` and its `counts`;
        `warnings`, sentences on work that no count holds; `versions` of the libraries; `input`, `input_size`, `run`.

    Raises:
        BuildError: The model cannot be built, or does not run on this input.
        UsageError: The inputs cannot be understood, or it is no model.

    >>> import torch
    >>> counted = count(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()), (3, 10, 10))
    >>> counted["parameters"]["all parameters"], counted["counts"]["MACs"]["total"]
    (224, 13824)
    """
    from registry.verify.arguments import read_inputs
    from registry.verify.builders.own import module_of
    from registry.verify.counts.model import count_module

    return count_module(module_of(model), read_inputs(input_size if inputs is None else inputs, arguments)).as_dict()


def build_site(
    path: Paths | Index,
    out: str | Path,
    *,
    evidence: str | Path | None = None,
    base_url: str | None = None,
    repository: str = "",
    templates: str | Path | None = None,
    config: Config | None = None,
) -> Built:
    """Build the site of some cards and their evidence.

    Args:
        path: As for `check`.
        out: Folder of the HTML; its old content is replaced when the new one is complete.
        evidence: Folder or URL of the evidence; what the settings say, or the nearest at or above the cards without it.
        base_url: Address that the site will have, which the feed, the sitemap and the badges name.
        repository: Where the cards are kept, as a browser shows their folder, for links to their lines.
        templates: Folder of templates that replace those of the package.
        config: As for `check`.

    Returns:
        `folder`, how many `models` it shows, `warnings` of MkDocs, and `faults`, findings of cards that are left out.

    Raises:
        UsageError: A path does not exist, or no card describes a model.
        SecretError: A card holds what looks like a secret, and the settings do not let it pass.
        MirError: The site cannot be built; the old one is still there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build_site("models/alexnet.md", f"{folder}/html").models
    1
    """
    from registry import publish
    from registry.publish.content import refuse_secrets, secrets_in

    where = None if evidence is None else str(evidence)
    material = publish.material(path, evidence=where, base_url=base_url, repository=repository, config=config)
    refuse_secrets(secrets_in(material.index, config or find_config(Path())))
    return publish.build(material, out=Path(out), templates=None if templates is None else Path(templates))


def _opened(path: Paths) -> tuple[TableCache, Config]:
    from registry.query.table_cache import open_tables

    caller = find_config(Path())
    paths = fetched_from_hub(as_paths(path), caller)
    config = with_dialect(paths, caller)
    return open_tables(paths, config), config


def _table(path: Paths, name: str) -> RegistryTable:
    tables = _opened(path)[0].tables.named()
    if name not in tables:
        raise UsageError(f"there is no table '{name}'; there are {', '.join(tables)}")
    return tables[name]
