"""The tables as a DuckDB database, and questions to it in SQL."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import cache_file
from registry.files import reason
from registry.numbers import whole
from registry.query.registry_tables import METADATA, SCHEMA, TEXTS, Tables
from registry.query.table_cache import TableCache
from registry.types import OutputError, UsageError

if TYPE_CHECKING:
    import duckdb

_CLOSED: Mapping[str, bool | str | int | float | list[str]] = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}
"""Settings under which SQL reaches nothing but the tables: no file, no network, no variable of this program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """What a statement answers: the columns' names, and the rows."""

    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows as plain data."""
        return [dict(zip(self.columns, map(whole, row), strict=True)) for row in self.values]


def ask(cache: TableCache, statement: str) -> Rows:
    """Answer one statement, which can read the tables `models`, `claims` and `evidence` and nothing else.

    Raises:
        UsageError: It is not one statement that DuckDB can run.
        ModuleNotFoundError: DuckDB is not installed.
    """
    import duckdb

    try:
        with _opened(cache) as database:
            return _answer(database, statement)
    except duckdb.Error as error:
        if cache.place is None:
            raise UsageError(f"DuckDB cannot answer this: {_said(error)}") from error
    # Is it the statement that is wrong, or the database that was kept? One that is new will tell.
    try:
        with _opened(cache, anew=True) as database:
            return _answer(database, statement)
    except duckdb.Error as error:
        raise UsageError(f"DuckDB cannot answer this: {_said(error)}") from error


def unreported(tables: Tables, statement: str) -> list[str]:
    """The columns of the table of models that a statement names and that are empty for every model."""
    words = set(re.findall(r"\w+", statement.casefold()))
    columns = tables.models.columns
    about = ("license", "library", "collection", "weights", *TEXTS, *METADATA.values())
    return [name for name in about if name in words and columns[name] and all(value is None for value in columns[name])]


def _answer(database: duckdb.DuckDBPyConnection, statement: str) -> Rows:
    # A terminal's bytes that are no UTF-8 come as halves of surrogate pairs, which DuckDB cannot take.
    statements = database.extract_statements(statement.encode("utf-8", "replace").decode())
    if len(statements) != 1:
        raise UsageError(f"one statement is asked at a time; this is {len(statements)}")
    run = database.execute(statements[0])
    columns = tuple(column[0] for column in run.description or ())
    return Rows(columns=columns, values=tuple(run.fetchall()))


def write_database(tables: Tables, file: Path) -> None:
    """Write the tables to a DuckDB file: beside it first, then renamed over it.

    Raises:
        OutputError: It cannot be written.
    """
    import duckdb

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".mir-") as beside:
            draft = Path(beside, "tables.duckdb")
            with duckdb.connect(str(draft)) as database:
                _fill(database, tables)
            draft.replace(file)
    except OSError as error:
        raise OutputError(f"cannot write {file}: {reason(error)}") from error
    except duckdb.Error as error:
        raise OutputError(f"cannot write {file}: {_said(error)}") from error


def write_parquet(tables: Tables, folder: Path) -> None:
    """Write each table to a Parquet file in a folder.

    Raises:
        OutputError: They cannot be written.
    """
    import duckdb

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".mir-") as beside, duckdb.connect() as database:
            _fill(database, tables)
            for name in SCHEMA:
                draft = Path(beside, f"{name}.parquet")
                database.table(name).write_parquet(str(draft))
                draft.replace(folder / f"{name}.parquet")
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {reason(error)}") from error
    except duckdb.Error as error:
        raise OutputError(f"cannot write to {folder}: {_said(error)}") from error


@contextmanager
def _opened(cache: TableCache, *, anew: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database of some tables, which nothing can be written to; `anew` takes none that was kept."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="mir-") as folder:
        file = Path(folder, "tables.duckdb")
        if cache.place is not None:
            file = cache.place.with_name(f"{cache.place.name}-{duckdb.__version__}.duckdb")
        database = None
        if not anew and cache_file.is_there(file):  # a pipe would block
            with suppress(duckdb.Error):  # not there yet, or damaged
                database = _connect(file)
        with database or _connect(_made(cache, file, Path(folder, "tables.duckdb"))) as opened:
            yield opened


def _made(cache: TableCache, file: Path, otherwise: Path) -> Path:
    """Write the database, and remove those of earlier states; elsewhere where the cache cannot be written to."""
    try:
        cache_file.make_way(file)
        write_database(cache.tables, file)
    except (OSError, OutputError):
        write_database(cache.tables, otherwise)
        return otherwise
    if cache.place is not None:
        for old in file.parent.glob(f"{cache.place.name.partition('-')[0]}-*.duckdb"):
            if old != file:
                old.unlink(missing_ok=True)
    return file


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(str(file), read_only=True, config=dict(_CLOSED))


def _fill(database: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for name, table in tables.named().items():
        columns = SCHEMA[name]
        database.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {type_}' for column, type_ in columns.items())})")
        if len(table):
            unnested = ", ".join(f"unnest(?::{type_}[])" for type_ in columns.values())
            database.execute(f"INSERT INTO {name} SELECT {unnested}", list(table.columns.values()))


def _said(error: Exception) -> str:
    """The first line of what DuckDB says, without the kind of its exception."""
    return str(error).strip().split("\n")[0].rstrip(".")
