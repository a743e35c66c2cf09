"""Pages as Markdown, from the templates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from registry.publish import escape, numbers
from registry.publish.links import Links
from registry.publish.page import Page
from registry.resources import resource
from registry.types import UsageError


class Renderer:
    """Renders pages with the templates of the package, or with those of a folder that replace them.

    A name that a template uses and nobody defined is an error, and everything is escaped for HTML unless it went
    through a filter that escapes it for Markdown.
    """

    def __init__(self, links: Links, templates: Path | None = None) -> None:
        self._links = links
        folders = [resource("site") / "templates"]
        if templates is not None:
            if not templates.is_dir():
                raise UsageError(f"'{templates}' is not a folder of templates")
            folders.insert(0, templates)
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters |= {
            "md": escape.markdown,
            "short": numbers.short,
            "percent": numbers.percent,
            "safe_url": escape.link,
        }
        self._environment.globals |= {"exact": numbers.exact}

    def render(self, page: Page) -> str:
        """The page as Markdown with its front matter.

        Raises:
            UsageError: A template of the user's is wrong.
        """
        try:
            template = self._environment.get_template(page.template)
            body = template.render(**page.context, page=page, to=partial(self._links.relative, page.path))
        except jinja2.TemplateError as error:
            place = f" (line {error.lineno})" if isinstance(error, jinja2.TemplateSyntaxError) else ""
            raise UsageError(f"the template '{page.template}' cannot be rendered{place}: {error}") from error
        return f"{_front_matter(page)}\n{body}"

    def all(self, pages: Iterable[Page]) -> Iterator[tuple[str, str]]:
        """Path and text of each page."""
        for page in pages:
            yield page.path, self.render(page)


def _front_matter(page: Page) -> str:
    """YAML that is JSON as well, so that no text in it can end it."""
    fields: dict[str, Any] = {"title": escape.title(page.title)}
    if page.description:
        fields["description"] = escape.title(page.description)
    lines = [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(("---", *lines, "---", ""))
