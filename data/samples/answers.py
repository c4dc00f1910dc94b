"""What a sample site answers to one request, before it goes on the wire, and the pieces of pages all sites share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.samples.network import Post

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, type and bytes; with ``validators`` the server adds an ETag and answers 304 to a matching request.

    ``declared_length`` lies about the length (the body is then cut off). ``drip`` sends the body in small bits over
    the server's ``slow_s`` seconds.
    """

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    validators: bool = False
    last_modified: datetime | None = None
    declared_length: int | None = None
    drip: bool = False


class Site(Protocol):
    """What answers for a host: ``query`` has the first value of each key; ``at`` is the moment (None: the end)."""

    def answer(self, path: str, query: Mapping[str, str], at: datetime | None) -> Answer:
        """Return the answer to a GET."""
        ...


def redirect(location: str, status: int = 302) -> Answer:
    """Return a redirect with an empty body."""
    return Answer(b"", status=status, headers=(("Location", location),))


def render(template: str, **values: object) -> str:
    """Return a page from ``templates/``; values are escaped unless they are markup."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


AD = Markup(
    '<div class="container container-bn container-bn-ds"><div class="row"><div class="bn-content"><div class="bn-inner '
    'bn-ds-7"><ins class="adsbygoogle" data-ad-slot="7">Pasang iklan di sini: 0751-000000</ins></div></div></div></div>'
)


def body_html(
    post: Post, *, first: int = 0, last: int | None = None, read_more: bool = True, ads: bool = True
) -> Markup:
    """Return paragraphs ``first`` to ``last`` as editors type them: in the piece's layout, with ad and "Baca juga".

    The sign-off closes the last paragraph of the whole text, with no space before it, as in print.
    """
    lines = list(post.paragraphs)
    lines[-1] += post.signoff
    inserts: dict[int, Markup] = {}
    if post.byline:
        inserts[0] = Markup("<p><em>{}</em></p>\n").format(post.byline)
    if read_more and post.read_more:
        inserts[1] = Markup('<p><strong>Baca juga: <a href="/{}">{}</a></strong></p>').format("", post.read_more)
    if ads:
        inserts[2] = AD
    if "hotlink" in post.traits:
        inserts[3] = Markup('<p><img src="http://gambar.test/kiriman-pembaca.jpg" alt="" width="640"/></p>\n')
    if "embed" in post.traits:
        inserts[4] = Markup('<iframe src="about:blank" width="560" height="315" allowfullscreen></iframe>\n')
    shown = lines[first:last]
    if post.layout == "br":
        return Markup("<br /><br />\n").join(escape(line) for line in shown)
    if post.layout == "one":
        return Markup("<p>{}</p>").format(" ".join(shown))
    wrap = {
        "p": Markup("<p>{}</p>\n"),
        "div": Markup('<div dir="auto">{}</div><div dir="auto">&nbsp;</div>\n'),
        # What Word leaves behind when it is pasted.
        "word": Markup(
            '<p class="MsoNormal" style="text-align:justify"><span lang="IN" style="font-size:12.0pt">{}<o:p></o:p>'
            "</span></p>\n"
        ),
    }[post.layout]
    parts = []
    for index, line in enumerate(shown, start=first):
        parts.append(inserts.pop(index, Markup("")))
        parts.append(wrap.format(line))
    return Markup("").join(parts)


def excerpt(text: str, length: int) -> str:
    """Return the text cut at ``length`` characters with three dots, as list cards do it."""
    return text if len(text) <= length else text[:length] + "..."
