"""The sources: health, the worst first; one source with all that is known of it; pause, enable, add with a preview."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from classifiers.timeliness import by_source
from data.errors import InputError, UnknownItemError
from desk.actions.previewing import add_site, look_at_site
from desk.actions.sourcing import switch_source
from desk.permissions import Permission
from desk.terminal.timeliness import LEGS
from flows.coverage import coverage_of
from flows.watch import Health, health_as_told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Source
    from desk.frame import Call, Desk

DAYS: Final = 7
KEPT_FOR: Final = timedelta(minutes=10)
"""How long coverage and timeliness are shown before they are worked out anew: both read a week of articles."""
LOOKS: Final = 20
ITEMS: Final = 20
ALARMS: Final = 20
SNIPPET: Final = 900
FORM: Final = ("alamat", "id", "nama", "tier", "wilayah")


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the sources."""
    see, change = Permission.LIHAT, Permission.SUMBER
    return [
        desk.route("/sumber", show, see),
        desk.route("/sumber/cakupan", show_coverage, see),
        desk.route("/sumber/tambah", show_form, change),
        desk.route("/sumber/tambah", look, change, methods=["POST"]),
        desk.route("/sumber/tambah/simpan", keep, change, methods=["POST"]),
        desk.route("/sumber/{id}", show_one, see),
        desk.route("/sumber/{id}/alih", switch, change, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the health of every source, the worst first, or of those that were asked for."""
    sources = call.tools.load_sources()
    lines = health_as_told(sources.values(), call.store, call.now)
    counts = {health: sum(line.health is health for line in lines) for health in Health}
    health, province, words = call.asked("keadaan"), call.asked("provinsi"), call.asked("q").casefold()
    shown = [
        line
        for line in lines
        if (not health or line.health == health)
        and (not province or province in sources[line.source_id].provinces)
        and (not words or words in f"{line.source_id} {sources[line.source_id].name}".casefold())
    ]
    codes = sorted({code for source in sources.values() for code in source.provinces})
    return call.page(
        "sources.html",
        lines=shown,
        sources=sources,
        counts={name: count for name, count in counts.items() if count},
        asked={"keadaan": health, "provinsi": province, "q": call.asked("q")},
        provinces=[(code, call.tools.gazetteer.name(code)) for code in codes if code in call.tools.gazetteer],
    )


def show_coverage(call: Call) -> Response:
    """Show from which provinces anything is read."""
    coverage = _coverage.get(call, _read_coverage)
    gazetteer = call.tools.gazetteer
    province = call.asked("provinsi")
    if province and province not in coverage:
        raise UnknownItemError("region", province)
    below = [one for code, one in coverage.items() if province and code.startswith(f"{province}.")]
    return call.page(
        "sources_coverage.html",
        rows=below or [one for code, one in coverage.items() if len(code) == len("13")],
        province=province,
        days=DAYS,
        name=gazetteer.name,
    )


def show_one(call: Call) -> Response:
    """Show one source: health, what it last printed, how its last looks ended, how soon its news is here."""
    source = _source(call)
    sources = call.tools.load_sources()
    line = health_as_told([source], call.store, call.now)[0]
    state = call.store.sources.state(source.id)
    looks = call.store.runs.tallies_of(source.id, call.now - timedelta(days=DAYS), limit=LOOKS)
    alarms = call.store.source_alarms.history(source.id, limit=ALARMS)
    return call.page(
        "source.html",
        source=source,
        line=line,
        state=state,
        on=source.enabled and state.enabled,
        items=call.store.articles.recent(limit=ITEMS, source_id=source.id),
        looks=looks,
        alarms=alarms,
        timeliness=_timeliness.get(call, _read_timeliness).get(source.id),
        legs=LEGS,
        days=DAYS,
        copies=[one for one in sources.values() if source.network and one.network == source.network and one != source],
        place=lambda code: call.tools.gazetteer.name(code) if code in call.tools.gazetteer else code,
    )


def switch(call: Call) -> Response:
    """Pause a source, or read it again."""
    source, on = _source(call), call.text("ke") == "aktif"
    if call.text("ke") not in {"aktif", "henti"}:
        raise InputError("ke is aktif or henti")
    why = call.text("alasan")
    done = switch_source(
        call.store, call.tools.settings.user_catalogue, source, call.actor.name, call.now, on=on, why=why
    )
    told = call.say("dibaca lagi.", "is read again.") if on else call.say("dihentikan.", "is paused.")
    unchanged = call.say("sudah begitu.", "was so already.")
    return call.go(f"/sumber/{source.id}", f"{source.name} {told if done else unchanged}")


# Adding one.


def show_form(call: Call) -> Response:
    """Show the form for a new source."""
    return call.page("source_add.html", asked=dict.fromkeys(FORM, ""), preview=None, token="")


def look(call: Call) -> Response:
    """Look at a site and show what would be read of it."""
    form = {name: call.text(name) for name in FORM}
    token, preview = look_at_site(call.tools, call.actor, form, call.now)
    article = preview.check.article
    return call.page(
        "source_add.html",
        asked=form,
        preview=preview,
        token=token,
        text=(article.text[:SNIPPET] + ("…" if len(article.text) > SNIPPET else "")) if article else "",
        words=len(article.text.split()) if article else 0,
    )


def keep(call: Call) -> Response:
    """Add the site that was looked at."""
    source = add_site(call.tools, call.actor, call.text("pratinjau"), call.now)
    told = call.say(f"{source.name} ditambahkan; dibaca mulai perayapan berikutnya.", f"{source.name} was added.")
    return call.go("/sumber", told)


class _Lately:
    """What takes long to work out, kept for a while; one thread works it out, others wait for it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, Any]] = {}
        self._guard = threading.Lock()

    def get(self, call: Call, read: Callable[[Call], Any]) -> Any:
        with self._guard:
            found = self._kept.get(call.store.name)
            if found is None or not timedelta(0) <= call.now - found[0] < KEPT_FOR:
                found = (call.now, read(call))
                self._kept = {call.store.name: found}
            return found[1]


_coverage, _timeliness = _Lately(), _Lately()


def _read_coverage(call: Call) -> Any:
    sources = call.tools.load_sources().values()
    return coverage_of(call.store, sources, call.tools.gazetteer, call.now - timedelta(days=DAYS), call.now)


def _read_timeliness(call: Call) -> Any:
    return by_source(call.store.sightings.passages(call.now - timedelta(days=DAYS), call.now))


def _source(call: Call) -> Source:
    source = call.tools.load_sources().get(call.request.path_params["id"])
    if source is None:
        raise UnknownItemError("source", call.request.path_params["id"])
    return source
