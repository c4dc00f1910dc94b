"""A delivery pass against a receiver that says what it is told: who gets what, once, in which order, and what is kept."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data.delivering import ENDED, Circuit, DeliveryRule, Message, Receipt, Recipient
from data.errors import InputError
from data.store import Store
from desk.actions.alerting import DONE
from flows.deliver import GUARD, deliver, send_trial
from flows.deliver_plan import RAISED_BY_HAND, key_of, plan
from flows.deliver_preview import preview
from tests.flows.delivery_house import ALL, GOOD, KEY, LATER, NEVER, NOON, POLICY, House, Post, url

if TYPE_CHECKING:
    from data.records import Alert


def test_each_recipient_gets_each_revision_once_and_in_order(house):
    for name in ("polres", "bawaslu"):
        house.add(name)
    first, second = house.raised(), house.raised()
    house.updated(first)
    house.deliver()
    for name in ("polres", "bawaslu"):
        number = house.store.recipients.named(name).id
        mine = [key for key in house.post.keys(name) if key.startswith(first.uid)]
        assert mine == [f"{first.uid}.1.{number}", f"{first.uid}.2.{number}"]
        assert house.post.keys(name).count(f"{second.uid}.1.{number}") == 1
    assert house.deliver() == Counter()
    assert Counter(house.post.keys("polres")).most_common(1)[0][1] == 1


def test_a_message_is_the_json_of_the_alert_and_the_same_in_every_attempt(house):
    house.add("polres")
    answers = iter([LATER, GOOD])
    house.post.answers[url("polres")] = lambda _: next(answers)
    alert = house.raised()
    house.deliver()
    # The incident changes before the second attempt; what was said is said again.
    house.store.incidents.update(replace(house.store.incidents.get(alert.incident_id), title="Lain"), house.now, "sari")
    house.later(minutes=2)
    house.deliver()
    one, two = house.post.tried[url("polres")]
    assert one == two
    body = json.loads(two.body)
    assert (body["id"], body["_kentongan"]["revisi"]) == (alert.uid, 1)
    assert "belum terverifikasi" in two.text


def test_nobody_hears_of_what_was_taken_back_before_it_was_sent(house):
    house.add("polres")
    alert = house.raised()
    house.updated(alert, "cancelled")
    house.deliver()
    assert house.post.keys("polres") == []
    assert house.states("polres") == [(1, "superseded"), (2, "not_wanted")]


def test_who_was_told_is_told_that_it_was_taken_back(house):
    house.add("polres")
    house.add("jauh", replace(ALL, regions=("14",)))
    alert = house.raised()
    house.deliver()
    house.updated(alert, "cancelled")
    house.deliver()
    assert [message.state for message in house.post.got[url("polres")]] == ["raised", "cancelled"]
    assert house.states("jauh") == [(1, "not_wanted"), (2, "not_wanted")]


def test_what_fails_is_tried_again_and_parked_in_the_end_with_the_reason(house):
    house.add("polres")
    house.post.answers[url("polres")] = lambda _: LATER
    house.raised()
    assert house.deliver()["retried"] == 1
    assert house.deliver() == Counter()
    house.later(minutes=1)
    house.deliver()
    house.later(minutes=5)
    assert house.deliver()["parked"] == 1
    (parked,) = house.store.deliveries.log(states=("parked",))
    assert (parked.attempts, parked.detail) == (3, "given up after 3 attempts; answered 503")
    assert len(house.post.tried[url("polres")]) == 3
    # Sent again by a person, under the same key.
    house.post.answers.clear()
    house.store.deliveries.replay(parked.id, house.now)
    house.deliver()
    assert house.post.keys("polres") == [parked.key]


def test_what_is_refused_is_parked_at_once_and_the_next_revision_goes_on(house):
    house.add("polres")
    house.post.answers[url("polres")] = lambda message: NEVER if message.revision == 1 else GOOD
    alert = house.raised()
    house.updated(alert)
    house.deliver()
    assert house.states("polres") == [(1, "parked"), (2, "sent")]


def test_a_later_revision_never_overtakes_one_that_is_being_tried(house):
    house.add("polres")
    answers = iter([LATER, GOOD, GOOD])
    house.post.answers[url("polres")] = lambda _: next(answers)
    alert = house.raised()
    house.deliver()
    house.updated(alert)
    house.deliver()
    assert house.post.keys("polres") == []
    house.later(minutes=1)
    house.deliver()
    assert [message.revision for message in house.post.got[url("polres")]] == [1, 2]


def test_one_that_does_not_answer_is_left_alone_and_holds_up_nobody(house):
    house.policy = replace(POLICY, attempts=100, trip_after=2, rest_s=600)
    sick = house.add("sakit")
    house.add("sehat")
    house.post.answers[url("sakit")] = lambda _: LATER
    for _ in range(30):
        house.raised()
    house.deliver()
    assert len(house.post.keys("sehat")) == 30
    tried = len(house.post.tried[url("sakit")])
    assert tried < 30
    circuit = house.store.endpoints.get(sick.endpoint)
    assert circuit.open_until == house.now + timedelta(seconds=600)
    house.later(minutes=9)
    house.deliver()
    assert len(house.post.tried[url("sakit")]) == tried
    # One to try, and it is left alone for twice as long.
    house.later(minutes=1)
    house.deliver()
    assert len(house.post.tried[url("sakit")]) == tried + 1
    assert house.store.endpoints.get(sick.endpoint).open_until == house.now + timedelta(seconds=1200)
    house.post.answers.clear()
    house.later(hours=1)
    house.deliver()
    assert house.store.endpoints.get(sick.endpoint) == Circuit()
    assert sorted(set(house.post.keys("sakit"))) == sorted(house.post.keys("sakit"))
    assert len(house.post.keys("sakit")) == 30


def test_what_an_endpoint_has_not_taken_for_a_day_is_parked_tried_or_not(house):
    house.policy = replace(POLICY, attempts=100, trip_after=2, rest_s=1e6, longest_rest_s=1e6)
    house.add("sakit")
    house.post.answers[url("sakit")] = lambda _: LATER
    for _ in range(30):
        house.raised()
    house.deliver()
    house.later(hours=25)
    assert house.deliver()["parked"] == 30
    reasons = {one.detail for one in house.store.deliveries.log(states=("parked",))}
    assert "given up after 0 attempts; answered 503" in reasons


def test_drills_reach_drill_recipients_and_nobody_else(house):
    house.add("polres")
    house.add("pelatihan", exercise=True)
    house.raised()
    house.exercise = True
    drill = house.raised(exercise=True)
    house.deliver()
    assert [message.exercise for message in house.post.got[url("polres")]] == [False]
    assert [message.uid for message in house.post.got[url("pelatihan")]] == [drill.uid]


def test_a_recipient_that_becomes_one_for_drills_gets_nothing_real_that_still_waits(house):
    polres = house.add("polres")
    house.raised()
    plan(house.tools)
    house.store.recipients.change(replace(polres, exercise=True), "sari", house.now)
    house.deliver()
    assert house.post.tried == {}
    assert [one.detail for one in house.store.deliveries.log(states=("parked",))] == [GUARD]


def test_quiet_hours_hold_everything_back_but_p1(house):
    house.add("polres", replace(ALL, quiet=(time(22), time(5))))
    house.now = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)  # 23.00 WIB
    held, grave = house.raised(), house.raised(house.incident(urgency="P1"))
    house.deliver()
    assert [message.uid for message in house.post.got[url("polres")]] == [grave.uid]
    # Of what was held back only the last word goes out.
    house.updated(held)
    house.deliver()
    house.now = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
    house.deliver()
    assert [(message.uid, message.revision) for message in house.post.got[url("polres")][1:]] == [(held.uid, 2)]
    assert house.states("polres") == [(1, "superseded"), (1, "sent"), (2, "sent")]


def test_a_retry_does_not_fall_into_quiet_hours(house):
    house.add("polres", replace(ALL, quiet=(time(22), time(5))))
    house.now = datetime(2026, 11, 26, 14, 59, 30, tzinfo=UTC)  # 21.59 WIB
    answers = iter([LATER, GOOD])
    house.post.answers[url("polres")] = lambda _: next(answers)
    house.raised()
    house.deliver()
    house.later(minutes=2)
    house.deliver()
    assert house.post.keys("polres") == []
    house.now = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
    house.deliver()
    assert len(house.post.keys("polres")) == 1


def test_a_digest_tells_at_its_hour_of_all_that_was_held_for_it(house):
    house.add("sekda", replace(ALL, mode="ringkasan", digest_at=(time(18),), from_level=1))
    one, two = house.raised(), house.raised()
    house.updated(two)
    house.later(seconds=1)
    minor = house.incident(severity=1, title="Baliho sobek")
    house.deliver()
    assert house.post.tried == {}
    house.now = datetime(2026, 11, 26, 11, 5, tzinfo=UTC)  # 18.05 WIB
    house.deliver()
    (digest,) = house.post.got[url("sekda")]
    assert digest.kind == "digest"
    told = [entry["id"] for entry in json.loads(digest.body)["items"]]
    assert sorted(told) == sorted([one.uid, two.uid, f"tag:kentongan.local,2026-11-26:kejadian:{minor.id}"])
    assert sorted(house.states("sekda")) == [(1, "sent"), (1, "superseded"), (2, "sent")]
    house.deliver()
    assert len(house.post.got[url("sekda")]) == 1
    # A day on which nothing happened is told of too: no alert is not the same as no watch.
    house.later(days=1)
    house.deliver()
    nil = house.post.got[url("sekda")][1]
    assert "nihil, tidak ada peringatan" in nil.text
    assert json.loads(nil.body)["items"] == []


def test_more_than_so_many_an_hour_become_one_summary(house):
    house.add("polres", replace(ALL, most_per_hour=2))
    alerts = [house.raised() for _ in range(5)]
    house.deliver()
    assert len(house.post.got[url("polres")]) == 2
    house.later(minutes=30)
    house.raised()
    house.deliver()
    assert len(house.post.got[url("polres")]) == 2
    house.later(minutes=30)
    house.deliver()
    (summary,) = house.post.got[url("polres")][2:]
    assert summary.kind == "summary"
    assert len(json.loads(summary.body)["items"]) == 4
    assert Counter(state for _, state in house.states("polres")) == {"sent": 6}
    # The summary was a message too: one more may go out in its hour.
    house.raised()
    house.raised()
    house.deliver()
    assert len(house.post.got[url("polres")]) == 4
    assert alerts[0].uid in {message.uid for message in house.post.got[url("polres")]}


def test_what_comes_while_a_recipient_is_paused_is_told_in_one_summary(house):
    polres = house.store.recipients.change(replace(house.add("polres"), active=False), "sari", house.now)
    house.raised()
    house.raised()
    house.deliver()
    assert house.post.tried == {}
    house.store.recipients.change(replace(polres, active=True), "sari", house.now)
    house.later(minutes=1)
    house.deliver()
    (summary,) = house.post.got[url("polres")]
    assert (summary.kind, len(json.loads(summary.body)["items"])) == ("summary", 2)


def test_an_update_after_a_summary_waits_until_that_was_sent(house):
    house.add("polres", replace(ALL, most_per_hour=1))
    house.raised()
    house.raised()
    held = house.raised()
    house.deliver()
    house.later(hours=1)
    house.post.answers[url("polres")] = lambda message: LATER if message.kind == "summary" else GOOD
    house.deliver()
    house.updated(held)
    house.later(seconds=5)
    house.deliver()
    assert len(house.post.got[url("polres")]) == 1
    house.post.answers.clear()
    house.later(hours=2)
    house.deliver()
    house.later(hours=2)
    house.deliver()
    assert [(message.kind, message.revision) for message in house.post.got[url("polres")]] == [
        ("alert", 1),
        ("summary", 0),
        ("alert", 2),
    ]


def test_what_is_above_the_limit_never_overtakes_what_is_being_tried(house):
    house.add("polres", replace(ALL, most_per_hour=1))
    answers = iter([LATER])
    house.post.answers[url("polres")] = lambda message: next(answers, GOOD) if message.revision == 1 else GOOD
    house.policy = replace(POLICY, first_s=2 * 7200)
    first = house.raised()
    house.deliver()
    house.raised()
    house.updated(first)
    house.deliver()
    house.later(hours=1)
    house.deliver()
    house.later(hours=2)
    house.deliver()
    house.later(hours=1)
    house.deliver()
    told = [(message.kind, message.uid == first.uid, message.revision) for message in house.post.got[url("polres")]]
    assert told == [("alert", False, 1), ("alert", True, 1), ("alert", True, 2)]


def test_what_is_held_back_together_is_told_once(house):
    house.add("polres", replace(ALL, most_per_hour=1))
    house.raised()
    house.deliver()
    second, third = house.raised(), house.raised()
    house.updated(second)
    house.deliver()
    house.later(hours=1)
    house.deliver()
    summary = house.post.got[url("polres")][1]
    told = {entry["id"]: entry["_kentongan"]["revisi"] for entry in json.loads(summary.body)["items"]}
    assert told == {second.uid: 2, third.uid: 1}
    assert sorted(house.states("polres")) == [(1, "sent"), (1, "sent"), (1, "superseded"), (2, "sent")]


def test_severity_two_waits_for_an_analyst_unless_somebody_let_it_out(house):
    house.add("polres")
    house.raised(house.incident(severity=2))
    by_hand = house.raised(house.incident(severity=2))
    subject = f"kejadian/{by_hand.incident_id}"
    house.store.audit.add("sari", RAISED_BY_HAND[0], subject, house.now)
    house.deliver()
    assert [message.uid for message in house.post.got[url("polres")]] == [by_hand.uid]
    assert set(RAISED_BY_HAND) == {DONE["raised"], DONE["updated"]}


def test_a_target_and_a_key_may_lie_in_the_environment(house):
    house.add("polres", target="env:POLRES_URL", secret="env:POLRES_KUNCI")
    house.raised()
    assert house.deliver()["retried"] == 1
    (waiting,) = house.store.deliveries.log()
    assert waiting.detail == "the variable POLRES_URL of the environment is not set"
    house.environ |= {"POLRES_URL": url("polres"), "POLRES_KUNCI": KEY}
    house.later(minutes=1)
    house.deliver()
    assert len(house.post.keys("polres")) == 1


def test_a_trial_says_that_it_is_one_and_goes_out_at_any_hour(house):
    house.add("polres", replace(ALL, quiet=(time(11), time(13))))
    done = asyncio.run(send_trial(house.tools, "polres"))
    assert (done.state, done.kind) == ("sent", "test")
    (message,) = house.post.got[url("polres")]
    assert "LATIHAN" in message.subject
    assert "bukan peringatan" in message.text


def test_two_passes_at_once_send_nothing_twice(house):
    for number in range(4):
        house.add(f"r{number}")
    for _ in range(10):
        house.raised()

    async def both() -> None:
        await asyncio.gather(deliver(house.tools), deliver(house.tools))

    asyncio.run(both())
    for number in range(4):
        assert len(house.post.keys(f"r{number}")) == len(set(house.post.keys(f"r{number}"))) == 10


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_processes_that_plan_and_send_at_once_send_nothing_twice(engine, house, request, tmp_path):
    url_of = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if engine == "postgresql":
        url_of = request.getfixturevalue("postgresql_url")
    with Store.open(url_of) as store:
        house.store = store
        for number in range(3):
            house.add(f"r{number}", replace(ALL, most_per_hour=20) if number == 2 else ALL)
        alerts = [house.raised() for _ in range(30)]
        for alert in alerts[:10]:
            house.updated(alert)

        def one(holder: str) -> None:
            with Store.open(url_of) as own:
                tools = replace(house, store=own).tools
                asyncio.run(deliver(replace(tools, holder=holder)))

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(one, ("a", "b", "c")))
        for number in range(2):
            keys = house.post.keys(f"r{number}")
            assert len(keys) == len(set(keys)) == 40
            order = defaultdict(list)
            for message in house.post.got[url(f"r{number}")]:
                order[message.uid].append(message.revision)
            assert all(revisions == sorted(revisions) for revisions in order.values())
        assert len(house.post.keys("r2")) == 20
        assert store.deliveries.counts() == {"sent": 100, "held": 20}


def test_a_dry_run_says_what_the_next_pass_does_and_changes_nothing(house):
    house.policy = replace(POLICY, trip_after=1, rest_s=3600)
    house.add("polres")
    house.add("jauh", replace(ALL, regions=("14",)))
    house.add("sakit")
    house.add("sibuk", replace(ALL, most_per_hour=2))
    house.add("tidur", replace(ALL, quiet=(time(11), time(14))))
    house.add("sekda", replace(ALL, mode="ringkasan", digest_at=(time(18),)))
    house.add("pelatihan", exercise=True)
    paused = house.add("libur")
    house.store.recipients.change(replace(paused, active=False), "sari", house.now)
    house.post.answers[url("sakit")] = lambda _: LATER
    first = house.raised()
    house.deliver()
    house.later(seconds=5)
    second, third, fourth = house.raised(), house.raised(), house.raised()
    house.updated(second)
    before = house.store.deliveries.log(limit=1000)
    lines = preview(house.tools)
    assert house.store.deliveries.log(limit=1000) == before
    said = defaultdict(set)
    for line in lines:
        said[line.recipient.name].add((line.alert_uid, line.revision, line.what))
    assert said["polres"] == {
        (second.uid, 1, "sekarang"),
        (second.uid, 2, "menunggu_revisi"),
        (third.uid, 1, "sekarang"),
        (fourth.uid, 1, "sekarang"),
    }
    assert {what for _, _, what in said["jauh"]} == {"wilayah"}
    assert said["sakit"] >= {(first.uid, 1, "dicoba_lagi"), (third.uid, 1, "dibiarkan")}
    assert Counter(what for _, _, what in said["sibuk"]) == {"sekarang": 1, "terlalu_banyak": 2, "menunggu_revisi": 1}
    assert said["tidur"] >= {(second.uid, 1, "digantikan"), (second.uid, 2, "tenang"), (third.uid, 1, "tenang")}
    assert said["sekda"] >= {(first.uid, 1, "ringkasan"), (second.uid, 1, "digantikan"), (second.uid, 2, "ringkasan")}
    assert {what for _, _, what in said["pelatihan"]} == {"latihan"}
    assert said["libur"] >= {(third.uid, 1, "dijeda")}
    # And so it comes.
    gone = {name: len(house.post.got[url(name)]) for name in ("polres", "sibuk", "tidur", "sekda", "libur")}
    house.deliver()
    came = {name: len(house.post.got[url(name)]) - count for name, count in gone.items()}
    assert came == {"polres": 4, "sibuk": 1, "tidur": 0, "sekda": 0, "libur": 0}
    house.now = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
    digests = [(line.recipient.name, line.kind, line.count) for line in preview(house.tools) if line.kind == "digest"]
    assert digests == [("sekda", "digest", 4)]


def test_a_defect_of_one_channel_is_raised_and_holds_up_nobody(house):
    house.add("rusak")
    house.add("sehat")

    def breaks(_: Message) -> Receipt:
        raise RuntimeError("a defect")

    house.post.answers[url("rusak")] = breaks
    house.raised()
    with pytest.raises(RuntimeError, match="a defect"):
        house.deliver()
    assert len(house.post.keys("sehat")) == 1
    # It is taken up again when its claim has run out, and given up like anything else.
    (stuck,) = house.store.deliveries.log(states=("waiting",))
    assert (stuck.attempts, stuck.claimed_until) == (1, house.now + timedelta(minutes=5))


def test_a_process_that_stood_still_does_not_send_what_another_may_have(house):
    house.add("polres")
    house.raised()
    tools = house.tools
    plan(tools)

    class Slow(Post):
        async def send(self, message: Message, recipient: Recipient) -> Receipt:
            raise AssertionError("it must not be sent")

    moments = iter([NOON, NOON + timedelta(minutes=4)])
    hands = __import__("flows.deliver", fromlist=["_claim"])._claim(1, tools)
    late = replace(tools, senders={"webhook": Slow()}, clock=lambda: next(moments) + timedelta(minutes=4))
    from flows.deliver import _Ledger, _send

    asyncio.run(_send(hands[0], late, _Ledger(late), asyncio.Semaphore(1)))
    (back,) = house.store.deliveries.log()
    assert (back.state, back.attempts, back.claimed_until) == ("waiting", 0, None)


class Killed(BaseException):
    """Stands for kill -9: nothing after it is done."""


@pytest.mark.parametrize("when", ["before it was sent", "after it was sent"])
def test_what_a_killed_process_had_in_hand_is_sent_again_under_its_key(house, when):
    house.add("polres")
    alert = house.raised()

    def dies(message: Message) -> Receipt:
        if when == "after it was sent":
            house.post.got[url("polres")].append(message)
        raise Killed

    house.post.answers[url("polres")] = dies
    with pytest.raises(Killed):
        asyncio.run(deliver(replace(house.tools, holder="mesin-lain:1:1")))
    house.post.answers.clear()
    assert house.deliver() == Counter()  # on another machine nobody can tell that it is dead
    house.later(minutes=6)
    house.deliver()
    (recipient,) = house.store.recipients.all()
    assert set(house.post.keys("polres")) == {key_of(alert, recipient)}
    assert house.states("polres") == [(1, "sent")]


def test_what_ends_every_process_that_sends_it_is_parked_in_the_end(house):
    house.add("polres")

    def dies(_: Message) -> Receipt:
        raise Killed

    house.post.answers[url("polres")] = dies
    house.raised()
    for _ in range(POLICY.attempts):
        with pytest.raises(Killed):
            asyncio.run(deliver(replace(house.tools, holder="mesin-lain:1:1")))
        house.later(minutes=6)
    assert house.deliver()["parked"] == 1
    (parked,) = house.store.deliveries.log()
    assert (parked.state, parked.may_have, parked.detail) == ("parked", True, "given up after 3 attempts; no answer")


@dataclass(frozen=True)
class Step:
    """Something that happens: an alert is raised or changed, time passes, somebody delivers."""

    what: str
    which: int = 0


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["raise", "raise_p1", "raise_low", "update", "cancel", "deliver", "minutes", "hours", "kill"]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=18,
)
RULES = st.builds(
    DeliveryRule,
    from_level=st.sampled_from([0, 3, 4]),
    unverified=st.just(True),
    quiet=st.sampled_from([None, (time(13), time(15))]),
    mode=st.sampled_from(["segera", "segera", "ringkasan"]),
    digest_at=st.sampled_from([(time(12, 30),), (time(17), time(18))]),
    most_per_hour=st.sampled_from([None, 1, 2]),
)
BEHAVIOUR = st.lists(st.sampled_from(["good", "later", "never", "dies", "good"]), min_size=1, max_size=6)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS, st.lists(RULES, min_size=1, max_size=2), BEHAVIOUR)
@example([Step("raise"), Step("deliver"), Step("update"), Step("deliver")], [ALL], ["dies"])
def test_whatever_happens_each_revision_ends_once_for_each_recipient(tmp_path, empty_store, steps, rules, behaviour):
    path = tmp_path / "any.sqlite3"
    for left in tmp_path.glob("any.sqlite3*"):
        left.unlink()
    path.write_bytes(empty_store)
    with Store.open(f"sqlite:///{path}") as store:
        house = House(store, tmp_path)
        recipients = [house.add(f"r{number}", rule) for number, rule in enumerate(rules)]
        turn = iter(behaviour * 1000)

        def answers(message: Message) -> Receipt:
            said = next(turn)
            if said == "dies":
                raise Killed
            return {"good": GOOD, "later": LATER, "never": NEVER}[said]

        for one in recipients:
            house.post.answers[one.target] = answers
        alerts: list[Alert] = []
        for step in steps:
            house.later(seconds=1)
            play(step, house, alerts)
        # Let everything come to its end.
        for _ in range(40):
            house.later(hours=3)
            try_deliver(house)
            if not store.deliveries.log(states=("waiting", "held", "carried"), limit=1):
                break
        revisions = [one for alert in alerts for one in store.alerts.history(alert.uid)]
        for one in recipients:
            rows = [row for row in store.deliveries.log(recipient_id=one.id, limit=10_000) if row.kind == "alert"]
            assert sorted((row.alert_uid, row.revision) for row in rows) == sorted(
                (alert.uid, alert.revision) for alert in revisions
            )
            assert {row.state for row in rows} <= ENDED
            got = house.post.got[one.target]
            sent = {row.key for row in rows if row.state == "sent" and row.carried_by is None}
            assert sent <= {message.key for message in got}
            # By itself nothing arrives twice: only a receiver that died with it in hand gets it again.
            assert Counter(message.key for message in got).most_common(1)[0][1] == 1 if got else True
            # Nobody is told an older revision after a newer one, by itself or in a digest.
            order = defaultdict(list)
            for message in got:
                if message.kind == "alert":
                    order[message.uid].append(message.revision)
                carrier = store.deliveries.of_key(message.key)
                for row in rows:
                    if row.carried_by == carrier.id:
                        order[row.alert_uid].append(row.revision)
            assert all(numbers == sorted(numbers) for numbers in order.values())
            for row in rows:
                if row.carried_by is not None:
                    assert store.deliveries.get(row.carried_by).state == row.state


def play(step: Step, house: House, alerts: list[Alert]) -> None:
    if step.what.startswith("raise"):
        kind = {"raise": {}, "raise_p1": {"urgency": "P1"}, "raise_low": {"severity": 1}}[step.what]
        alerts.append(house.raised(house.incident(**kind)))
    elif step.what in {"update", "cancel"} and alerts:
        alert = alerts[step.which % len(alerts)]
        state = "updated" if step.what == "update" else "cancelled"
        house.updated(alert, state)
    elif step.what in {"minutes", "hours"}:
        house.later(**{step.what: step.which * (7 if step.what == "minutes" else 1)})
    elif step.what in {"deliver", "kill"}:
        try_deliver(house)


def try_deliver(house: House) -> None:
    try:
        asyncio.run(deliver(replace(house.tools, holder="mesin-lain:1:1")))
    except Killed:
        house.later(minutes=6)


def test_a_removed_recipient_is_sent_nothing_more(house):
    polres = house.add("polres")
    house.raised()
    plan(house.tools)
    with house.store.transaction():
        house.store.deliveries.end_all(polres.id, "its recipient was removed", house.now)
        house.store.recipients.remove(polres.id, "sari", house.now)
    house.deliver()
    assert house.post.tried == {}


def test_a_rule_of_quiet_hours_and_digests_that_cannot_be_is_refused():
    with pytest.raises(InputError):
        replace(ALL, quiet=(time(22), time(5)), digest_at=(time(22),))
