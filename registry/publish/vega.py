"""Vega: the specification of the plot, its drawing, and the script that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from registry.evidence.beside import SHOWN_VERDICTS, ShownVerdict, worded

_WIDTH, _HEIGHT = 720, 400
_LOOKS: dict[ShownVerdict, tuple[str, str]] = {
    "reproduced": ("#1a8f46", "circle"),
    "within-tolerance": ("#1a8f46", "square"),
    "refuted": ("#c8322b", "cross"),
    "unverifiable": ("#4a78c2", "diamond"),
    "error": ("#c8322b", "triangle-down"),
    "imported": ("#3f5f9f", "triangle-left"),
    "stale": ("#b07a00", "triangle-up"),
    "self-reported": ("#7a8290", "triangle-right"),
}
"""Colour and shape of each verdict, which a legend names by its word."""


def specification() -> dict[str, Any]:
    """A scatter plot with the front as a line; the script puts in the models, the scales and the titles."""
    import altair as alt

    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", nice=False, padding=12),
        axis=alt.Axis(format="~s", grid=False, labelFlush=True),
    )
    y = alt.Y("y:Q", scale=alt.Scale(zero=False, nice=False, padding=12), axis=alt.Axis(format="~%"))
    words = [worded(verdict) for verdict in SHOWN_VERDICTS]
    colours = alt.Scale(domain=words, range=[_LOOKS[verdict][0] for verdict in SHOWN_VERDICTS])
    shapes = alt.Scale(domain=words, range=[_LOOKS[verdict][1] for verdict in SHOWN_VERDICTS])
    points = (
        alt.Chart(alt.NamedData("models"))
        .mark_point(filled=True, size=60, opacity=0.85, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color("verdict:N", scale=colours, title=None),
            shape=alt.Shape("verdict:N", scale=shapes, title=None),
            tooltip=[alt.Tooltip("name:N", title="model"), "cost:N", "result:N", "verdict:N"],
        )
    )
    front = (
        alt.Chart(alt.NamedData("models"))
        .transform_filter("datum.front")
        .mark_line(interpolate="step-after", strokeWidth=1.5, opacity=0.7, color="#8a6d1f")
        .encode(x=x, y=y)
    )
    chart = alt.layer(front, points).properties(width=_WIDTH, height=_HEIGHT)
    plain: dict[str, Any] = chart.configure_view(stroke=None).configure_legend(orient="top").to_dict()
    return plain


def filled(rows: Sequence[Mapping[str, Any]], *, x: str, y: str, form: str) -> str:
    """The specification of a drawing: with its rows, the titles of its axes, and the form of its y axis' numbers."""
    drawn = specification()
    drawn["datasets"] = {"models": list(rows)}
    shown = {row["verdict"] for row in rows}
    kept = [verdict for verdict in SHOWN_VERDICTS if worded(verdict) in shown]
    drawn["layer"][1]["encoding"] |= {
        channel: {"field": "verdict", "type": "nominal", "title": None, "scale": scale}
        for channel, scale in (
            ("color", {"domain": [worded(each) for each in kept], "range": [_LOOKS[each][0] for each in kept]}),
            ("shape", {"domain": [worded(each) for each in kept], "range": [_LOOKS[each][1] for each in kept]}),
        )
    }
    for layer in drawn["layer"]:
        layer["mark"]["aria"] = False
        encoding = layer["encoding"]
        encoding.pop("tooltip", None)
        encoding["x"]["title"], encoding["y"]["title"] = x, y
        encoding["y"]["axis"]["format"] = form
    drawn["config"] = {**drawn["config"], "background": None, "font": "sans-serif"}
    return json.dumps(drawn)


def drawing(filled_specification: str) -> str:
    """A drawing as SVG, which takes a second or two to make."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(filled_specification, show_warnings=False)
    return svg


def script_path() -> str:
    """Where Vega is, from the site's root: a name that says which one."""
    return f"assets/mir/vega-{version('vl-convert-python')}.js"


def script() -> str:
    """Vega, Vega-Lite and vega-embed as one script, which defines `vegaEmbed`; it takes a second or two to make."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle
