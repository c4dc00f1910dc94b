"""Who is sent alerts: recipients with their rules, how each one fares, and what was last sent to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from data.delivering import CHANNEL_NAMES, HIGHEST_LEVEL, DeliveryRule, Recipient
from data.errors import InputError, UnknownItemError
from data.records import Urgency
from desk.actions.recipients import (
    Checks,
    add_recipient,
    change_recipient,
    made_up_secret,
    remove_recipient,
    send_trial,
    set_active,
)
from desk.delivery_words import KINDS, STATES
from desk.hours import shown_span, shown_times, span_of, times_of
from desk.pages.settings import codes_in, whole, whole_or_none
from desk.permissions import Permission

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

HERE: Final = "/penerima"
SHOWN: Final = 20
"""Deliveries on the page of one recipient; the log has the rest."""

ZONES: Final = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
CALLED: Final = tuple(one.value for one in Urgency if one is not Urgency.P4)
"""Urgencies about which anybody is ever called (domain dossier, section 4.3)."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of recipients."""
    right = Permission.SETELAN
    return [
        desk.route(HERE, show_all, right),
        desk.route(HERE, add, right, methods=["POST"]),
        desk.route(f"{HERE}/{{number:int}}", show, right),
        desk.route(f"{HERE}/{{number:int}}", change, right, methods=["POST"]),
        desk.route(f"{HERE}/{{number:int}}/jeda", pause, right, methods=["POST"]),
        desk.route(f"{HERE}/{{number:int}}/uji", trial, right, methods=["POST"]),
        desk.route(f"{HERE}/{{number:int}}/hapus", remove, right, methods=["POST"]),
    ]


def show_all(call: Call) -> Response:
    """Show every recipient with how it fares, and the form of another."""
    return _page(call)


def _page(call: Call, *, secret: str = "", made: str = "") -> Response:
    store = call.store
    recipients = store.recipients.all()
    circuits = store.endpoints.all()
    lines = [(one, store.deliveries.counts(one.id), circuits.get(one.endpoint)) for one in recipients]
    return call.page("recipients.html", lines=lines, secret=secret, made=made, **_form(call, None))


def add(call: Call) -> Response:
    """Take in another recipient; a webhook's key is shown this once."""
    channel = call.text("saluran")
    secret = made_up_secret() if channel == "webhook" else ""
    wanted = Recipient(
        id=0,
        name=call.text("nama"),
        channel=channel,  # type: ignore[arg-type]  # a recipient refuses any other by itself
        target=call.text("tujuan"),
        secret=secret,
        exercise=call.text("latihan") == "1",
        rule=_rule(call),
        timezone=call.text("zona", call.tools.publish.timezone),
    )
    made = add_recipient(call.store, _checks(call), call.actor.name, wanted, call.now)
    if secret:
        return _page(call, secret=secret, made=made.name)
    return call.go(f"{HERE}/{made.id}", call.say("Penerima ditambahkan.", "The recipient was added."))


def show(call: Call) -> Response:
    """Show one recipient: its rule, what was last sent to it, what it was before."""
    one = _recipient(call)
    store = call.store
    return call.page(
        "recipient.html",
        one=one,
        circuit=store.endpoints.get(one.endpoint),
        counts=store.deliveries.counts(one.id),
        deliveries=store.deliveries.log(recipient_id=one.id, limit=SHOWN),
        states=STATES,
        kinds=KINDS,
        versions=list(reversed(store.recipients.versions(one.id))),
        **_form(call, one),
    )


def change(call: Call) -> Response:
    """Change a recipient; an empty target or key leaves it as it is."""
    before = _recipient(call)
    wanted = replace(
        before,
        name=call.text("nama"),
        target=call.text("tujuan") or before.target,
        exercise=call.text("latihan") == "1",
        rule=_rule(call),
        timezone=call.text("zona", before.timezone),
        version=whole(call.text("versi"), "versi"),
    )
    change_recipient(call.store, _checks(call), call.actor.name, wanted, call.now)
    return call.go(f"{HERE}/{before.id}", call.say("Penerima disimpan.", "The recipient was saved."))


def pause(call: Call) -> Response:
    """Pause a recipient, or go on."""
    one = set_active(call.store, call.actor.name, _recipient(call), call.now, active=call.text("aktif") == "1")
    told = ("Penerima aktif lagi.", "The recipient is active again.") if one.active else ("Dijeda.", "Paused.")
    return call.go(f"{HERE}/{one.id}", call.say(*told))


def trial(call: Call) -> Response:
    """Send a recipient a message that says only that it arrived, and show what became of it."""
    one = _recipient(call)
    done = send_trial(call.store, call.tools.send_trial, call.actor.name, one, call.now)
    if done.state == "sent":
        return call.go(f"{HERE}/{one.id}", call.say("Uji kirim diterima tujuan.", "The trial message was taken."))
    raise InputError(f"the trial message was not taken: {done.detail}")


def remove(call: Call) -> Response:
    """Take a recipient out; what waited for it is parked."""
    one = _recipient(call)
    if call.text("yakin") != "1":
        raise InputError("tick the box to remove the recipient")
    remove_recipient(call.store, call.actor.name, one, call.now)
    return call.go(HERE, call.say("Penerima dihapus.", "The recipient was removed."))


def _recipient(call: Call) -> Recipient:
    found = call.store.recipients.get(call.number("number"))
    if found is None:
        raise UnknownItemError("recipient", call.number("number"))
    return found


def _checks(call: Call) -> Checks:
    return Checks(call.tools.gazetteer, call.tools.taxonomy, call.tools.settings.allow_private_hosts)


def _rule(call: Call) -> DeliveryRule:
    return DeliveryRule(
        regions=tuple(codes_in(call.text("wilayah"))),
        signals=tuple(one for one in call.texts("sinyal") if one),
        from_level=whole(call.text("tingkat"), "tingkat"),
        urgencies=tuple(call.texts("urgensi")),
        unverified=call.text("belum_terverifikasi") == "1",
        quiet=span_of(call.text("tenang")),
        p1_breaks_quiet=call.text("p1_menunggu") != "1",
        mode="ringkasan" if call.text("cara") == "ringkasan" else "segera",
        digest_at=times_of(call.text("ringkasan")),
        most_per_hour=whole_or_none(call.text("batas"), "batas"),
        escalations=tuple(call.texts("eskalasi")),
    )


def _form(call: Call, one: Recipient | None) -> dict[str, Any]:
    rule = one.rule if one is not None else DeliveryRule()
    return {
        "rule": rule,
        "quiet": shown_span(rule.quiet),
        "digests": shown_times(rule.digest_at),
        "levels": range(HIGHEST_LEVEL + 1),
        "urgencies": tuple(one.value for one in Urgency),
        "called": CALLED,
        "channels": CHANNEL_NAMES,
        "zones": ZONES,
        "zone": one.timezone if one is not None else call.tools.publish.timezone,
        "signals": call.tools.taxonomy.signals,
        "place": lambda code: call.tools.gazetteer.name(code) if code in call.tools.gazetteer else code,
    }
