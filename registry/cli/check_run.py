"""What `mir check` does, once it is known that it has to be done."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from registry.card_config import CardConfigs
from registry.checks import check
from registry.checks.catalogue import selector
from registry.checks.check_files import check_files
from registry.cli.check_results import describe, keep_baseline, print_patch, print_report, tell, write_repairs
from registry.cli.configuration import caller_config, is_offline, named_config
from registry.cli.messages import warn
from registry.config import Config
from registry.dialects import DIALECTS
from registry.file_inputs import asked, noted_digest
from registry.files import relative
from registry.loader import LeftOut, load
from registry.loader.project import fetched_from_hub, is_on_hub
from registry.parallel import cores
from registry.read.problems import MAX_BYTES
from registry.report import FORMATS, Report
from registry.report.output import plain, save, wants_color
from registry.types import SEVERITIES, Finding, Index, Severity, UsageError

if TYPE_CHECKING:
    from registry.checks.kept_parts import KeptParts
    from registry.cli.kept_run import KeptRun


def check_cards(
    cache: KeptRun | None,
    *,
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    also: tuple[tuple[str, Path], ...],
    dialect: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    diff: bool,
    baseline: Path | None,
    accept: bool,
    prune: bool,
    changed_since: str | None,
    fail_on: Severity,
    exit_zero: bool,
    statistics: bool,
    quiet: bool,
    verbose: bool,
    exclude: tuple[str, ...],
    no_gitignore: bool,
    root: Path | None,
    stdin_name: Path,
) -> int:
    """Check cards as the options of the command say, and print what is found; the exit code.

    Where what is printed may be kept, `kept` is told of it.
    """
    contents: dict[str, bytes] = {}
    if fix and any(map(is_on_hub, paths)):
        raise UsageError("--fix cannot write to the Hub; --diff shows the patch")
    if Path("-") in paths:
        if len(paths) > 1 or fix:
            raise UsageError("- (standard input) stands alone, and --fix cannot write to it; --diff shows the patch")
        paths = (stdin_name,)
        contents[os.path.realpath(stdin_name)] = _stdin()
    settings = caller_config()
    # Where a configuration is named, it is the one of everything.
    beside = CardConfigs(settings, Config(select=select, ignore=ignore)) if named_config() is None else None
    config = replace(
        settings,
        dialect=dialect or settings.dialect,
        select=select or settings.select,
        ignore=(*settings.ignore, *ignore),
    )
    # As seen from here: annotations and editors cannot use a path of this machine.
    targets = paths or tuple(Path(relative(config.folder / path)) for path in config.paths) or (Path(),)

    fetched = any(map(is_on_hub, targets))
    if fetched:
        targets = fetched_from_hub(targets, settings, offline=is_offline(), tell=warn)
    shared = config.dialect or (beside.dialect(targets, DIALECTS) if beside is not None else None)
    left_out = LeftOut.of(config, exclude, gitignore=not no_gitignore)
    targets = _without_excluded(targets, left_out, cache)

    changed: set[str] | None = None
    if changed_since is not None and targets:
        from registry import git  # what few runs need, here and below

        changed = git.changed_since(git.top_of(targets[0]), changed_since)

    def run(contents: Mapping[str, bytes]) -> tuple[Index, list[Finding]]:
        if contents or fix or diff or verbose:
            index = load(targets, root=root, dialect=shared, contents=contents, processes=cores(), left_out=left_out)
            findings = check(index, config=config, beside=beside, processes=cores())
        else:
            index, findings = check_files(
                targets,
                root=root,
                dialect=shared,
                left_out=left_out,
                config=config,
                beside=beside,
                processes=cores(),
                kept=kept_parts(cache, config, targets, root, shared),
            )
        if changed is not None:
            findings = [finding for finding in findings if os.path.realpath(finding.location.file) in changed]
        return index, findings

    index, findings = run(contents)
    failed = 0
    if fix or diff:
        from registry.report.repair import repair

        repaired = repair(index, findings, contents, run)
        if diff:
            from registry.cli.hub_report import at_repository  # what few runs need, as below

            print_patch([(at_repository(source, targets), text) for source, text in repaired.changes])
        else:
            failed = write_repairs(repaired.changes)
            index, findings = run(contents) if failed else (repaired.index, repaired.findings)
    if verbose:
        describe(config, index)
    color = output is None and wants_color(sys.stdout)
    report = Report(findings=findings, index=index, files=changed, color=color, quiet=quiet)
    if fetched:
        from registry.cli.hub_report import at_hub

        report = at_hub(report)
    if baseline is None and config.baseline is not None:
        baseline = Path(relative(config.folder / config.baseline))
    selected = selector(config.select, config.ignore)
    if accept or prune:
        return keep_baseline(baseline, report, selected, prune=prune)
    if baseline is not None:
        from registry.report.baseline import read_baseline, without_accepted

        report = without_accepted(report, read_baseline(baseline), selected)
    for further, file in also:
        save(FORMATS[further](report), file)
    print_report(report, form, output, silent=diff, totals=statistics, quiet=quiet, cache=cache)
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    if failed:
        return 2
    return int(not exit_zero and any(finding.severity in failing for finding in report.findings))


def kept_parts(cache: KeptRun | None, config: Config, *arguments: object) -> KeptParts | None:
    """What is kept of the files of such a run; nothing where what it prints may not be kept either."""
    if cache is None:
        return None
    from registry.checks.kept_parts import KeptParts  # what `--no-cache` does not need

    words = [noted_digest(str(config.folder / file)) for file in config.vocabulary]
    file, state = cache.beside(*arguments)
    return KeptParts(file, f"{state} {words}")


def _without_excluded(paths: Sequence[Path], left_out: LeftOut, cache: KeptRun | None) -> tuple[Path, ...]:
    """The paths without files that `exclude` leaves out: pre-commit names every file that changed."""
    for path in paths:
        asked(path)
    excluded = [path for path in paths if path.is_file() and left_out.excludes(os.path.realpath(path), is_folder=False)]
    for path in excluded:
        tell(plain(f"{path} is left out by `exclude`."), cache)
    return tuple(path for path in paths if path not in excluded)


def _stdin() -> bytes:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UsageError(f"standard input holds more than the {MAX_BYTES // 2**20} MiB that a card can have")
    return data
