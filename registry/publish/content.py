"""Everything that the pages draw on, worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from markupsafe import Markup

from registry.checks import check
from registry.checks.catalogue import selector
from registry.checks.secrets import SECRET_RULE
from registry.config import Config
from registry.publish import links
from registry.publish.attachments import Attachments, card_pages
from registry.publish.catalog import Catalog, CatalogEntry, catalog
from registry.publish.headlines import Headline, LeaderboardRank, by_task, headlines, ranks
from registry.publish.html_table import Cell
from registry.publish.leaderboards import LeaderboardDataset, MeasuredOn, datasets, meant_for, measured_on
from registry.publish.material import Material
from registry.publish.papers import Paper, papers
from registry.publish.profile import Profile, profile, trained_on
from registry.publish.repository import BrowsedRepository
from registry.publish.repository import repository as repository_of
from registry.publish.texts import added
from registry.types import Collection, Finding, Index, SecretError
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A collection as the site shows it: what its card says of it, and its models."""

    name: str
    slug: str
    collection: Collection | None
    entries: tuple[CatalogEntry, ...]

    @property
    def page(self) -> str:
        """Address of its page from the site's root."""
        return f"collections/{self.slug}.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageContent:
    """What the pages show.

    Attributes:
        catalog: Models, findings and what was read.
        headlines: The leaderboards that most models are on.
        of_task: For each task its fullest leaderboards.
        task_pages: For each task the address of its page from the site's root.
        profiles: By a model's slug, what stands beside its results.
        trained_on: The data sets that a model may be trained on, so that what others know beside them is extra.
        ranks: By a model's slug, its best place on a leaderboard.
        measured_on: By a model's slug, its tasks and datasets.
        papers_of: By a model's slug, its papers.
        words: The names that are known, by which claims were read.
        cells: Cells that stand in several tables, by a model's slug and what they hold.
        prose: Texts of cards that were rendered already, by their key.
        digests: What models are made of, by their slugs; see `made_of.learn`.
        base_url: Address of the site, with a slash at its end; empty where it is not known.
        repository: Where the cards are kept; `None` where that is not known.
        name: What the site is called.
        studies: Whether it also shows what was found in published zoos.
    """

    catalog: Catalog
    families: tuple[Family, ...]
    datasets: tuple[LeaderboardDataset, ...]
    headlines: tuple[Headline, ...]
    of_task: Mapping[str, tuple[Headline, ...]]
    task_pages: Mapping[str, str]
    profiles: Mapping[str, Profile]
    trained_on: frozenset[str]
    ranks: Mapping[str, LeaderboardRank]
    measured_on: Mapping[str, MeasuredOn]
    papers: tuple[Paper, ...]
    family_of: Mapping[str, Family]
    papers_of: Mapping[str, Sequence[Paper]]
    attachments: Attachments
    words: Vocabulary
    base_url: str
    repository: BrowsedRepository | None
    name: str
    studies: bool
    prose: dict[str, Markup] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, Cell]] = field(default_factory=lambda: defaultdict(dict))

    def extra_data(self, slug: str, dataset: str) -> tuple[str, ...]:
        """What a model was trained on beyond a data set, where that says something: see `trained_on`."""
        return self.profiles[slug].extra_data(dataset) if dataset in self.trained_on else ()

    def measured(self, entry: CatalogEntry) -> MeasuredOn:
        """The tasks and data sets of a model."""
        return self.measured_on.get(entry.slug) or MeasuredOn()

    def family(self, entry: CatalogEntry) -> Family | None:
        """The collection of a model."""
        return self.family_of.get(entry.model.collection or "")


def gather(material: Material) -> PageContent:
    """Bring everything together."""
    index = material.index
    words = material.vocabulary or Vocabulary.load()
    listing = catalog(index, material.findings, material.evidence, words)
    pages = card_pages((entry.model.file, entry.page) for entry in listing.entries)
    families, read = _families(listing), papers(listing)
    leaderboards = datasets(listing, words)
    measured = measured_on(leaderboards)
    meant = {entry.slug: meant_for(entry, words) for entry in listing.entries if entry.slug not in measured}
    measured |= {name: MeasuredOn(tasks=(task,)) for name, task in meant.items() if task}
    of_task = by_task(leaderboards)
    of_task |= dict.fromkeys(sorted({task for task in meant.values() if task} - of_task.keys()), ())
    tasks = sorted(of_task)
    dates = added(Path(index.root))
    profiles = {entry.slug: profile(entry, listing, dates.get(entry.file, "")) for entry in listing.entries}

    own = trained_on(leaderboards, profiles)

    def alike(entry: CatalogEntry, dataset: str) -> str:
        one = profiles[entry.slug]
        extra = dataset in own and one.extra_data(dataset)
        return ", ".join(filter(None, (one.size, "with extra data" if extra else "")))

    papers_of: dict[str, list[Paper]] = defaultdict(list)
    for paper in read:
        for entry in paper.entries:
            papers_of[entry.slug].append(paper)
    return PageContent(
        catalog=listing,
        families=families,
        datasets=leaderboards,
        headlines=headlines(leaderboards, len(listing.entries)),
        of_task=of_task,
        task_pages={task: f"tasks/{page}.md" for task, page in zip(tasks, links.assign(tasks), strict=True)},
        trained_on=own,
        ranks=ranks(leaderboards, alike),
        profiles=profiles,
        measured_on=measured,
        papers=read,
        family_of={family.name: family for family in families},
        papers_of=papers_of,
        attachments=Attachments(Path(index.root), pages),
        words=words,
        base_url=material.base_url.rstrip("/") + "/" if material.base_url else "",
        repository=repository_of(material.repository, Path(index.root)),
        name=material.name or "Model index",
        studies=material.studies,
    )


def _families(catalog: Catalog) -> tuple[Family, ...]:
    members: dict[str, list[CatalogEntry]] = defaultdict(list)
    for entry in catalog.entries:
        if entry.model.collection:
            members[entry.model.collection].append(entry)
    names = sorted({*members, *catalog.collections}, key=str.casefold)
    return tuple(
        Family(name=name, slug=page, collection=catalog.collections.get(name), entries=tuple(members[name]))
        for name, page in zip(names, links.assign(names), strict=True)
    )


def secrets_in(index: Index, config: Config) -> list[Finding]:
    """The secrets in cards that the configuration of whoever publishes does not let pass.

    Comments in the cards, and configurations beside them, are by those who wrote the secret.
    """
    if not selector(config.select, config.ignore)(SECRET_RULE):
        return []
    findings = check(index, config=replace(config, select=(SECRET_RULE,), ignore=()), comments=False)
    return [finding for finding in findings if finding.rule == SECRET_RULE]


def refuse_secrets(findings: Sequence[Finding]) -> None:
    """Publish nothing where there are such findings.

    Raises:
        SecretError: There are.
    """
    if findings:
        raise SecretError(
            "nothing is published: cards hold what looks like a secret; `ignore`, `per-file-ignores` or a baseline of "
            f"the folder that mir runs in lets {SECRET_RULE} pass"
        )
