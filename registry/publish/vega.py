"""Vega: the specification of the plot, its drawing, and the script that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from registry.evidence.beside import SHOWN_VERDICTS, ShownVerdict, worded

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


def specification(verdicts: Sequence[ShownVerdict] = SHOWN_VERDICTS) -> dict[str, Any]:
    """A scatter plot in Vega-Lite, with the front as a line; the script puts in the models, the scales and the titles.

    Args:
        verdicts: Those of its legend.
    """
    scale = {"nice": False, "padding": 12}

    def of_verdict(*looks: str) -> dict[str, Any]:
        words = {"domain": [worded(verdict) for verdict in verdicts], "range": looks}
        return {"field": "verdict", "type": "nominal", "title": None, "scale": words}

    return {
        "width": 720,
        "height": 400,
        "config": {"view": {"stroke": None}, "legend": {"orient": "top"}},
        "data": {"name": "models"},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": {"type": "log", **scale},
                "axis": {"format": "~s", "grid": False, "labelFlush": True},
            },
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"zero": False, **scale},
                "axis": {"format": "~%"},
            },
        },
        "layer": [
            {
                "transform": [{"filter": "datum.front"}],
                "mark": {
                    "type": "line",
                    "interpolate": "step-after",
                    "strokeWidth": 1.5,
                    "opacity": 0.7,
                    "color": "#8a6d1f",
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 0.85, "cursor": "pointer"},
                "encoding": {
                    "color": of_verdict(*(_LOOKS[verdict][0] for verdict in verdicts)),
                    "shape": of_verdict(*(_LOOKS[verdict][1] for verdict in verdicts)),
                    "tooltip": [
                        {"field": "name", "type": "nominal", "title": "model"},
                        *({"field": field, "type": "nominal"} for field in ("cost", "result", "verdict")),
                    ],
                },
            },
        ],
    }


def filled(rows: Sequence[Mapping[str, Any]], *, x: str, y: str, form: str) -> str:
    """The specification of a drawing: with its rows, the titles of its axes, and the form of its y axis' numbers."""
    words = {row["verdict"] for row in rows}
    drawn = specification([verdict for verdict in SHOWN_VERDICTS if worded(verdict) in words])
    drawn["datasets"] = {"models": list(rows)}
    drawn["encoding"]["x"]["title"], drawn["encoding"]["y"]["title"] = x, y
    drawn["encoding"]["y"]["axis"]["format"] = form
    del drawn["layer"][1]["encoding"]["tooltip"]
    for layer in drawn["layer"]:
        layer["mark"]["aria"] = False
    drawn["config"] |= {"background": None, "font": "sans-serif"}
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
