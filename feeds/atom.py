"""Alerts as an Atom feed (RFC 4287) with GeoRSS points (GeoRSS Simple) and the links of paged feeds (RFC 5005)."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from feeds import changed_last
from feeds.items import SEVERITY_NAMES, STATE_NAMES
from feeds.markup import DECLARATION, attribute, batches, element, escape, link, stamp, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data.records import AlertState
    from feeds import Channel
    from feeds.items import AlertItem, Told

NAMES: Final = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss" '
    'xmlns:fh="http://purl.org/syndication/history/1.0"'
)
MEDIA_TYPE: Final = "application/atom+xml"


def atom(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the feed as UTF-8 XML, in the order of the items; an entry keeps its id over all revisions.

    Categories have a scheme for each kind of term: sinyal, tingkat, urgensi, modalitas, wilayah, status, keadaan.
    """
    updated, items = changed_last(items, channel)
    head = [
        DECLARATION,
        f'<feed {NAMES} xml:lang="id">\n',
        element("id", channel.tag(channel.name)),
        f"<title>{words(channel.heading)}</title>",
        f"<subtitle>{words(channel.statement)}</subtitle>",
        element("updated", stamp(updated)),
        f"<author><name>Kentongan</name>{element('email', channel.email) if channel.email else ''}</author>",
        "<generator>Kentongan</generator>",
        f"<rights>{words(channel.rights)}</rights>",
        link(channel.url_of("atom"), "self", type=MEDIA_TYPE),
        link(channel.home, "alternate", type="text/html"),
        link(channel.rights_url, "license"),
    ]
    if channel.page is not None:
        head += [link(address, relation, type=MEDIA_TYPE) for relation, address in channel.page.links]
        head += ["<fh:complete/>"] if channel.page.complete else []
    schemes = tuple((kind, attribute(channel.tag(kind))) for kind in KINDS)
    return batches(
        chain(
            ["\n".join(filter(None, head))], (_entry(item.told(), channel, schemes) for item in items), ["\n</feed>\n"]
        )
    )


KINDS: Final = ("sinyal", "tingkat", "urgensi", "modalitas", "wilayah", "status", "keadaan")


Schemes = tuple[tuple[str, str], ...]
"""Kind of category and its scheme, escaped."""


def terms(told: Told) -> list[tuple[str, str, str]]:
    """Return kind, term and label of each category of an alert; Atom and RSS have the same."""
    return [*_terms(_level(told)), *[("wilayah", place.code, place.name) for place in told.places]]


Level = tuple[tuple[str, ...], tuple[str, ...], tuple[int, str, str], str, "AlertState", bool]
"""What categories are made of, but for the places: a few hundred combinations are all that come."""


def _level(told: Told) -> Level:
    level = (told.severity, told.urgency, told.modality)
    return told.signals, told.signal_names, level, told.status, told.state, told.exercise


@lru_cache(maxsize=4096)
def _terms(level: Level) -> tuple[tuple[str, str, str], ...]:
    """Return the categories but for the places."""
    signals, names, (severity, urgency, modality), status, state, exercise = level
    drill = [("keadaan", "exercise", "latihan")] if exercise else []
    return (
        *[("sinyal", signal, name) for signal, name in zip(signals, names, strict=False)],
        ("tingkat", str(severity), SEVERITY_NAMES[severity]),
        ("urgensi", urgency, urgency),
        ("modalitas", modality, modality),
        ("status", status.replace(" ", "_"), status),
        ("keadaan", state, STATE_NAMES[state]),
        *drill,
    )


def _entry(told: Told, channel: Channel, schemes: Schemes) -> str:
    categories = _categories(schemes, _level(told)) + "".join(
        [_category(schemes, "wilayah", place.code, place.name) for place in told.places]
    )
    relation, links = "alternate", ""
    for outlet, url, *_ in told.sources:
        if url:
            said = f' title="{attribute(outlet)}"' if outlet else ""
            links += f'<link rel="{relation}" href="{attribute(url)}" hreflang="id"{said}/>'
            relation = "related"
    if channel.base_url:
        message = attribute(channel.message_url(told.incident_id))
        links += f'<link rel="alternate" type="application/cap+xml" href="{message}"/>'
    place, updated = told.point, stamp(told.at)
    published = updated if told.raised_at == told.at else stamp(told.raised_at)
    return (
        f"\n<entry><id>{escape(told.uid)}</id><title>{escape(told.headline)}</title>"
        f"<published>{published}</published><updated>{updated}</updated>"
        f"{links}{categories}{point(place.point) if place and place.point else ''}"
        f'<content type="text">{escape(told.body)}</content></entry>'
    )


@lru_cache(maxsize=4096)
def _categories(schemes: Schemes, level: Level) -> str:
    return "".join([_category(schemes, kind, term, label) for kind, term, label in _terms(level)])


@lru_cache(maxsize=8192)
def _category(schemes: Schemes, kind: str, term: str, label: str) -> str:
    scheme = dict(schemes)[kind]
    return f'<category term="{attribute(term)}" scheme="{scheme}" label="{attribute(label)}"/>'


@lru_cache(maxsize=8192)
def point(where: tuple[float, float]) -> str:
    """Return latitude and longitude as a GeoRSS point, to a metre."""
    return f"<georss:point>{where[0]:.5f} {where[1]:.5f}</georss:point>"
