"""Who gets which alert revision and when, and what becomes of it if it does not arrive: pure rules.

Times of day are the recipient's own. Nothing here is sent or stored: `flows.deliver` does what these functions say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from data.delivering import Circuit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from data.delivering import Delivery, DeliveryRule, DeliveryState, Receipt, Recipient
    from data.records import Alert

DIGEST: Final = "ringkasan"
QUIET: Final = "tenang"
TOO_MANY: Final = "terlalu_banyak"
PAUSED: Final = "dijeda"
SUMMED: Final = (TOO_MANY, PAUSED)
"""Why something is held back that one summary then tells of."""

NOT_WANTED: Final = {
    "latihan": ("latihan dan sungguhan tidak dicampur", "an exercise reaches drill recipients only, and only those"),
    "sebelum_terdaftar": ("lebih lama daripada penerimanya", "it was alerted of before the recipient was added"),
    "belum_pernah_dikirim": ("yang dicabut tidak pernah dikirim", "what it takes back was never sent"),
    "wilayah": ("di luar wilayahnya", "it is outside its regions"),
    "sinyal": ("bukan sinyalnya", "it is none of its signals"),
    "tingkat": ("di bawah tingkatnya", "it is below its level"),
    "urgensi": ("bukan urgensinya", "it is none of its urgencies"),
    "belum_terverifikasi": ("belum terverifikasi", "it is not verified, and unverified ones were not asked for"),
    "menunggu_analis": ("tingkat 2 menunggu analis", "severity 2 waits for an analyst"),
    "hanya_ringkasan": ("tingkat 0–1 hanya dalam ringkasan", "severity 0 and 1 go in a digest only, and it has none"),
}
"""Why a revision is not for a recipient, by slug: in Indonesian and in English."""

HELD: Final = {
    DIGEST: ("menunggu ringkasan", "waits for the digest"),
    QUIET: ("jam tenang", "quiet hours"),
    TOO_MANY: ("batas per jam tercapai", "the limit of messages an hour is reached"),
    PAUSED: ("penerima dijeda", "the recipient is paused"),
}
"""Why something is held back, by slug: in Indonesian and in English."""

ALONE_FROM: Final = 2
"""Severity from which an alert goes out by itself; 0 and 1 are for digest and trend (domain dossier, section 4.3)."""

BREAKS_QUIET: Final = "P1"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at of a revision: the alert, and its incident as it is.

    ``codes`` are the places' codes. ``cleared`` says that a person or the desk's own rules let it out although it is of
    severity 2 and not verified.
    """

    alert: Alert
    severity: int
    urgency: str
    signals: tuple[str, ...]
    codes: tuple[str, ...]
    cleared: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a revision for one recipient; ``supersedes`` are the deliveries in whose place it goes.

    ``why`` is a slug of `NOT_WANTED` or `HELD`, "" for what goes out at once. ``due`` None: never.
    """

    state: Literal["waiting", "held", "not_wanted"]
    why: str
    due: datetime | None
    urgent: bool = False
    supersedes: tuple[int, ...] = ()


def decide(facts: Facts, recipient: Recipient, earlier: Sequence[Delivery], now: datetime) -> Decision:
    """Return what becomes of a revision for a recipient, of whom ``earlier`` are the alert's earlier deliveries.

    Who got an earlier revision, or may have, gets every later one, wanted or not: what was said is corrected where it
    was said. Who did not gets the first one that fits the rule, and never a mere cancellation.
    """
    alert, rule = facts.alert, recipient.rule
    before = [one for one in earlier if one.revision < alert.revision]
    replaced = [one for one in before if _is_untouched(one) and (one.state == "held" or one.why == QUIET)]
    if alert.exercise != recipient.exercise:
        return Decision("not_wanted", "latihan", None)
    if alert.state == "cancelled":
        # Nobody should be told first what is known to be wrong.
        replaced = [one for one in before if _is_untouched(one)]
    gone = tuple(one.id for one in replaced)
    told = any(_may_be_told(one) for one in before if one.id not in gone)
    if not told:
        why = _first_refusal(facts, recipient)
        if why:
            return Decision("not_wanted", why, None, supersedes=gone)
    urgent = facts.urgency == BREAKS_QUIET and rule.p1_breaks_quiet
    if rule.mode == "ringkasan" or (not told and facts.severity < ALONE_FROM):
        return Decision("held", DIGEST, next_slot(rule, recipient.timezone, now), urgent, gone)
    if not recipient.active:
        return Decision("held", PAUSED, now, urgent, gone)
    until = None if urgent else quiet_until(rule, recipient.timezone, now)
    return Decision("waiting", QUIET if until else "", until or now, urgent, gone)


def _is_untouched(one: Delivery) -> bool:
    """Return whether a delivery was never taken in hand, so that it can still be left out."""
    return one.state in {"waiting", "held"} and not one.attempts and not one.may_have and one.claimed_until is None


def _may_be_told(one: Delivery) -> bool:
    return one.may_have or one.state in {"waiting", "held", "carried", "sent"}


def _first_refusal(facts: Facts, recipient: Recipient) -> str:
    """Return why a revision is no reason to begin to tell a recipient of its incident; "" where it is one."""
    alert, rule = facts.alert, recipient.rule
    if alert.state == "cancelled":
        return "belum_pernah_dikirim"
    if recipient.since is not None and alert.at < recipient.since:
        return "sebelum_terdaftar"
    why = not_for(rule, facts.codes, facts.signals, facts.severity, facts.urgency)
    if why:
        return why
    if not alert.verified and not rule.unverified:
        return "belum_terverifikasi"
    if facts.severity == ALONE_FROM and not alert.verified and not facts.cleared:
        return "menunggu_analis"
    if facts.severity < ALONE_FROM and not rule.digest_at:
        return "hanya_ringkasan"
    return ""


def not_for(
    rule: DeliveryRule, codes: Sequence[str], signals: Sequence[str], severity: int, urgency: str
) -> Literal["wilayah", "sinyal", "tingkat", "urgensi", ""]:
    """Return by what a rule leaves an incident out, "" where it does not.

    A region is meant with all below it. What is known of its province alone, or of no place, is for recipients without
    regions and those of the province: a district is not called for what may be anywhere.
    """
    if rule.regions and not any(_lies_in(code, region) for code in codes for region in rule.regions):
        return "wilayah"
    if rule.signals and not set(rule.signals).intersection(signals):
        return "sinyal"
    if severity < rule.from_level:
        return "tingkat"
    if rule.urgencies and urgency not in rule.urgencies:
        return "urgensi"
    return ""


def _lies_in(code: str, region: str) -> bool:
    return code == region or code.startswith(f"{region}.")


# Clocks.


def quiet_until(rule: DeliveryRule, timezone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which ``now`` lies; None where it lies in none. Their end is not quiet."""
    if rule.quiet is None:
        return None
    zone = ZoneInfo(timezone)
    start, end = rule.quiet
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        begins = _at(day, start, zone)
        ends = _at(day if start < end else day + timedelta(days=1), end, zone)
        if begins <= now < ends:
            return ends
    return None


def next_slot(rule: DeliveryRule, timezone: str, now: datetime) -> datetime:
    """Return the next hour of a digest after ``now``; ValueError where the rule has none."""
    return min(moment for moment in _slots(rule, timezone, now) if moment > now)


def last_slot(rule: DeliveryRule, timezone: str, now: datetime) -> datetime | None:
    """Return the last hour of a digest up to ``now``; None where the rule has none."""
    return max((moment for moment in _slots(rule, timezone, now) if moment <= now), default=None)


def _slots(rule: DeliveryRule, timezone: str, now: datetime) -> list[datetime]:
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    return [_at(today + timedelta(days=shift), moment, zone) for shift in (-1, 0, 1) for moment in rule.digest_at]


def _at(day: object, moment: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, moment, zone).astimezone(UTC)  # type: ignore[arg-type]


# At most so many an hour.


@dataclass(frozen=True, slots=True)
class Room:
    """How many more may go to a recipient now (None: any number), or until when the rest is held back for a summary."""

    left: int | None
    hold_until: datetime | None = None


HOUR: Final = timedelta(hours=1)


def room_of(rule: DeliveryRule, sent: Sequence[datetime], in_hand: int) -> Room:
    """Return the room of a recipient to whom was ``sent`` at these moments of the last hour, the first one first.

    ``in_hand`` are those that are being sent just now. What has no room is held back until the first of the hour's
    messages is an hour old; then one summary tells of all of it, and counts as a message itself.
    """
    if rule.most_per_hour is None:
        return Room(None)
    left = rule.most_per_hour - len(sent)
    if left <= 0:
        return Room(0, sent[len(sent) - rule.most_per_hour] + HOUR)
    return Room(max(left - in_hand, 0))


# What does not arrive.


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and when it is tried again, and when an endpoint is left alone.

    The n-th wait is ``first_s * factor ** (n - 1)``, at most ``longest_s``, of which half is drawn by lot: what failed
    together does not come back together (equal jitter; M. Brooker, *Exponential Backoff and Jitter*, AWS 2015). After
    ``attempts`` it is parked, and so is what was tried and could not be sent within ``oldest``. An endpoint that failed
    ``trip_after`` times in a row is left alone for ``rest_s``, then twice as long, at most ``longest_rest_s``, with one
    delivery to try in between.
    """

    first_s: float = 15.0
    factor: float = 2.5
    longest_s: float = 3600.0
    attempts: int = 10
    oldest: timedelta = timedelta(hours=24)
    trip_after: int = 5
    rest_s: float = 60.0
    longest_rest_s: float = 1800.0


DEFAULT_POLICY: Final = RetryPolicy()
"""Ten attempts over two to four hours (15 s, 38 s, 94 s, 4 min, 10 min, 24 min, then hourly; half of each by lot): long
enough for a restart, a reboot and mending by somebody who is called, by reasoning. An alert that is a day old is no
early warning any more: a person decides whether it is still to be sent."""

LONGEST_ASKED_S: Final = 86_400.0
"""What an endpoint may ask us to wait at the most: a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a delivery is after an attempt; ``due`` is for one that goes on waiting."""

    state: DeliveryState
    detail: str
    may_have: bool
    due: datetime | None = None


def outcome_of(
    delivery: Delivery, receipt: Receipt, now: datetime, lot: float, policy: RetryPolicy = DEFAULT_POLICY
) -> Outcome:
    """Return what an attempt makes of a delivery as it was claimed; ``lot`` is drawn from 0 to 1."""
    if receipt.state == "delivered":
        return Outcome("sent", receipt.reason, may_have=True)
    if receipt.state == "refused":
        # What was refused is not there; only an earlier attempt without an answer may have come through.
        return Outcome("parked", receipt.reason or "refused", may_have=delivery.attempts > 1)
    if delivery.attempts >= policy.attempts:
        return Outcome("parked", given_up(delivery.attempts, receipt.reason), may_have=True)
    wait = wait_s(delivery.attempts, lot, receipt.after_s, policy)
    return Outcome("waiting", receipt.reason, may_have=True, due=now + timedelta(seconds=wait))


def given_up(attempts: int, last: str) -> str:
    """Return the reason of what was parked after so many attempts."""
    told = "given up after 1 attempt" if attempts == 1 else f"given up after {attempts} attempts"
    return f"{told}; {last or 'no answer'}"


def wait_s(attempts: int, lot: float, asked_s: float | None = None, policy: RetryPolicy = DEFAULT_POLICY) -> float:
    """Return how long is waited after the n-th attempt; no less than the endpoint asked for, up to a day."""
    # Bounded before it is raised to a power: attempts come out of a database.
    whole = min(policy.first_s * policy.factor ** min(max(attempts - 1, 0), 60), policy.longest_s)
    return max(whole / 2 + whole / 2 * lot, min(asked_s or 0.0, LONGEST_ASKED_S))


def after(circuit: Circuit, receipt: Receipt, now: datetime, policy: RetryPolicy = DEFAULT_POLICY) -> Circuit:
    """Return what is known of an endpoint after an answer; one that refuses is there, and answers."""
    if receipt.state != "retry":
        return Circuit()
    failures = circuit.failures + 1
    if failures < policy.trip_after:
        return Circuit(failures, circuit.trips, None, receipt.reason)
    if circuit.open_until is not None and now < circuit.open_until and circuit.failures >= policy.trip_after:
        # Others were under way when it was found out, and fail too: that is no further trial.
        return Circuit(failures, circuit.trips, circuit.open_until, receipt.reason)
    rest = min(policy.rest_s * 2 ** min(circuit.trips, 30), policy.longest_rest_s)
    rest = max(rest, min(receipt.after_s or 0.0, policy.longest_rest_s))
    return Circuit(failures, circuit.trips + 1, now + timedelta(seconds=rest), receipt.reason)


Access = Literal["open", "try", "closed"]


def access(circuit: Circuit, now: datetime) -> Access:
    """Return whether an endpoint may be sent to: freely, one delivery to try, or not now."""
    if circuit.open_until is None:
        return "open"
    return "closed" if now < circuit.open_until else "try"
