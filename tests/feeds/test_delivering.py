"""Who gets which revision and when: each rule beside what it makes of an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.delivering import Circuit, Delivery, DeliveryRule, Receipt, Recipient
from data.errors import InputError
from data.records import Alert
from feeds.delivering import (
    Decision,
    Facts,
    Outcome,
    RetryPolicy,
    Room,
    access,
    after,
    decide,
    last_slot,
    next_slot,
    not_for,
    outcome_of,
    quiet_until,
    room_of,
    wait_s,
)

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # 12.00 WIB
KEY = "kunci-rahasia-dari-dua-puluh-empat"
ALERT = Alert("tag:k,2026:kejadian:1", 1, 1, "raised", NOON, NOON, verified=False, exercise=False)
FACTS = Facts(ALERT, severity=3, urgency="P2", signals=("perusakan",), codes=("13.77.01",))
ALL = DeliveryRule(unverified=True)


def recipient(rule: DeliveryRule = ALL, **changed) -> Recipient:
    made = Recipient(1, "Polres", "webhook", "https://polres.example/masuk", KEY, rule=rule)
    return replace(made, **changed)


def revision(number: int, state="updated", **changed) -> Facts:
    return replace(FACTS, alert=replace(ALERT, revision=number, state=state), **changed)


def had(number: int, state: str, **changed) -> Delivery:
    made = Delivery(number, f"k{number}", 1, number, "alert", ALERT.uid, number, state, "", False, NOON, NOON)
    return replace(made, **changed)


def what(decision: Decision) -> tuple[str, str]:
    return decision.state, decision.why


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        (ALL, FACTS, ("waiting", "")),
        (replace(ALL, regions=("13.77",)), FACTS, ("waiting", "")),
        (replace(ALL, regions=("13.71",)), FACTS, ("not_wanted", "wilayah")),
        (replace(ALL, regions=("13.77",)), replace(FACTS, codes=("13",)), ("not_wanted", "wilayah")),
        (replace(ALL, regions=("13.77",)), replace(FACTS, codes=()), ("not_wanted", "wilayah")),
        (replace(ALL, signals=("politik_uang",)), FACTS, ("not_wanted", "sinyal")),
        (replace(ALL, signals=("politik_uang", "perusakan")), FACTS, ("waiting", "")),
        (replace(ALL, from_level=4), FACTS, ("not_wanted", "tingkat")),
        (replace(ALL, urgencies=("P1",)), FACTS, ("not_wanted", "urgensi")),
        (replace(ALL, unverified=False), FACTS, ("not_wanted", "belum_terverifikasi")),
        (replace(ALL, unverified=False), replace(FACTS, alert=replace(ALERT, verified=True)), ("waiting", "")),
        (ALL, replace(FACTS, severity=2), ("waiting", "")),
        (ALL, replace(FACTS, severity=2, cleared=False), ("not_wanted", "menunggu_analis")),
        (replace(ALL, from_level=0), replace(FACTS, severity=1), ("not_wanted", "hanya_ringkasan")),
        (replace(ALL, from_level=0, digest_at=(time(18),)), replace(FACTS, severity=1), ("held", "ringkasan")),
        (replace(ALL, mode="ringkasan", digest_at=(time(18),)), FACTS, ("held", "ringkasan")),
    ],
)
def test_a_rule_says_what_a_recipient_gets(rule, facts, expected):
    assert what(decide(facts, recipient(rule), [], NOON)) == expected


def test_drills_and_the_real_thing_never_meet():
    drill = replace(FACTS, alert=replace(ALERT, exercise=True))
    assert what(decide(drill, recipient(), [], NOON)) == ("not_wanted", "latihan")
    assert what(decide(FACTS, recipient(exercise=True), [], NOON)) == ("not_wanted", "latihan")
    assert what(decide(drill, recipient(exercise=True), [], NOON)) == ("waiting", "")
    # Not even as the update of what was real when it was sent.
    told = [had(1, "sent", may_have=True)]
    again = replace(drill, alert=replace(drill.alert, revision=2, state="updated"))
    assert what(decide(again, recipient(), told, NOON)) == ("not_wanted", "latihan")


def test_what_was_alerted_of_before_a_recipient_was_added_is_not_for_it():
    late = recipient(since=NOON + timedelta(minutes=1))
    assert what(decide(FACTS, late, [], NOON)) == ("not_wanted", "sebelum_terdaftar")


def test_who_got_a_revision_gets_the_next_whether_it_fits_the_rule_or_not():
    rule = replace(ALL, regions=("13.77",), from_level=3)
    told = [had(1, "sent", may_have=True)]
    moved = revision(2, severity=1, codes=("14.01",))
    assert what(decide(moved, recipient(rule), told, NOON)) == ("waiting", "")
    assert what(decide(moved, recipient(rule), [had(1, "not_wanted")], NOON)) == ("not_wanted", "wilayah")


def test_an_update_that_fits_the_rule_is_the_first_that_a_recipient_hears_of():
    verified = replace(FACTS, alert=replace(ALERT, revision=2, state="updated", verified=True))
    careful = recipient(replace(ALL, unverified=False))
    assert what(decide(verified, careful, [had(1, "not_wanted")], NOON)) == ("waiting", "")


@pytest.mark.parametrize(
    ("earlier", "expected", "supersedes"),
    [
        ([had(1, "sent", may_have=True)], ("waiting", ""), ()),
        ([had(1, "not_wanted")], ("not_wanted", "belum_pernah_dikirim"), ()),
        ([had(1, "waiting")], ("not_wanted", "belum_pernah_dikirim"), (1,)),
        ([had(1, "held", why="ringkasan")], ("not_wanted", "belum_pernah_dikirim"), (1,)),
        # It was tried: the other side may have it, whatever it answered.
        ([had(1, "waiting", attempts=2, may_have=True)], ("waiting", ""), ()),
        ([had(1, "waiting", claimed_until=NOON, attempts=1, may_have=True)], ("waiting", ""), ()),
        ([had(1, "parked", attempts=10, may_have=True)], ("waiting", ""), ()),
        ([had(1, "parked", attempts=1)], ("not_wanted", "belum_pernah_dikirim"), ()),
        ([had(1, "carried", carried_by=9)], ("waiting", ""), ()),
        ([had(1, "sent", may_have=True), had(2, "held", why="terlalu_banyak")], ("waiting", ""), (2,)),
    ],
)
def test_what_is_taken_back_is_taken_back_where_it_was_said(earlier, expected, supersedes):
    decision = decide(revision(3, "cancelled"), recipient(), earlier, NOON)
    assert (what(decision), decision.supersedes) == (expected, supersedes)


def test_an_update_goes_behind_what_waits_and_in_the_place_of_what_is_held_back():
    assert decide(revision(2), recipient(), [had(1, "waiting")], NOON).supersedes == ()
    for held in (had(1, "held", why="terlalu_banyak"), had(1, "waiting", why="tenang")):
        decision = decide(revision(2), recipient(), [held], NOON)
        assert (what(decision), decision.supersedes) == (("waiting", ""), (1,))


NIGHT = replace(ALL, quiet=(time(22), time(5)))


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ((21, 59), None),
        ((22, 0), datetime(2026, 11, 26, 22, 0, tzinfo=UTC)),
        ((23, 30), datetime(2026, 11, 26, 22, 0, tzinfo=UTC)),
        ((4, 59), datetime(2026, 11, 25, 22, 0, tzinfo=UTC)),
        ((5, 0), None),
    ],
)
def test_quiet_hours_are_on_the_recipients_clock_and_reach_over_midnight(local, ends):
    moment = datetime(2026, 11, 26, *local, tzinfo=UTC) - timedelta(hours=7)
    assert quiet_until(NIGHT, "Asia/Jakarta", moment) == ends


def test_p1_breaks_through_quiet_hours_unless_it_may_not():
    night = NOON + timedelta(hours=11)  # 23.00 WIB
    held = decide(FACTS, recipient(NIGHT), [], night)
    assert (what(held), held.due) == (("waiting", "tenang"), datetime(2026, 11, 26, 22, 0, tzinfo=UTC))
    grave = replace(FACTS, urgency="P1")
    assert decide(grave, recipient(NIGHT), [], night) == Decision("waiting", "", night, urgent=True)
    assert what(decide(grave, recipient(replace(NIGHT, p1_breaks_quiet=False)), [], night)) == ("waiting", "tenang")


def test_a_paused_recipient_misses_nothing():
    assert what(decide(FACTS, recipient(active=False), [], NOON)) == ("held", "dijeda")


def test_digests_have_their_hours():
    rule = replace(ALL, mode="ringkasan", digest_at=(time(6), time(18)))
    assert next_slot(rule, "Asia/Jakarta", NOON) == datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
    assert last_slot(rule, "Asia/Jakarta", NOON) == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    assert next_slot(rule, "Asia/Jayapura", NOON) == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert last_slot(ALL, "Asia/Jakarta", NOON) is None
    assert decide(FACTS, recipient(rule), [], NOON).due == datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


def test_at_most_so_many_go_out_in_an_hour():
    ten, nine = replace(ALL, most_per_hour=3), [NOON, NOON + timedelta(minutes=1)]
    assert room_of(ALL, nine, 5) == Room(None)
    assert room_of(ten, nine, 0) == Room(1)
    assert room_of(ten, nine, 1) == Room(0)
    full = [*nine, NOON + timedelta(minutes=2)]
    assert room_of(ten, full, 0) == Room(0, NOON + timedelta(hours=1))
    # One more than was allowed (the limit was lowered): room comes when all but two are an hour old.
    assert room_of(ten, [*full, NOON + timedelta(minutes=3)], 0) == Room(0, NOON + timedelta(hours=1, minutes=1))


POLICY = RetryPolicy(first_s=10, factor=3, longest_s=100, attempts=4, trip_after=3, rest_s=60, longest_rest_s=200)


@pytest.mark.parametrize(("attempt", "whole"), [(1, 10), (2, 30), (3, 90), (4, 100), (10_000, 100)])
def test_each_wait_is_longer_and_half_of_it_by_lot(attempt, whole):
    assert wait_s(attempt, 0.0, None, POLICY) == whole / 2
    assert wait_s(attempt, 1.0, None, POLICY) == whole


def test_an_endpoint_that_asks_to_wait_is_heeded_up_to_a_day():
    assert wait_s(1, 0.0, 600.0, POLICY) == 600.0
    assert wait_s(1, 0.0, 10.0**9, POLICY) == 86_400.0


@pytest.mark.parametrize(
    ("attempts", "receipt", "expected"),
    [
        (1, Receipt("delivered", "answered 200"), Outcome("sent", "answered 200", True)),
        (1, Receipt("refused", "answered 410"), Outcome("parked", "answered 410", False)),
        (2, Receipt("refused", "answered 410"), Outcome("parked", "answered 410", True)),
        (3, Receipt("retry", "answered 503"), Outcome("waiting", "answered 503", True, NOON + timedelta(seconds=45))),
        (4, Receipt("retry", "answered 503"), Outcome("parked", "given up after 4 attempts; answered 503", True)),
    ],
)
def test_an_attempt_ends_in_exactly_one_outcome(attempts, receipt, expected):
    claimed = had(1, "waiting", attempts=attempts, may_have=True)
    assert outcome_of(claimed, receipt, NOON, 0.0, POLICY) == expected


def test_an_endpoint_that_fails_in_a_row_is_left_alone_and_tried_with_one():
    bad, circuit = Receipt("retry", "answered 503"), Circuit()
    for failures in (1, 2):
        circuit = after(circuit, bad, NOON, POLICY)
        assert (circuit.failures, access(circuit, NOON)) == (failures, "open")
    circuit = after(circuit, bad, NOON, POLICY)
    assert circuit == Circuit(3, 1, NOON + timedelta(seconds=60), "answered 503")
    assert (access(circuit, NOON), access(circuit, NOON + timedelta(seconds=60))) == ("closed", "try")
    # Those that were under way fail too: that is no further trial.
    assert after(circuit, bad, NOON + timedelta(seconds=1), POLICY).open_until == NOON + timedelta(seconds=60)
    later = NOON + timedelta(seconds=60)
    circuit = after(circuit, bad, later, POLICY)
    assert (circuit.trips, circuit.open_until) == (2, later + timedelta(seconds=120))
    circuit = after(circuit, bad, circuit.open_until, POLICY)
    assert circuit.open_until - timedelta(seconds=200) == later + timedelta(seconds=120)
    assert after(circuit, Receipt("delivered"), NOON, POLICY) == Circuit()
    # Whoever refuses is there.
    assert after(circuit, Receipt("refused"), NOON, POLICY) == Circuit()


codes = st.sampled_from(["13", "13.77", "13.77.01", "13.71", "14", "14.01.02"])
rules = st.builds(
    DeliveryRule,
    regions=st.lists(codes, max_size=2).map(tuple),
    signals=st.lists(st.sampled_from(["perusakan", "politik_uang"]), max_size=1).map(tuple),
    from_level=st.integers(0, 4),
    urgencies=st.lists(st.sampled_from(["P1", "P2"]), max_size=1).map(tuple),
    unverified=st.booleans(),
    quiet=st.sampled_from([None, (time(22), time(5)), (time(1), time(3))]),
    p1_breaks_quiet=st.booleans(),
    mode=st.sampled_from(["segera", "ringkasan"]),
    digest_at=st.sampled_from([(time(6),), (time(6), time(18))]),
    most_per_hour=st.sampled_from([None, 1, 5]),
)
past = st.lists(
    st.tuples(
        st.sampled_from(["waiting", "held", "carried", "sent", "superseded", "parked", "not_wanted"]), st.booleans()
    ),
    max_size=3,
)


@given(
    rules,
    past,
    st.sampled_from(["raised", "updated", "cancelled"]),
    st.integers(0, 4),
    st.sampled_from(["P1", "P3"]),
    st.lists(codes, max_size=2),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 47),
)
def test_every_revision_is_decided_of_and_who_was_told_is_told_on(
    rule, past, state, severity, urgency, places, verified, active, exercise, half_hours
):
    now = NOON + timedelta(minutes=30 * half_hours)
    earlier = [
        had(number, was, may_have=tried or was == "sent", attempts=int(tried))
        for number, (was, tried) in enumerate(past, 1)
    ]
    alert = replace(ALERT, revision=len(past) + 1, state=state, verified=verified, exercise=exercise, at=now)
    facts = Facts(alert, severity, urgency, ("perusakan",), tuple(places))
    decision = decide(facts, recipient(rule, active=active), earlier, now)
    told = any(one.may_have or one.state in {"carried", "sent"} for one in earlier)
    assert decision.state in {"waiting", "held", "not_wanted"}
    assert (decision.due is None) == (decision.state == "not_wanted")
    assert not exercise or decision.why == "latihan"
    if told and not exercise:
        assert decision.state != "not_wanted"
    if decision.state == "not_wanted":
        assert decision.why
    # What goes in the place of others leaves no one of them that may have arrived.
    assert all(not one.may_have for one in earlier if one.id in decision.supersedes)
    if decision.state == "waiting":
        assert decision.due >= now
        assert decision.urgent or quiet_until(rule, "Asia/Jakarta", decision.due) is None
    assert not_for(DeliveryRule(from_level=0), places, (), severity, urgency) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"regions": ("Padang",)}, "no region code, such as 13"),
        ({"from_level": 5}, "from 0 to 4"),
        ({"urgencies": ("P9",)}, 'no urgency "P9"'),
        ({"quiet": (time(5), time(5))}, "pause the recipient"),
        ({"mode": "ringkasan"}, "needs the hours"),
        ({"mode": "kadang"}, 'no mode "kadang"'),
        ({"most_per_hour": 0}, "from 1 to 1000"),
        ({"quiet": (time(22), time(5)), "digest_at": (time(23),)}, "cannot be sent in quiet hours"),
        ({"digest_at": (time(6, tzinfo=UTC),)}, "without a zone"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        DeliveryRule(**given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "has a name"),
        ({"name": "a\nb"}, "in one line"),
        ({"channel": "merpati"}, 'no channel "merpati"'),
        ({"target": "ftp://polres.example"}, "begins with https"),
        ({"target": "https://polres.example/a b"}, "without blanks"),
        ({"target": "env:9"}, "name of a variable"),
        ({"secret": "pendek"}, "at least 24"),
        ({"channel": "surel", "target": "a@b.example"}, "only a webhook"),
        ({"channel": "surel", "target": "a@b.example,c@d.example", "secret": ""}, "only one"),
        ({"channel": "apprise", "target": "t.me/x", "secret": ""}, "begins with its service"),
        ({"timezone": "WIB"}, "no time zone"),
    ],
)
def test_a_recipient_that_could_not_be_sent_to_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        recipient(**given)


def test_what_is_secret_of_a_recipient_is_never_shown():
    one = recipient(target="https://sari:sandi@polres.example:8443/masuk/T0KEN?kunci=rahasia")
    assert one.shown_target == "https://polres.example:8443/…"
    chat = recipient(channel="apprise", target="tgram://123456:ABC/-100", secret="")
    mail = recipient(channel="surel", target="kapolres@polri.example", secret="")
    assert (chat.shown_target, mail.shown_target) == ("tgram://…", "k…@polri.example")
    assert recipient(target="env:POLRES_URL").shown_target == "env:POLRES_URL"
    for shown in (repr(one), repr(chat), one.endpoint):
        assert not any(word in shown for word in (KEY, "T0KEN", "sandi", "ABC", "rahasia"))
