"""The outbox and the recipients: one row for one message to one recipient, claimed by one sender at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta

import pytest

from data.delivering import (
    Acknowledgement,
    Circuit,
    Delivery,
    DeliveryRule,
    Escalation,
    Message,
    Recipient,
)
from data.errors import InputError, StoreError, UnknownItemError
from data.records import Alert, Incident, IncidentStatus, Modality, Urgency
from data.store import Store
from data.store.deliveries import Settled

KEY = "kunci-rahasia-dari-dua-puluh-empat"


@pytest.fixture
def alert(store, piece, now):
    """Return an alert that was raised, of an incident with one article."""
    run = store.runs.start("crawl", now)
    from data.outcomes import Outcome
    from data.records import PageRef

    url = "http://kabar.example/1"
    store.settle(run, PageRef(url, url, "kabar", "feed"), None, Outcome.BARU, piece(url), now)
    article = store.articles.by_url(url)
    incident = Incident(
        id=0,
        title="Posko dibakar",
        signals=("perusakan",),
        modality=Modality.KEJADIAN,
        severity=3,
        urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(),
        opened_at=now,
        first_seen=now,
        last_seen=now,
        event_time=None,
        article_ids=(article.id,),
        spread=1,
        independent_sources=1,
        best_tier=2,
    )
    opened = store.incidents.open(incident, (article.id,), now)
    made = Alert("tag:kentongan.local,2026-11-26:kejadian:1", opened.id, 1, "raised", now, now, False, False)
    return store.alerts.raise_(made)


@pytest.fixture
def polres(store, now):
    rule = DeliveryRule(
        regions=("13.77",), quiet=(time(22), time(5)), digest_at=(time(6), time(18)), most_per_hour=10, unverified=True
    )
    made = Recipient(0, "Polres Pariaman", "webhook", "https://polres.example/masuk?k=1", KEY, rule=rule)
    return store.recipients.add(made, "cli:sari", now)


def message(alert, recipient, *, revision=1):
    key = f"{alert.uid}.{revision}.{recipient.id}"
    return Message(
        key, "alert", alert.uid, revision, alert.incident_id, "Posko", "Posko dibakar", b"{}", False, "raised"
    )


def waiting(number, alert, recipient, now, *, revision=1, message_id=1, state="waiting", why="", due=None):
    key = f"{alert.uid}.{revision}.{recipient.id}.{number}"
    return Delivery(0, key, recipient.id, message_id, "alert", alert.uid, revision, state, why, False, now, due or now)


def test_a_recipient_comes_back_as_it_went_in_and_keeps_its_versions(store, polres, now):
    assert store.recipients.named("  polres  PARIAMAN ") == polres
    assert (polres.version, polres.since) == (1, now)
    later = now + timedelta(days=1)
    after = store.recipients.change(replace(polres, target="https://baru.example/masuk"), "budi", later)
    assert (after.version, store.recipients.get(polres.id).target) == (2, "https://baru.example/masuk")
    assert [(one["version"], one["by"], one["target"]) for one in store.recipients.versions(polres.id)] == [
        (1, "cli:sari", "https://polres.example/…"),
        (2, "budi", "https://baru.example/…"),
    ]


def test_two_who_change_a_recipient_at_once_do_not_undo_each_other(store, polres, now):
    store.recipients.change(replace(polres, active=False), "sari", now)
    with pytest.raises(InputError, match="was changed meanwhile"):
        store.recipients.change(replace(polres, exercise=True), "budi", now)


def test_a_name_is_taken_once_and_free_again_when_its_recipient_is_removed(store, polres, now):
    with pytest.raises(InputError, match="already"):
        store.recipients.add(replace(polres, name="POLRES PARIAMAN"), "sari", now)
    store.recipients.remove(polres.id, "sari", now)
    assert store.recipients.get(polres.id) is None
    with pytest.raises(UnknownItemError, match="kentongan recipient list"):
        store.recipients.named("Polres Pariaman")
    again = store.recipients.add(polres, "sari", now)
    assert again.id != polres.id
    assert store.recipients.names() == {polres.id: "Polres Pariaman", again.id: "Polres Pariaman"}


def test_a_removed_recipients_secrets_are_gone_from_the_database(store, store_url, polres, now):
    store.recipients.remove(polres.id, "sari", now)
    kept = str(store.recipients.versions(polres.id))
    assert KEY not in kept
    assert "masuk" not in kept
    if store_url.startswith("sqlite"):
        import sqlite3

        rows = sqlite3.connect(store_url.removeprefix("sqlite:///")).execute("SELECT target, secret FROM recipients")
        assert rows.fetchall() == [("", "")]


def test_it_is_decided_once_who_gets_a_revision(store, alert, now):
    assert store.deliveries.unplanned(now - timedelta(days=1)) == [alert]
    assert store.deliveries.unplanned(now + timedelta(seconds=1)) == []
    assert (store.deliveries.mark_planned(alert, now), store.deliveries.mark_planned(alert, now)) == (True, False)
    assert store.deliveries.unplanned(now - timedelta(days=1)) == []


def test_a_delivery_is_taken_in_once_and_claimed_by_one_sender(store, alert, polres, now):
    said = message(alert, polres)
    number = store.deliveries.keep_message(said, now)
    one = replace(waiting(1, alert, polres, now, message_id=number), key=said.key)
    assert (store.deliveries.put([one]), store.deliveries.put([one])) == (1, 0)
    assert store.deliveries.due_recipients(now) == [polres.id]
    until = now + timedelta(minutes=5)
    ((claimed, sent),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    assert sent == said
    assert (claimed.attempts, claimed.may_have, claimed.claimed_by) == (1, True, "a")
    assert store.deliveries.claim(polres.id, "b", now, until, 10) == []
    assert store.deliveries.due_recipients(now) == []
    store.deliveries.settle([Settled(claimed, "sent", "answered 200", True)], now)
    ended = store.deliveries.get(claimed.id)
    assert (ended.state, ended.ended_at, ended.claimed_by, ended.detail) == ("sent", now, None, "answered 200")
    assert store.deliveries.sent_since(polres.id, now - timedelta(hours=1)) == [now]


def test_what_a_killed_process_had_in_hand_is_taken_up_again(store, alert, polres, now):
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number)])
    until = now + timedelta(minutes=5)
    store.deliveries.claim(polres.id, "mesin:7:1", now, until, 10)
    assert store.deliveries.free_dead(lambda holder: holder == "mesin:8:1") == 0
    assert store.deliveries.claim(polres.id, "mesin:9:1", now, until, 10) == []
    assert store.deliveries.free_dead(lambda holder: holder == "mesin:7:1") == 1
    ((again, _),) = store.deliveries.claim(polres.id, "mesin:9:1", now, until, 10)
    assert again.attempts == 2
    # On another machine nobody can tell; there its time runs out.
    ((later, _),) = store.deliveries.claim(polres.id, "lain:1:1", until, until + timedelta(minutes=5), 10)
    assert later.attempts == 3


def test_a_later_revision_waits_for_the_earlier_one(store, alert, polres, now):
    second = store.alerts.update(replace(alert, revision=2, state="updated"))
    one = store.deliveries.keep_message(message(alert, polres), now)
    two = store.deliveries.keep_message(message(second, polres, revision=2), now)
    store.deliveries.put(
        [waiting(2, second, polres, now, revision=2, message_id=two), waiting(1, alert, polres, now, message_id=one)]
    )
    until = now + timedelta(minutes=5)
    ((first, _),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    assert first.revision == 1
    store.deliveries.settle([Settled(first, "waiting", "answered 503", True, now + timedelta(minutes=1))], now)
    assert store.deliveries.claim(polres.id, "a", now, until, 10) == []
    ((first, _),) = store.deliveries.claim(polres.id, "a", now + timedelta(minutes=1), until, 10)
    store.deliveries.settle([Settled(first, "parked", "answered 410", True)], now)
    ((after, _),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    assert after.revision == 2
    assert store.deliveries.counts() == {"parked": 1, "waiting": 1}


def test_an_attempt_that_was_given_back_does_not_count(store, alert, polres, now):
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number)])
    ((claimed, _),) = store.deliveries.claim(polres.id, "a", now, now + timedelta(minutes=5), 10)
    store.deliveries.release([claimed])
    back = store.deliveries.get(claimed.id)
    assert (back.attempts, back.may_have, back.claimed_until) == (0, False, None)


def test_what_a_digest_carries_ends_with_it(store, alert, polres, now):
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number, state="held", why="ringkasan")])
    ((held),) = store.deliveries.held(polres.id, now, ("ringkasan",))
    digest = Message("digest.1", "digest", "", 0, 0, "Ringkasan", "…", b"{}", False)
    carrier = store.deliveries.send_to(digest, polres.id, now)
    assert store.deliveries.send_to(digest, polres.id, now) == carrier
    assert store.deliveries.carry([held.id], carrier.id) == 1
    ((claimed, said),) = store.deliveries.claim(polres.id, "a", now, now + timedelta(minutes=5), 10)
    assert said == digest
    assert store.deliveries.of_alerts([alert.uid])[polres.id, alert.uid][0].may_have
    store.deliveries.settle([Settled(claimed, "parked", "answered 410", False)], now)
    assert store.deliveries.get(held.id).state == "parked"
    again = store.deliveries.replay(held.id, now)
    assert (again.id, again.state, store.deliveries.get(held.id).state) == (carrier.id, "waiting", "carried")
    ((claimed, _),) = store.deliveries.claim(polres.id, "a", now, now + timedelta(minutes=5), 10)
    store.deliveries.settle([Settled(claimed, "sent", "answered 200", True)], now)
    ended = store.deliveries.get(held.id)
    assert (ended.state, ended.carried_by) == ("sent", carrier.id)


def test_only_what_was_parked_is_sent_again_and_never_after_a_newer_one(store, alert, polres, now):
    second = store.alerts.update(replace(alert, revision=2, state="updated"))
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number)])
    store.deliveries.put([waiting(2, second, polres, now, revision=2, message_id=number)])
    until = now + timedelta(minutes=5)
    ((first, _),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    with pytest.raises(InputError, match="is waiting; only what was parked"):
        store.deliveries.replay(first.id, now)
    store.deliveries.settle([Settled(first, "parked", "answered 410", False)], now)
    again = store.deliveries.replay(first.id, now)
    assert (again.state, again.attempts, again.due) == ("waiting", 0, now)
    ((first, _),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    store.deliveries.settle([Settled(first, "parked", "answered 410", False)], now)
    ((later, _),) = store.deliveries.claim(polres.id, "a", now, until, 10)
    store.deliveries.settle([Settled(later, "sent", "answered 200", True)], now)
    assert store.deliveries.replay(first.id, now).state == "superseded"
    with pytest.raises(UnknownItemError):
        store.deliveries.get(99)


def test_what_is_held_back_waits_for_its_moment(store, alert, polres, now):
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number)])
    later = now + timedelta(minutes=40)
    assert store.deliveries.put_off(polres.id, now, "tenang", later) == 1
    assert store.deliveries.claim(polres.id, "a", now, later, 10) == []
    assert store.deliveries.hold_due(polres.id, later, "terlalu_banyak", later + timedelta(hours=1)) == 1
    assert store.deliveries.held(polres.id, later, ("terlalu_banyak",)) == []
    (held,) = store.deliveries.held(polres.id, later + timedelta(hours=1), ("terlalu_banyak",))
    assert store.deliveries.supersede([held.id], later) == 1
    assert store.deliveries.get(held.id).state == "superseded"


def test_all_that_waits_of_a_removed_recipient_is_parked(store, alert, polres, now):
    number = store.deliveries.keep_message(message(alert, polres), now)
    store.deliveries.put([waiting(1, alert, polres, now, message_id=number)])
    assert store.deliveries.end_all(polres.id, "its recipient was removed", now) == 1
    assert [(one.state, one.detail) for one in store.deliveries.log(alert_uid=alert.uid)] == [
        ("parked", "its recipient was removed")
    ]


def test_a_delivery_of_no_message_is_refused(store, alert, polres, now):
    with pytest.raises(StoreError, match="refused by a rule of the tables"):
        store.deliveries.put([waiting(1, alert, polres, now, message_id=999)])


def test_the_words_of_messages_go_with_an_article_that_is_erased(store, alert, polres, now):
    other = store.alerts.raise_(
        replace(alert, uid="tag:k:kejadian:2", incident_id=store.incidents.open(one_more(store, alert), (), now).id)
    )
    told = [store.deliveries.keep_message(message(one, polres), now) for one in (alert, other)]
    store.deliveries.put([waiting(1, alert, polres, now, message_id=told[0], state="held", why="ringkasan")])
    store.deliveries.put([waiting(2, other, polres, now, message_id=told[1], state="held", why="ringkasan")])
    body = f'{{"items":[{{"id":"tag:k:kejadian:{alert.incident_id}"}},{{"id":"tag:k:kejadian:2"}}]}}'.encode()
    digest = Message("digest.1", "digest", "", 0, 0, "Ringkasan", "Posko dibakar", body, False)
    carrier = store.deliveries.send_to(digest, polres.id, now)
    other_digest = replace(digest, key="digest.2", body=b'{"items":[{"id":"tag:k:kejadian:22"}]}')
    untouched = store.deliveries.send_to(other_digest, polres.id, now)
    store.deliveries.carry([one.id for one in store.deliveries.held(polres.id, now, ("ringkasan",))], carrier.id)
    (article_id,) = store.incidents.get(alert.incident_id).article_ids
    store.retention.erase(article_id, "sari", now)
    rows = {one.key: one for one in store.deliveries.log(recipient_id=polres.id)}
    gone, left = rows[f"{alert.uid}.1.{polres.id}.1"], rows[f"{other.uid}.1.{polres.id}.2"]
    # What else stood in the digest waits for the next one.
    assert (rows["digest.1"].state, rows["digest.1"].detail) == ("parked", "its words were erased on request")
    assert (left.state, left.carried_by, left.due) == ("held", None, now)
    assert store.deliveries.message_of(left).text == "Posko dibakar"
    assert gone.state == "parked"
    for one in (gone, rows["digest.1"]):
        said = store.deliveries.message_of(one)
        assert (said.subject, said.text, said.body) == ("", "", b"")
    with pytest.raises(InputError, match="erased on request"):
        store.deliveries.replay(rows["digest.1"].id, now)
    assert store.deliveries.message_of(untouched).text == "Posko dibakar"


def one_more(store, alert):
    return replace(store.incidents.get(alert.incident_id), id=0, article_ids=())


def test_senders_that_claim_at_once_get_each_delivery_once(store, store_url, alert, polres, now):
    numbers = range(1, 41)
    for number in numbers:
        other = alert
        if number > 1:
            opened = store.incidents.open(one_more(store, alert), (), now)
            other = store.alerts.raise_(replace(alert, uid=f"tag:k:kejadian:{opened.id}", incident_id=opened.id))
        said = store.deliveries.keep_message(message(other, polres), now)
        store.deliveries.put([waiting(number, other, polres, now, message_id=said)])

    def claims(holder: str) -> list[int]:
        taken: list[int] = []
        with Store.open(store_url) as own:
            while True:
                with own.transaction():
                    own.recipients.hold(polres.id)
                    found = own.deliveries.claim(polres.id, holder, now, now + timedelta(minutes=5), 3)
                if not found:
                    return taken
                taken += [one.id for one, _ in found]

    with ThreadPoolExecutor(4) as pool:
        taken = [number for some in pool.map(claims, ("a", "b", "c", "d")) for number in some]
    assert len(taken) == len(set(taken)) == 40


def test_an_endpoint_is_remembered_until_it_is_well(store, now):
    assert store.endpoints.get("webhook:a") == Circuit()
    bad = Circuit(5, 1, now, "answered 503")
    store.endpoints.put("webhook:a", bad, now)
    assert (store.endpoints.get("webhook:a"), store.endpoints.all()) == (bad, {"webhook:a": bad})
    store.endpoints.put("webhook:a", replace(bad, failures=6), now)
    store.endpoints.put("webhook:a", Circuit(), now)
    assert store.endpoints.all() == {}


def test_an_incident_is_acknowledged_once_by_whoever_has_the_link(store, alert, polres, now):
    link = Acknowledgement("a" * 64, alert.incident_id, polres.id, now)
    assert (store.acknowledgements.put(link), store.acknowledgements.put(link)) == (True, False)
    assert store.acknowledgements.of_incident(alert.incident_id) == []
    later = now + timedelta(minutes=3)
    first = store.acknowledgements.acknowledge("a" * 64, later, "berangkat")
    assert (first, store.acknowledgements.acknowledge("a" * 64, later)) == (True, False)
    done = replace(link, acknowledged_at=later, note="berangkat")
    assert store.acknowledgements.get("a" * 64) == done
    assert store.acknowledgements.of_incident(alert.incident_id) == [done]
    assert store.acknowledgements.get("b" * 64) is None


def test_a_step_of_escalation_is_taken_once(store, alert, now):
    incident = alert.incident_id
    assert store.escalations.last(incident) == 0
    steps = [Escalation(incident, at, now, now + timedelta(minutes=at), told=2) for at in (1, 2)]
    assert [store.escalations.put(one) for one in (*steps, steps[0])] == [True, True, False]
    assert store.escalations.of_incident(incident) == steps
    assert store.escalations.last(incident) == 2
