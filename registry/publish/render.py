"""Pages as Markdown, from the templates."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from registry import numbers
from registry.evidence.beside import worded
from registry.publish import escape, rendered_prose, search_pages
from registry.publish.html_table import SHOWN_PARTS, STATIC_ROWS, HtmlTable
from registry.publish.links import Links, Page
from registry.resources import resource
from registry.types import Claim, UsageError
from registry.verify.conventions import CONVENTIONS


class Renderer:
    """Renders pages with the templates of the package, or with those of a folder that replace them.

    A name that a template uses and nobody defined is an error, and whatever a template prints is escaped for HTML and
    for Markdown at once.
    """

    def __init__(self, links: Links, templates: Path | None = None) -> None:
        """Set up.

        Raises:
            UsageError: There is no such folder.
        """
        self.links, self.templates = links, templates
        self._own = templates is None
        folders = [resource("site") / "templates"]
        if templates is not None:
            if not templates.is_dir():
                raise UsageError(f"'{templates}' is not a folder of templates")
            folders.insert(0, templates)
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            auto_reload=False,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=escape.inert,
        )
        self._environment.filters |= {
            "breakable": escape.breakable,
            "highlighted": rendered_prose.highlighted,
            "own_markdown": Markup,
            "short": numbers.short,
            "counted": numbers.counted,
            "percent": numbers.percent,
            "share": _share,
            "safe_url": escape.link,
            "worded": worded,
            "sentence": _sentence,
        }
        self._environment.globals |= {"exact": _exact, "static_rows": STATIC_ROWS, "shown_parts": SHOWN_PARTS}

    def render(self, page: Page) -> str:
        """The page as Markdown with its front matter.

        Raises:
            UsageError: A template of the user's is wrong.
        """
        try:
            template = self._environment.get_template(page.template)
            body = template.render(**page.context, page=page, to=partial(self.links.relative, page.path))
        except jinja2.TemplateError as error:
            if self._own:
                raise
            place = f" (line {error.lineno})" if isinstance(error, jinja2.TemplateSyntaxError) else ""
            raise UsageError(f"the template '{page.template}' cannot be rendered{place}: {error}") from error
        if page.search is not None:
            body = search_pages.found_by(page, body)
        return f"{self._front_matter(page)}\n{body}"

    def more_rows(self, table: HtmlTable, page: Page) -> str:
        """The rows of a table that do not stand in its page, as the script that brings them."""
        return table.more(partial(self.links.relative, page.path))

    def _front_matter(self, page: Page) -> str:
        """YAML that is JSON as well, so that no text in it can end it.

        Nothing is escaped that need not be: Zensical does not read a character of two escapes.
        """
        fields: dict[str, Any] = {"title": escape.title(page.title)}
        if page.description:
            fields["description"] = escape.title(page.description)
        if page.hide:
            fields["hide"] = list(page.hide)
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
        return "\n".join(("---", *lines, "---", ""))


def _exact(value: float, claim: Claim) -> str:
    """A measured value in the way that its claim is printed."""
    return numbers.beside(value, claim.reported, claim.kind)


def _share(part: float) -> str:
    """A part of a whole in percent; what is there is never none, and what is missing never all.

    >>> _share(0.0001), _share(0.25), _share(0.999), _share(1.0)
    ('<1%', '25%', '>99%', '100%')
    """
    if 0 < part < 0.01:
        return "<1%"
    return ">99%" if 0.99 < part < 1 else f"{100 * part:.0f}%"


def _sentence(text: str) -> str:
    """A reason as a sentence, which begins with a capital where a word of its own begins it.

    >>> _sentence("no convention fits"), _sentence("imported: not by mir"), _sentence("fvcore 0.1.5 counts this")
    ('No convention fits', 'Imported: not by mir', 'fvcore 0.1.5 counts this')
    """
    first = text.partition(" ")[0].removesuffix(":")
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() and first not in _TOOLS else text


_TOOLS = frozenset(name.partition(" ")[0] for name in CONVENTIONS)
"""Whose names are written small."""
