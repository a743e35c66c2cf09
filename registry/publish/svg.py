"""Whether a drawing only draws: every element and attribute is one of those that nothing can be done with but draw."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

_NAMESPACES = {"http://www.w3.org/2000/svg": "", "http://www.w3.org/XML/1998/namespace": "xml:"}
_XLINK = "http://www.w3.org/1999/xlink"
_METADATA = re.compile(
    r"http://(www\.w3\.org/1999/02/22-rdf-syntax-ns|purl\.org/dc/|creativecommons\.org/ns|web\.resource\.org/cc/"
    r"|www\.inkscape\.org/namespaces/|sodipodi\.sourceforge\.net/|ns\.adobe\.com/|www\.bohemiancoding\.com/|schema\.org)"
)
"""Namespaces of what drawing programs note down, which browsers know nothing of."""

_ELEMENTS = frozenset(
    """circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
    feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
    feTurbulence filter g image line linearGradient marker mask metadata path pattern polygon polyline radialGradient
    rect stop style svg switch symbol text textPath title tspan use view""".split()  # noqa: SIM905 - read more easily
)
_ATTRIBUTES = frozenset(
    """alignment-baseline amplitude azimuth baseFrequency baseProfile baseline-shift bias class clip clip-path
    clip-rule clipPathUnits color color-interpolation color-interpolation-filters color-rendering contentScriptType
    contentStyleType cursor cx cy d diffuseConstant direction display divisor dominant-baseline dx dy edgeMode
    elevation enable-background exponent fill fill-opacity fill-rule filter filterRes filterUnits flood-color
    flood-opacity font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch font-style
    font-variant font-weight fr fx fy gradientTransform gradientUnits height href id image-rendering in in2 intercept
    isolation k1 k2 k3 k4 kernelMatrix kernelUnitLength lang lengthAdjust letter-spacing lighting-color
    limitingConeAngle marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask mask-type
    maskContentUnits maskUnits mix-blend-mode mode numOctaves offset opacity operator order orient overflow
    paint-order pathLength patternContentUnits patternTransform patternUnits pointer-events points pointsAtX
    pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY requiredExtensions
    requiredFeatures result role rotate rx ry scale seed shape-rendering side slope space specularConstant
    specularExponent spreadMethod startOffset stdDeviation stitchTiles stop-color stop-opacity stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
    style surfaceScale systemLanguage tableValues targetX targetY text-align text-anchor text-decoration
    text-rendering textLength transform transform-origin type unicode-bidi values vector-effect version viewBox
    visibility white-space width word-spacing writing-mode x x1 x2 xChannelSelector xml:id xml:lang xml:space
    y y1 y2 yChannelSelector z zoomAndPan""".split()  # noqa: SIM905 - as above
)
_HREF = re.compile(r"#[^\s]*|data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
"""A part of the drawing itself, or a picture that stands in it."""

_CALLS = re.compile(
    r"@|\\|/\*|expression|behavio|-moz-binding|javascript:|image-set|src\s*\(|"
    r"url\s*\((?!\s*['\"]?\s*(#|data:image/(png|jpe?g|gif|webp)))",
    re.IGNORECASE,
)
"""What a style can fetch or run something with: rules that import, escapes that hide words, addresses elsewhere."""

_DEEPEST = 100


class _RefusedError(Exception):
    """The drawing may do something."""


def only_draws(data: bytes) -> bool:
    """Whether an SVG file is well formed and holds nothing that could run, ask another host or show other documents."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False  # whoever shows it might take another encoding for it than the one that it was read in here
    parser = expat.ParserCreate(namespace_separator=" ")
    handler = _Handler()
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.XmlDeclHandler = handler.declaration
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except (_RefusedError, expat.ExpatError, ValueError, LookupError):
        return False
    return handler.is_svg


class _Handler:
    """What the parser meets."""

    def __init__(self) -> None:
        self.is_svg = False
        self._above: list[str] = []
        self._style: list[str] = []

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
            raise _RefusedError

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        in_svg = _NAMESPACES.get(namespace) == ""
        if not self._above:
            self.is_svg = in_svg and element == "svg"
        if not in_svg and not (_METADATA.match(namespace) and self._is_noted()):
            raise _RefusedError
        if in_svg and element not in _ELEMENTS:
            raise _RefusedError
        self._above.append(element if in_svg else "metadata")
        if len(self._above) > _DEEPEST:
            raise _RefusedError
        for attribute, value in attributes.items():
            self._attribute(attribute, value)

    def _is_noted(self) -> bool:
        return "metadata" in self._above or len(self._above) == 1  # some programs note things at the top

    def _attribute(self, attribute: str, value: str) -> None:
        namespace, _, name = attribute.rpartition(" ")
        if namespace == _XLINK:
            if name != "href":
                if name in ("type", "title", "role", "show", "actuate", "arcrole"):
                    return
                raise _RefusedError
        elif _METADATA.match(namespace):
            return
        elif namespace and namespace not in _NAMESPACES:
            raise _RefusedError
        elif not namespace and (name.startswith(("data-", "aria-")) and name.isascii()):
            return
        elif _NAMESPACES.get(namespace, "") + name not in _ATTRIBUTES:
            raise _RefusedError
        if name == "href":
            if not _HREF.fullmatch(value.strip()):
                raise _RefusedError
        elif _CALLS.search(value):
            raise _RefusedError

    def text(self, text: str) -> None:
        if self._above and self._above[-1] == "style":
            self._style.append(text)

    def end(self, name: str) -> None:  # noqa: ARG002
        if self._above.pop() == "style":
            if _CALLS.search("".join(self._style)):
                raise _RefusedError
            self._style.clear()


def _refuse(*_: Any) -> int:
    raise _RefusedError
