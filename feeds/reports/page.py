"""A report as one page made for printing: no script, no picture from elsewhere, a policy that allows neither.

The style sheet is named in the policy by its hash (CSP Level 3, 8.3), so that nothing a text might smuggle in is styled
or run. A4 when printed, readable from 360 pixels on.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from feeds.reports import drawing
from feeds.reports.document import Facts, Items, Paragraph, Picture, Prompt, Table
from feeds.reports.wording import Level, Link, written

if TYPE_CHECKING:
    from feeds.reports.document import Document

TEMPLATES = Path(__file__).resolve().parent / "templates"
KINDS: dict[type[Any], str] = {
    Paragraph: "paragraph",
    Items: "items",
    Facts: "facts",
    Prompt: "prompt",
    Table: "table",
    Picture: "picture",
    Level: "level",
    Link: "link",
}


def page(document: Document) -> bytes:
    """Return the document as HTML in UTF-8."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    html = (
        _templates()
        .get_template("report.html")
        .render(
            document=document,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=f"sha256-{digest}",
            kind_of=kind_of,
            words=lambda value: written(value, document.timezone),
            svg=lambda drawn, alt: Markup(drawing.svg(drawn, alt)),  # noqa: S704 - it escapes its words
        )
    )
    return html.encode("utf-8", "replace")


def kind_of(value: Any) -> str:
    """Return what a block or cell is, by a word that the template knows."""
    if value == 0 and isinstance(value, int) and not isinstance(value, bool | date):
        return "zero"
    return KINDS.get(type(value), "text")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
