"""The `mir` group: finds its commands without importing them, and turns errors into one sentence and an exit code."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import keyword
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry import __version__
from registry.cli.configuration import ALONE, config_option
from registry.cli.signals import end_when_stopped, exit_code, raise_when_stopped, received
from registry.gc import without_collector

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: dict[str, str] = {
    "check": "Check the metadata of model cards, with the exact line of every mistake.",
    "verify": "Measure what cards claim, and write evidence.",
    "count": "Count a model's parameters and FLOPs under every convention.",
    "rescore": "Take metrics again from kept predictions, without the model.",
    "evidence": "Look at evidence, check that it still holds, compare it, sign it, export it.",
    "convert": "Write cards in another format, and say what it cannot hold.",
    "site": "Build a site from cards and evidence.",
    "search": "Find models by what their cards say and what was measured.",
    "show": "Show what a model's card claims beside what was measured.",
    "diff": "Show which claims and verdicts changed between two states of a registry.",
    "query": "Ask in SQL about models, claims and evidence.",
    "badge": "Make a model's badge.",
    "import": "Write cards from what a library publishes about its own weights.",
    "rules": "List the rules of the check.",
    "explain": "Explain a rule: what it finds, why, a bad example and a good one.",
    "schema": "Print a JSON Schema of cards, or where it is.",
    "lsp": "Serve an editor: findings, pages, completion and repairs of cards.",
    "init": "Find the cards here, and write a configuration, a hook and a workflow.",
    "completion": "Print the completion script of a shell.",
}
"""Every command and its one line of help; `registry/cli/<name>.py` holds it as `command`."""

EXTRAS: dict[str, str] = {
    "av": "video",
    "cryptography": "sign",
    "duckdb": "query",
    "faster_coco_eval": "detection",
    "fsspec": "store",
    "jinja2": "site",
    "lsprotocol": "lsp",
    "markdown_it": "site",
    "markupsafe": "site",
    "mkdocs": "site",
    "nh3": "site",
    "numpy": "verify",
    "PIL": "verify",
    "psutil": "verify",
    "pygls": "lsp",
    "pygments": "site",
    "ray": "ray",
    "safetensors": "verify",
    "sklearn": "verify",
    "timm": "verify",
    "torch": "verify",
    "torchvision": "verify",
    "vl_convert": "site",
}
"""Packages that only some commands need, and the extra that brings them."""

_FULL = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}
"""What a system says when a disk is full, where that is no fault of ours."""

_READER_GONE = 141
"""128 and SIGPIPE's number, as other programs end when the reader of their output went away."""


class _ReaderGoneError(Exception):
    """Nobody reads our output any more (`mir check | head`)."""


class _Lazy(click.Group):
    """A group whose commands are imported only when used, so that `mir check` never pays for torch."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        with without_collector():
            command: click.Command = importlib.import_module(f"registry.cli.{_module(cmd_name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from registry.types import UsageError
        from registry.vocabulary.slips import KnownNames  # only for who mistypes

        close = KnownNames(COMMANDS).closest(name)
        raise UsageError(f"there is no command '{name}'; " + (f"did you mean {close}?" if close else "see mir --help"))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # click would end with 1, which says that a card is wrong.
            raise _ReaderGoneError from None
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # and so does rich
                raise _ReaderGoneError from None
            raise

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # only for who presses Tab

        # click's own would import every command to ask for its help.
        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _module(name: str) -> str:
    """A command's module: its name, with an underscore where that is a word of Python's own."""
    return f"{name}_" if keyword.iskeyword(name) else name


_FORMER = {"out": "output"}
"""Names of options as they were, and as they are."""


@click.group(
    cls=_Lazy,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "token_normalize_func": lambda name: _FORMER.get(name, name),
    },
)
@config_option
@click.version_option(__version__, "--version", prog_name="mir")
def group() -> None:
    """Every number on a model card is a claim. mir checks it, verifies it and publishes it.

    Exit codes: 0 clean, 1 findings or refuted claims, 2 wrong usage or an error, 130 interrupted, 143 terminated.
    """


def main() -> None:
    """Run the command line and exit, with the codes that the help of the group names.

    Whatever happens is told in one sentence; `MIR_TRACEBACK=1` shows where it came from as well.
    """
    _mend_streams()
    raise_when_stopped()
    try:
        code = _run()
    except KeyboardInterrupt as stop:
        # Before the command began, or one more while the first was handled.
        code = exit_code(stop)
    end_when_stopped()
    # The system takes back what is left; searching it for cycles first would be a twentieth of a short command.
    # DuckDB's bindings take what is left for a leak of theirs, and complain.
    if "duckdb" not in sys.modules:
        gc.freeze()
    sys.exit(code)


def _run() -> int:
    try:
        code = group.main(standalone_mode=False, obj=ALONE)
        sys.stdout.flush()
    except click.exceptions.Abort as error:
        click.echo("mir: interrupted", err=True)
        return exit_code(error.__cause__)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        from registry.cli.usage import in_one_sentence  # only for who mistypes

        click.echo(_printable(f"mir: error: {in_one_sentence(error)}"), err=True)
        return 2
    except (_ReaderGoneError, BrokenPipeError):
        _drop_output()
        return _READER_GONE
    except Exception as error:  # noqa: BLE001 - Python's own exit code is 1, which would say that a card is wrong
        stop = received()
        if stop is not None:
            click.echo("mir: interrupted", err=True)
            return exit_code(stop)
        from registry.types import SecretError  # what most commands end without

        click.echo(_printable(f"mir: {_in_one_sentence(error)}"), err=True)
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
        return 1 if isinstance(error, SecretError) else 2
    return code if isinstance(code, int) else 0


def _drop_output() -> None:
    """Drop what is still to be printed: Python would write it at the end, and fail again with its own exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _mend_streams() -> None:
    """Let printing never be what fails for a want of letters, or for a stream that whoever started us has closed."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        # Python leaves None there. The next file that is opened would take the number of the stream that is missing,
        # and get what other code prints there.
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
        for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
            if getattr(sys, name) is None:
                setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _printable(message: str) -> str:
    """A message as it may be printed: what it quotes may be somebody else's words."""
    from registry.report.output import plain  # what most commands end without

    return plain(message)


def _in_one_sentence(error: Exception) -> str:
    """What went wrong, in our own words or the system's; of what nobody foresaw, where the fault is."""
    from registry.files import reason
    from registry.types import MirError

    if isinstance(error, MirError):
        return f"error: {error}"
    if os.environ.get("MIR_TRACEBACK"):
        import traceback  # takes longer to import than most of what is imported always

        traceback.print_exception(error)
    if isinstance(error, ModuleNotFoundError):
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is not None:
            return f"error: this needs {error.name}; install it with: pip install 'model-index-registry[{extra}]'"
    if isinstance(error, MemoryError):
        return "error: there is not enough memory"
    if isinstance(error, OSError) and error.filename is not None:
        return f"error: {os.fsdecode(error.filename)}: {reason(error)}"
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"error: the output cannot be written: {reason(error)}"
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = "" if at is None else f" in {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}"
    message = " ".join(str(error).split())[:300]
    return (
        f"internal error: {type(error).__name__}{f': {message}' if message else ''}{place}; "
        "please report it with what MIR_TRACEBACK=1 adds to this line"
    )
