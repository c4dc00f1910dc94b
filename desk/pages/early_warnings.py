"""Early warnings (*peringatan dini*): bursts and precursors over regions, what is behind each, who has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from data.watching import Scale, WarningKind
from desk.actions.early_warnings import acknowledge, said_of
from desk.permissions import Permission
from feeds.reports.wording import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Incident
    from data.watching import EarlyWarning
    from desk.actions.early_warnings import Said
    from desk.frame import Call, Desk

PAST: Final = timedelta(days=30)
"""How long a warning that has ended is listed."""
MOST: Final = 60
BEHIND: Final = 5
"""Incidents behind a warning that are named, the gravest first."""

KINDS: Final = {
    WarningKind.LONJAKAN: ("lonjakan", "burst"),
    WarningKind.PRAKURSOR: ("prakursor meningkat", "rising precursor"),
}
SCALES: Final = {Scale.JAM: ("jam", "hours"), Scale.HARI: ("hari", "days")}


@dataclass(frozen=True, slots=True)
class Line:
    """One warning as the desk shows it: ``incidents`` are the gravest behind it, ``more`` how many more there are."""

    warning: EarlyWarning
    kind: tuple[str, str]
    signal: str
    place: str
    expected: str
    chance: str
    incidents: tuple[Incident, ...]
    more: int
    said: tuple[Said, ...]

    @property
    def stands(self) -> bool:
        """Whether it has not ended."""
        return self.warning.ended_at is None


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the early warnings."""
    return [
        desk.route("/peringatan-dini", show, Permission.LIHAT),
        desk.route("/peringatan-dini/{number:int}", note, Permission.TINJAU, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the warnings that stand, and those of the last month, with what is behind each."""
    found = call.store.early_warnings.list(since=call.now - PAST, limit=MOST * 5)
    mine = [one for one in found if call.actor.sees([one.region])]
    lines = lines_of(
        call, [*(one for one in mine if one.ended_at is None), *(one for one in mine if one.ended_at)][:MOST]
    )
    values: dict[str, Any] = {
        "standing": [line for line in lines if line.stands],
        "ended": [line for line in lines if not line.stands],
        "scales": SCALES,
        "days": PAST.days,
    }
    return call.page("warnings.html", **values)


def note(call: Call) -> Response:
    """Keep that the person has seen a warning, and what they note of it."""
    number = call.number("number")
    acknowledge(call.store, call.actor, number, call.now, call.text("catatan"))
    return call.go("/peringatan-dini", call.say(f"Peringatan dini {number} dicatat.", f"Early warning {number} noted."))


def lines_of(call: Call, warnings: Iterable[EarlyWarning]) -> list[Line]:
    """Return warnings with the names of what they are of, the incidents behind them and what people said."""
    signals = {one.slug: one.name if call.lang == "id" else one.name_en for one in call.tools.taxonomy.signals}
    chosen = list(warnings)
    numbers = {number for one in chosen for number in one.incident_ids[: BEHIND * 2]}
    found = {one.id: one for one in call.store.incidents.of(numbers)}
    return [_line(call, one, signals, found) for one in chosen]


def _line(call: Call, one: EarlyWarning, signals: dict[str, str], found: dict[int, Incident]) -> Line:
    seen = [
        found[number]
        for number in one.incident_ids
        if number in found and call.actor.sees([place.code for place in found[number].places])
    ][:BEHIND]
    every = call.say("semua sinyal", "all signals")
    return Line(
        warning=one,
        kind=KINDS[one.kind],
        signal=signals.get(one.signal, one.signal) if one.signal else every,
        place=call.tools.gazetteer.name(one.region) if one.region in call.tools.gazetteer else one.region,
        expected=decimal(one.expected) if call.lang == "id" else f"{one.expected:.1f}",
        chance=f"{one.q_value:.2g}" if call.lang == "en" else f"{one.q_value:.2g}".replace(".", ","),
        incidents=tuple(seen),
        more=len(one.incident_ids) - len(seen),
        said=tuple(said_of(call.store, one.id)),
    )
