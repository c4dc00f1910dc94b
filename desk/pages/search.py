"""Search: articles by what stands in them, with the filters of the queue; snippets and links for everybody."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from data.records import Modality
from data.store.article_search import MOST_COUNTED, ArticleFilter, Place
from data.store.matching import read_terms
from desk.pages.incident import signal_name, web_address
from desk.permissions import Permission
from desk.snippets import marked, snippet
from feeds.masking import masked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.store.article_search import Found
    from data.store.matching import Term
    from data.taxonomy import Taxonomy
    from desk.frame import Call, Desk

PAGE: Final = 20
LONGEST: Final = 200
STEPS: Final = (
    ("kata di judul", "words in the title"),
    ("kata di teks", "words in the text"),
    ("bentuk kata lain", "other forms of the words"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked the search for: each field is a parameter of the address, empty for "all"."""

    q: str = ""
    sinyal: str = ""
    modalitas: str = ""
    tingkat: str = ""
    wilayah: str = ""
    media: str = ""
    dari: str = ""
    sampai: str = ""
    ditandai: str = ""
    urut: str = ""

    def link(self, **changed: str) -> str:
        """Return the address of the search with some filters changed."""
        now = replace(self, **changed)
        told = {one.name: value for one in fields(self) if (value := getattr(now, one.name))}
        return "/cari" + (f"?{urlencode(told)}" if told else "")

    @property
    def narrowed(self) -> int:
        """Return how many filters are set."""
        names = ("sinyal", "modalitas", "tingkat", "wilayah", "media", "dari", "sampai", "ditandai")
        return sum(1 for name in names if getattr(self, name))


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the search."""
    return [desk.route("/cari", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Search, and show a page of what was found."""
    asked = asked_of(dict(call.request.query_params), call.tools.taxonomy, call.tools.publish.sources)
    terms = call.store.article_search.widened(read_terms(asked.q))
    wanted = filter_of(asked, terms, call.actor.user.regions, call.desk.zone)
    after = place_of(call.asked("setelah"))
    found = call.store.article_search.page(wanted, PAGE, after)
    count = len(found.hits) if after is None and found.next is None else None
    if after is None and found.next is not None and found.hits:
        count = call.store.article_search.count(wanted)
    return call.page(
        "search.html",
        asked=asked,
        rows=rows_of(call, found, terms),
        next=f"{found.next.step}~{found.next.id}" if found.next is not None else "",
        is_cut=found.is_cut,
        is_first=after is None,
        count=count,
        most=MOST_COUNTED,
        only_excluded=bool(terms) and all(term.excluded for term in terms),
        forms=[(term.words[0], len(term.others)) for term in terms if term.others],
        signals=call.tools.taxonomy.signals,
        modalities=[one.value for one in Modality],
        outlets=sorted(((one.id, one.name) for one in call.tools.publish.sources.values()), key=lambda one: one[1]),
        steps=STEPS,
    )


def asked_of(parameters: Mapping[str, str], taxonomy: Taxonomy, sources: Mapping[str, object]) -> Asked:
    """Return the filters of an address; what is none that we know is left out rather than failing the page."""
    given = {one.name: parameters.get(one.name, "").strip() for one in fields(Asked)}
    known: dict[str, set[str]] = {
        "sinyal": set(taxonomy.slugs),
        "modalitas": {one.value for one in Modality},
        "tingkat": {"1", "2", "3", "4"},
        "ditandai": {"ya", "tidak"},
        "media": set(sources),
        "urut": {"baru"},
    }
    kept = {name: value for name, value in given.items() if name not in known or value in known[name]}
    if not all(part.isascii() and part.isdecimal() for part in kept["wilayah"].split(".")):
        kept["wilayah"] = ""
    for name in ("dari", "sampai"):
        kept[name] = kept[name] if _day(kept[name]) is not None else ""
    kept["q"] = kept["q"][:LONGEST]
    return replace(Asked(), **kept)


def filter_of(asked: Asked, terms: Sequence[Term], regions: tuple[str, ...], zone: ZoneInfo) -> ArticleFilter:
    """Return what the store is asked; days are those of the desk's calendar."""
    first, last = _day(asked.dari), _day(asked.sampai)
    return ArticleFilter(
        terms=tuple(terms),
        regions=regions,
        signal=asked.sinyal,
        modality=asked.modalitas,
        place=asked.wilayah,
        source=asked.media,
        since=_midnight(first, zone) if first is not None else None,
        until=_midnight(last + timedelta(days=1), zone) if last is not None else None,
        min_severity=int(asked.tingkat or 0),
        flagged={"ya": True, "tidak": False}.get(asked.ditandai),
        newest=asked.urut == "baru",
    )


def place_of(text: str) -> Place | None:
    """Return the key that an address goes on from; None where it is none."""
    step, _, number = text.partition("~")
    if step not in {"0", "1", "2"} or not number.isascii() or not number.isdecimal() or len(number) > 12:
        return None
    return Place(int(step), int(number))


def rows_of(call: Call, found: Found, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Return what the page shows of each article that was found, in their order."""
    ids = [number for number, _ in found.hits]
    stored = {one.id: one for one in call.store.articles.many(ids)}
    judged = call.store.assessments.of_many(ids)
    incidents = call.store.article_search.incidents_of(ids)
    whole = call.actor.may(Permission.BACA_TEKS)
    rows = []
    for number, step in found.hits:
        if number not in stored:
            continue
        article = stored[number].article
        said = judged[number].assessment if number in judged else None
        # Names of victims and suspects are not for who may not read the texts.
        title = article.title if whole else masked(article.title, article.text)
        text = article.text if whole else masked(article.text[:4000])
        source = call.tools.publish.sources.get(article.source_id)
        rows.append(
            {
                "id": number,
                "title": marked(title, terms),
                "snippet": snippet(text, terms),
                "outlet": source.name if source is not None else article.source_id,
                "published": article.published or stored[number].first_seen,
                "link": web_address(article.url),
                "incident": incidents.get(number),
                "flagged": said is not None and said.flagged,
                "severity": said.severity if said is not None else None,
                "modality": said.modality.value if said is not None else "",
                "signals": [signal_name(call, slug) for slug in said.flagged_signals] if said is not None else [],
                "withdrawn": stored[number].withdrawn_at is not None,
                "step": step,
            }
        )
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
