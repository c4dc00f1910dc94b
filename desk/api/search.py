"""The search for articles, and one article by its number, whether it is in an incident or not."""

from typing import Annotated

from fastapi import APIRouter, Query

from data.records import StoredArticle
from data.store.article_search import ArticleFilter, Place
from data.store.matching import read_terms
from desk.actions.article import article_seen_by, note_reading
from desk.api.answers import cursor_of, read_cursor
from desk.api.bodies import Number, SearchQuery
from desk.api.door import Caller, CanSee
from desk.api.reading import article_view
from desk.api.routing import operation
from desk.api.views import ArticleHit, ArticlePage, ArticleView
from desk.permissions import Permission
from desk.snippets import snippet
from feeds.masking import masked

router = APIRouter(prefix="/articles")

READ_OF_TEXT = 4000
"""Characters of a text in which names are masked for a snippet."""


@operation(router, "GET", "")
def search_articles(query: Annotated[SearchQuery, Query()], caller: CanSee) -> ArticlePage:
    """Search for articles: words and their other forms, `"a phrase"`, `begin*`, `-without`.

    What has the words in its title comes first, then in its text, then other forms of them; within each the newest.
    """
    parts = read_cursor(query.cursor, (int, int))
    terms = caller.store.article_search.widened(read_terms(query.q))
    asked = ArticleFilter(
        terms=terms,
        regions=caller.actor.user.regions,
        signal=query.sinyal or "",
        modality=query.modalitas.value if query.modalitas is not None else "",
        place=query.wilayah or "",
        source=query.sumber or "",
        min_severity=query.tingkat or 0,
        flagged=query.ditandai,
        newest=query.urut == "terbaru",
    )
    found = caller.store.article_search.page(asked, query.limit, Place(*parts) if parts else None)
    ids = [number for number, _ in found.hits]
    incidents = caller.store.article_search.incidents_of(ids)
    whole = caller.actor.may(Permission.BACA_TEKS)

    def hit(stored: StoredArticle) -> ArticleHit:
        article = stored.article
        # Names of victims and suspects are not for who may not read the texts.
        text = article.text if whole else masked(article.text[:READ_OF_TEXT])
        return ArticleHit.from_record(
            stored,
            source_id=article.source_id,
            url=article.url,
            title=article.title if whole else masked(article.title, article.text),
            snippet="".join(cut.text for cut in snippet(text, terms)),
            published=article.published,
            incident_id=incidents.get(stored.id),
        )

    following = cursor_of(found.next.step, found.next.id) if found.next is not None else None
    return ArticlePage(items=tuple(hit(one) for one in caller.store.articles.many(ids)), next=following)


@operation(router, "GET", "/{article}", errors=(404,))
def get_article(article: Number, caller: CanSee) -> ArticleView:
    """Tell an article: for whom has *baca_teks* its text, and that they read it is logged; for others its beginning."""
    stored = article_seen_by(caller.store, caller.actor, article)
    whole = caller.actor.may(Permission.BACA_TEKS)
    if whole:
        note_reading(caller.store, caller.actor, article, caller.now)
    return article_view(stored, _incident_of(caller, article), whole=whole)


def _incident_of(caller: Caller, article: int) -> int | None:
    return caller.store.article_search.incidents_of([article]).get(article)
