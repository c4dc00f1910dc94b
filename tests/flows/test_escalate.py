"""Nobody looks: those who asked for it are called, step by step, until a person has it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from data.delivering import DeliveryRule, Escalation
from data.errors import InputError, UnknownItemError
from data.records import IncidentStatus, Urgency
from feeds.escalation import step_due
from flows.acknowledge import LONGEST_NOTE, acknowledge, links, of_token
from tests.flows.delivery_house import NOON, House, url

CALLS = DeliveryRule(from_level=3, unverified=False, escalations=("P1", "P2"))
"""Asked for no unverified alert, so that what comes of one that nobody looked at is the calls alone."""
DESK = "https://desk.example.go.id/"


def calls(house: House, name: str) -> list[str]:
    """Return the calls that a recipient got: incident and step."""
    found = [message.key for message in house.post.got[url(name)] if message.kind == "escalation"]
    return [key.removeprefix("escalation.").rpartition(".")[0] for key in found]


@pytest.mark.parametrize(
    ("urgency", "minutes_over", "step"),
    [
        (Urgency.P1, -1, 0),
        (Urgency.P1, 0, 1),
        (Urgency.P1, 14, 1),
        (Urgency.P1, 15, 2),
        (Urgency.P1, 45, 3),
        (Urgency.P1, 12 * 60 + 45, 3),
        (Urgency.P1, 12 * 60 + 46, 0),
        (Urgency.P2, 119, 1),
        (Urgency.P2, 120, 2),
        (Urgency.P3, 600, 1),
        (Urgency.P4, 0, 0),
    ],
)
def test_each_urgency_has_its_steps(urgency, minutes_over, step):
    assert step_due(urgency, NOON, NOON + timedelta(minutes=minutes_over)) == step


def test_a_p1_that_nobody_looks_at_is_called_about_three_times(house):
    house.add("sekda", CALLS)
    incident = house.incident(urgency="P1")
    house.raised(incident)
    told = []
    for minutes in (14, 2, 14, 30, 60):  # 14, 16, 30, 60 and 120 minutes after it opened
        house.later(minutes=minutes)
        house.deliver()
        told.append(calls(house, "sekda"))
    first, second, third = (f"{incident.id}.{step}" for step in (1, 2, 3))
    assert told == [[], [first], [first, second], [first, second, third], [first, second, third]]


def test_a_call_says_how_long_it_waits_whom_to_tell_and_that_it_is_unverified(house):
    house.add("sekda", CALLS)
    house.raised(house.incident(urgency="P1"))
    house.later(minutes=16)
    house.deliver()
    (message,) = house.post.got[url("sekda")]
    assert "ESKALASI P1: 16 menit belum dilihat petugas." in message.text
    assert "Teruskan kepada: Sekda/wakil ketua, Polres, penghubung Bawaslu (lewat telepon)." in message.text
    assert "belum terverifikasi" in message.text
    assert json.loads(message.body)["_kentongan"]["eskalasi"]["menit"] == 16


def test_of_calls_that_came_due_while_nothing_ran_only_the_last_is_made(house):
    house.add("sekda", CALLS)
    incident = house.incident(urgency="P1")
    house.later(minutes=40)
    house.deliver()
    assert calls(house, "sekda") == [f"{incident.id}.2"]
    house.later(hours=20)
    house.deliver()
    assert calls(house, "sekda") == [f"{incident.id}.2"]


def test_who_looks_or_decides_stops_the_calls(house):
    house.add("sekda", CALLS)
    looked, decided, waiting = (house.incident(urgency="P1") for _ in range(3))
    watcher = house.store.users.add("sari", "Sari", "analis", (), "x", house.now)
    house.store.looks.note_first(looked.id, watcher.id, house.now)
    after = replace(house.store.incidents.get(decided.id), status=IncidentStatus.VERIFIKASI)
    house.store.incidents.update(after, house.now, "sari")
    house.later(minutes=16)
    house.deliver()
    assert calls(house, "sekda") == [f"{waiting.id}.1"]


def test_what_waits_for_an_analyst_is_called_about_too_without_an_alert(house):
    house.add("sekda", replace(CALLS, from_level=2))
    incident = house.incident(severity=2, urgency="P2")
    house.later(hours=2, minutes=1)
    house.deliver()
    (message,) = house.post.got[url("sekda")]
    assert (message.uid, message.revision, message.incident_id) == ("", 0, incident.id)
    assert house.store.alerts.of_incident(incident.id) is None


def test_only_who_asked_for_it_and_whom_it_concerns_is_called(house):
    house.add("sekda", CALLS)
    house.add("tanpa_panggilan", replace(CALLS, escalations=()))
    house.add("p2_saja", replace(CALLS, escalations=("P2",)))
    house.add("wilayah_lain", replace(CALLS, regions=("14",)))
    house.add("sinyal_lain", replace(CALLS, signals=("bencana_cuaca",)))
    house.add("latihan", CALLS, exercise=True)
    house.add("dijeda", CALLS, active=False)
    incident = house.incident(urgency="P1")
    house.later(minutes=16)
    house.add("baru", CALLS)
    house.deliver()
    got = {name: calls(house, name) for name in ("sekda", "tanpa_panggilan", "p2_saja", "wilayah_lain", "sinyal_lain")}
    got |= {name: calls(house, name) for name in ("latihan", "dijeda", "baru")}
    assert {name for name, keys in got.items() if keys} == {"sekda"}
    assert got["sekda"] == [f"{incident.id}.1"]


def test_an_exercise_is_called_about_to_drill_recipients_only(house):
    house.exercise = True
    house.add("sekda", CALLS)
    house.add("latihan", CALLS, exercise=True)
    house.incident(urgency="P1")
    house.later(minutes=16)
    house.deliver()
    assert calls(house, "sekda") == []
    (message,) = house.post.got[url("latihan")]
    assert message.exercise
    assert message.subject.startswith("LATIHAN – ESKALASI P1")


def test_that_nobody_is_there_to_be_called_is_kept(house):
    house.add("riau", replace(CALLS, regions=("14",)))
    incident = house.incident(urgency="P1")
    house.later(minutes=16)
    house.deliver()
    due = incident.opened_at + timedelta(minutes=15)
    assert house.store.escalations.of_incident(incident.id) == [Escalation(incident.id, 1, due, house.now, 0)]


def test_a_p1_calls_in_quiet_hours_and_a_p2_waits_for_their_end(house):
    quiet = replace(CALLS, quiet=(time(21), time(5)))
    house.now = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # 22.00 WIB
    house.add("sekda", quiet)
    soon, later = house.incident(urgency="P1"), house.incident(urgency="P2")
    house.later(hours=2, minutes=1)
    house.deliver()
    assert calls(house, "sekda") == [f"{soon.id}.3"]
    house.later(hours=5)
    house.deliver()
    assert f"{later.id}.1" in calls(house, "sekda")


class TestLinks:
    @pytest.fixture
    def linked(self, house: House) -> House:
        house.acknowledge = links(house.store, DESK, lambda: house.now)
        return house

    def token(self, house: House, name: str) -> str:
        message = house.post.got[url(name)][-1]
        (found,) = re.findall(rf"{DESK}terima/([\w-]{{43}})", message.text)
        assert json.loads(message.body)["_kentongan"]["konfirmasi"] == f"{DESK}terima/{found}"
        return found

    def test_each_recipient_has_a_link_of_its_own(self, linked):
        linked.add("polres")
        linked.add("bawaslu")
        linked.raised()
        linked.deliver()
        assert self.token(linked, "polres") != self.token(linked, "bawaslu")

    def test_no_link_is_sent_where_the_address_of_the_desk_is_not_known(self, house):
        house.acknowledge = links(house.store, "", lambda: house.now)
        house.add("polres")
        house.raised()
        house.deliver()
        assert "terima/" not in house.post.got[url("polres")][0].text

    def test_who_was_called_and_has_it_stops_the_calls(self, linked):
        linked.add("sekda", CALLS)
        linked.add("polres", CALLS)
        linked.incident(urgency="P1")
        linked.later(minutes=16)
        linked.deliver()
        linked.later(minutes=1)
        acknowledge(linked.store, self.token(linked, "polres"), "  anggota   berangkat ", linked.now)
        linked.later(minutes=60)
        linked.deliver()
        assert (len(calls(linked, "sekda")), len(calls(linked, "polres"))) == (1, 1)

    def test_that_somebody_else_has_the_alert_does_not_stop_them(self, linked):
        linked.add("sekda", CALLS)
        linked.add("radio")
        linked.raised(linked.incident(urgency="P1"))
        linked.deliver()
        acknowledge(linked.store, self.token(linked, "radio"), "", linked.now)
        linked.later(minutes=16)
        linked.deliver()
        assert len(calls(linked, "sekda")) == 1

    def test_the_first_answer_is_kept_and_stands_in_the_log(self, linked):
        linked.add("polres")
        alert = linked.raised()
        linked.deliver()
        token = self.token(linked, "polres")
        first = acknowledge(linked.store, token, "berangkat", linked.now)
        linked.later(minutes=5)
        again = acknowledge(linked.store, token, "lain", linked.now)
        assert first == again
        assert (first.note, first.acknowledged_at) == ("berangkat", NOON)
        (entry,) = linked.store.audit.entries(subject=f"kejadian/{alert.incident_id}")
        assert (entry.actor, entry.action, entry.detail) == ("polres", "peringatan_diterima", {"catatan": "berangkat"})

    def test_a_link_that_was_never_sent_and_a_note_too_long_are_refused(self, linked):
        with pytest.raises(UnknownItemError, match="link"):
            of_token(linked.store, "karangan")
        linked.add("polres")
        linked.raised()
        linked.deliver()
        with pytest.raises(InputError, match="at most 500"):
            acknowledge(linked.store, self.token(linked, "polres"), "x" * (LONGEST_NOTE + 1), linked.now)
