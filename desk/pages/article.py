"""One article: its text with what decided marked, its places and revisions; who may not read texts sees two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import InputError, UnknownItemError
from desk.actions.article import article_seen_by, ask_label, note_reading, place_means
from desk.pages.incident import full_name, role_name, signal_name, web_address
from desk.pages.incident_marks import LETTERS, marked_text
from desk.permissions import Permission
from desk.snippets import snippet
from desk.terminal.speech import reword
from feeds.masking import masked

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of one article."""
    here = "/artikel/{number:int}"
    return [
        desk.route(here, show, Permission.LIHAT),
        desk.route(f"{here}/label", ask_label_here, Permission.LABEL, methods=["POST"]),
        desk.route(f"{here}/nama", name_here, Permission.TINJAU, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show one article; that its text was read is noted."""
    return _page(call)


def ask_label_here(call: Call) -> Response:
    """Put the article in the label queue."""
    number = call.number("number")
    is_new = ask_label(call.store, call.actor, number, call.now)
    message = call.say("Masuk antrean label.", "It is in the label queue.")
    if not is_new:
        message = call.say("Sudah pernah masuk antrean label.", "It was in the label queue before.")
    return call.go(f"/artikel/{number}", message)


def name_here(call: Call) -> Response:
    """Say what a name of the article means."""
    number = call.number("number")
    codes = call.text("arti").replace(",", " ").split()
    try:
        place_means(call.store, call.tools.gazetteer, call.actor, number, call.text("nama"), codes, call.now)
    except (InputError, UnknownItemError) as error:
        return _page(call, wrong=reword(call.say, str(error)))
    message = call.say(
        "Arti nama disimpan; pembaca tempat belajar darinya.", "Kept; the reader of places learns of it."
    )
    return call.go(f"/artikel/{number}", message)


def _page(call: Call, *, wrong: str = "") -> Response:
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
        status=422 if wrong else 200,
        wrong=wrong,
        kept={"nama": call.text("nama"), "arti": call.text("arti")},
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
        has_task=call.store.label_tasks.get(number, stored.revision) is not None,
    )
