"""Articles of incidents, and the units of the gazetteer."""

from typing import Annotated

from fastapi import APIRouter, Query

from data.errors import UnknownItemError
from data.records import StoredArticle
from desk.actions.article import ask_label, place_means
from desk.actions.reading import read_text
from desk.api.bodies import Number, UnitQuery
from desk.api.door import Caller, CanLabel, CanReview, CanSee
from desk.api.incidents import incident_of
from desk.api.routing import operation
from desk.api.views import ArticleView, Done, Units, UnitView
from desk.api.work_bodies import TaughtName
from desk.permissions import Permission
from desk.place_search import search_of
from feeds.masking import masked

router = APIRouter()

SNIPPET = 260
"""Characters of the text's beginning that are told to everybody: three lines (UU 28/2014, article 43)."""


@operation(router, "GET", "/incidents/{number}/articles/{article}", errors=(404,))
def get_incident_article(number: Number, article: Number, caller: CanSee) -> ArticleView:
    """Tell an article of an incident: for whom has *baca_teks* its text, and that they read it is logged.

    For others its beginning and its link, with the names of suspects, victims and children as initials.
    """
    incident = incident_of(caller, number)
    if caller.actor.may(Permission.BACA_TEKS):
        return article_view(read_text(caller.store, caller.actor, number, article, caller.now), number, whole=True)
    stored = caller.store.articles.get(article) if article in incident.article_ids else None
    if stored is None:
        raise UnknownItemError("article", article)
    return article_view(stored, number, whole=False)


@operation(router, "POST", "/articles/{article}/label-task", errors=(404,), status=201)
def ask_for_label(article: Number, caller: CanLabel) -> Done:
    """Put an article's present text in the label queue, as one that was perhaps missed; false where it is there."""
    return Done(changed=ask_label(caller.store, caller.actor, article, caller.now))


@operation(router, "POST", "/articles/{article}/names", errors=(404,), status=201)
def teach_place_name(article: Number, body: TaughtName, caller: CanReview) -> Done:
    """Say what a name means in an article of no incident; it is taught to the reader of places."""
    place_means(caller.store, caller.tools.gazetteer, caller.actor, article, body.nama, body.tempat, caller.now)
    return Done(changed=True)


def article_view(stored: StoredArticle, incident_id: int | None, *, whole: bool) -> ArticleView:
    """Return an article, with its text and its names or without either."""
    article = stored.article
    return ArticleView.from_record(
        stored,
        source_id=article.source_id,
        url=article.url,
        title=article.title if whole else masked(article.title, article.text),
        snippet=masked(beginning(article.text)),
        text=article.text if whole else None,
        published=article.published,
        incident_id=incident_id,
    )


def beginning(text: str) -> str:
    """Return the first words of a text, no word cut."""
    plain = " ".join(text[: SNIPPET * 2].split())
    return plain if len(plain) <= SNIPPET else plain[:SNIPPET].rpartition(" ")[0] + " …"


@operation(router, "GET", "/units")
def find_units(query: Annotated[UnitQuery, Query()], caller: CanSee) -> Units:
    """Find units of the gazetteer by name, beginning or code; *Sidomulyo, Wates* says in what it lies."""
    found = search_of(caller.tools.gazetteer).find(query.q, query.dekat or "")
    return Units(items=tuple(_unit(caller, one.code) for one in found))


@operation(router, "GET", "/units/{code}", errors=(404,))
def get_unit(code: str, caller: CanSee) -> UnitView:
    """Tell one unit of the gazetteer; of an older code which one is in use now."""
    return _unit(caller, code)


def _unit(caller: Caller, code: str) -> UnitView:
    unit = caller.tools.gazetteer.unit(code)
    return UnitView.from_record(unit, level=int(unit.level), timezone=unit.timezone)
