"""Pages as Markdown, from the templates."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from registry import numbers
from registry.evidence.status import worded
from registry.publish import escape, prose
from registry.publish.links import Links
from registry.publish.page import Page
from registry.publish.table import STATIC_ROWS, HtmlTable, exact
from registry.resources import resource
from registry.types import UsageError


class Renderer:
    """Renders pages with the templates of the package, or with those of a folder that replace them.

    A name that a template uses and nobody defined is an error, and whatever a template prints is escaped for HTML and
    for Markdown at once.
    """

    def __init__(self, links: Links, templates: Path | None = None, *, searched: bool = False) -> None:
        """Set up.

        Args:
            links: How pages are addressed.
            templates: The folder of templates that replace those of the package.
            searched: Whether the builder's own search reads every page.

        Raises:
            UsageError: There is no such folder.
        """
        self.links = links
        self._searched = searched
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
            "highlighted": prose.highlighted,
            "own_markdown": Markup,
            "short": numbers.short,
            "percent": numbers.percent,
            "safe_url": escape.link,
            "worded": worded,
        }
        self._environment.globals |= {"exact": exact, "static_rows": STATIC_ROWS}

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
        return f"{self._front_matter(page)}\n{body}"

    def more_rows(self, table: HtmlTable, page: Page) -> str:
        """The rows of a table that do not stand in its page, as the script that brings them."""
        template = self._environment.get_template("rows.html.j2")
        rows = template.render(table=table, rows=table.rows[STATIC_ROWS:], to=partial(self.links.relative, page.path))
        return f"(window.mirRows ??= {{}})[{json.dumps(table.id)}] = {json.dumps(rows, ensure_ascii=False)};\n"

    def _front_matter(self, page: Page) -> str:
        """YAML that is JSON as well, so that no text in it can end it."""
        fields: dict[str, Any] = {"title": escape.title(page.title)}
        if page.description:
            fields["description"] = escape.title(page.description)
        if page.hide:
            fields["hide"] = list(page.hide)
        if page.search is not None and not self._searched:
            fields["search"] = {"exclude": True}
        lines = [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
        return "\n".join(("---", *lines, "---", ""))
