"""Markdown to HTML: runs MkDocs beside the finished site and puts the result in its place."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry.publish.reuse import leave_alone, sources_of, stamp, take_over
from registry.publish.search_pages import carry_over
from registry.resources import resource
from registry.types import ConfigError, OutputError

# Material prints a notice about its own future on every import; it is none of the reader's business.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

import yaml
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

_LEFT = "# Made by mir site build, with its options: for zensical build --config-file."


def default_config() -> Path:
    """The mkdocs.yml that comes with the package."""
    return resource("site").parent / "mkdocs.yml"


def read_config(file: Path, **overrides: Any) -> MkDocsConfig:
    """MkDocs' configuration from a file, with some of it replaced.

    Raises:
        ConfigError: MkDocs does not accept it.
    """
    with _log() as messages:
        try:
            with file.open("rb") as stream:
                return load_config(stream, config_file_path=str(file), **overrides)
        except (MkDocsException, OSError) as error:
            raise ConfigError(f"'{file}' is no configuration for MkDocs: {_why(error, messages)}") from error


def leave_config(config: MkDocsConfig, docs: Path) -> None:
    """Leave beside the pages the configuration that they are built with, for Zensical, which has no options of its own.

    Raises:
        OutputError: It cannot be written.
    """
    own = yaml.safe_load(default_config().read_text(encoding="utf-8"))
    own["theme"]["custom_dir"] = str(default_config().with_name("site") / "overrides")
    own |= {"site_name": config.site_name, "docs_dir": docs.name, "site_dir": Path(config.site_dir).name}
    own |= {"site_url": config.site_url} if config.site_url else {}
    text = f"{_LEFT}\n{yaml.safe_dump(own, sort_keys=False, allow_unicode=True)}"
    file = docs.with_name(f"{docs.name}.yml")
    try:
        if not file.exists() or file.read_text(encoding="utf-8").startswith(_LEFT):
            file.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"'{file}' cannot be written: {error}") from error


def build_html(config: MkDocsConfig, out: Path) -> list[str]:
    """Build the site into `out`, which keeps the old one until the new one is complete.

    Files whose source did not change are taken over from the old one.

    Returns:
        MkDocs' warnings.

    Raises:
        OutputError: The folder cannot be written, or MkDocs failed.
    """
    out = out.resolve()
    new, old = (out.with_name(f".{out.name}.{suffix}") for suffix in ("new", "old"))
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        sources = list(sources_of(config))
        old_files = take_over(config, sources, out, new)
        leave_alone(config, old_files)
        config.site_dir = str(new)
        with _log() as messages:
            try:
                mkdocs_build.build(config, dirty=bool(old_files))
            except MkDocsException as error:
                raise OutputError(f"MkDocs cannot build the site: {_why(error, messages)}") from error
        if old_files:
            carry_over(new, out, old_files)
        stamp(config, sources, new, old_files)
        shutil.rmtree(old, ignore_errors=True)
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"'{out}' cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return [message for message in messages if "'dirty' build" not in message]


@contextmanager
def _log() -> Iterator[list[str]]:
    """Collect what MkDocs logs from warnings up, instead of letting it print."""
    messages: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger, handler = logging.getLogger("mkdocs"), Collect(logging.WARNING)
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _why(error: Exception, messages: list[str]) -> str:
    return "; ".join(messages) or str(error)
