"""One article: its text with what decided marked, its places and revisions; who may not read texts sees two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.actions.article import article_seen_by, note_reading
from desk.pages.incident import full_name, role_name, signal_name, web_address
from desk.pages.incident_marks import LETTERS, marked_text
from desk.permissions import Permission
from desk.snippets import snippet
from feeds.masking import masked

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of one article."""
    return [desk.route("/artikel/{number:int}", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show one article; that its text was read is noted."""
    number = call.number("number")
    stored = article_seen_by(call.store, call.actor, number)
    may_read = call.actor.may(Permission.BACA_TEKS)
    article, said = stored.article, call.store.assessments.of(number)
    source = call.tools.publish.sources.get(article.source_id)
    if may_read:
        note_reading(call.store, call.actor, number, call.now)
    incident = call.store.incidents.of_article(number)
    return call.page(
        "article.html",
        stored=stored,
        title=article.title if may_read else masked(article.title, article.text),
        snippet=snippet(masked(article.text[:4000]), ()),
        outlet=source.name if source is not None else article.source_id,
        tier=source.tier if source is not None else 3,
        link=web_address(article.url),
        said=said,
        signals=[signal_name(call, slug) for slug in said.flagged_signals] if said is not None else [],
        places=[
            (one.code, full_name(one.code, call.tools.gazetteer) or one.name, role_name(one.role.value, call))
            for one in (said.places if said is not None else ())
        ],
        marked=marked_text(
            article.title,
            article.text,
            said,
            lambda slug: signal_name(call, slug),
            lambda role, _: role_name(role, call),
            call.say,
        )
        if may_read
        else None,
        letters=LETTERS,
        incident=incident,
        has_task=call.actor.may(Permission.LABEL) and call.store.label_tasks.get(number) is not None,
    )
