"""Old deliveries go out of the outbox, and whoever was told is told on as if they were all there."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.delivering import DeliveryRule
from data.store import Store
from flows.deliver_plan import plan
from flows.retention import RETENTION_KEY, RetentionTools, keep_to_rules
from tests.flows.delivery_house import GOOD, LATER, NEVER, NOON, House, url

ANSWERS = {"good": GOOD, "later": LATER, "never": NEVER}
DIGESTS = DeliveryRule(unverified=True, mode="ringkasan", digest_at=(time(6),))


def retained(house: House, days: int = 60, *, dry_run: bool = False) -> int:
    house.store.desk_settings.put(RETENTION_KEY, {"kiriman_hari": days}, "admin", house.now, "rapat")
    return keep_to_rules(RetentionTools(house.store, house.folder, lambda: house.now), dry_run=dry_run).deliveries


def test_as_installed_no_delivery_goes(house):
    house.add("polres")
    house.raised()
    house.deliver()
    house.later(days=4000)
    assert keep_to_rules(RetentionTools(house.store, house.folder, lambda: house.now)).deliveries == 0
    assert house.states("polres") == [(1, "sent")]


def test_what_ended_goes_but_the_last_that_was_told(house):
    house.add("polres")
    house.add("jauh", DeliveryRule(regions=("94",), unverified=True))
    alert = house.raised()
    house.deliver()
    house.updated(alert)
    house.deliver()
    house.later(days=61)
    house.raised()
    house.deliver()
    # Revision 1 of polres, revisions 1 and 2 of jauh, who did not want them.
    assert (retained(house, dry_run=True), retained(house), retained(house)) == (3, 3, 0)
    assert house.states("polres") == [(2, "sent"), (1, "sent")]
    assert house.states("jauh") == [(1, "not_wanted")]
    house.updated(alert, "cancelled")
    house.deliver()
    assert house.states("polres")[-1] == (3, "sent")
    assert house.states("jauh")[-1] == (3, "not_wanted")


def test_what_is_open_stays_however_old(house):
    house.add("polres", active=False)
    house.raised()
    house.deliver()
    house.later(days=400)
    house.add("lain")
    house.raised()
    house.deliver()
    assert retained(house) == 0
    assert house.states("polres")[0] == (1, "held")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(("raise", "update", "cancel", "wait")), st.sampled_from(sorted(ANSWERS))), max_size=9
    )
)
def test_planning_decides_the_same_afterwards(tmp_path_factory, events):
    said = []
    for cut in (False, True):
        folder = tmp_path_factory.mktemp("rumah")
        with Store.open(f"sqlite:///{folder / 'store.sqlite3'}") as store:
            house = House(store, folder, now=NOON)
            house.add("polres")
            house.add("sekda", DIGESTS)
            house.add("jauh", DeliveryRule(regions=("94",), unverified=True))
            alerts = []
            for what, answer in events:
                for name in ("polres", "sekda"):
                    house.post.answers[url(name)] = lambda _, answer=answer: ANSWERS[answer]
                if what == "raise" or not alerts:
                    alerts.append(house.raised())
                elif what != "wait":
                    house.updated(alerts[-1], "cancelled" if what == "cancel" else "updated")
                house.deliver()
                house.later(hours=20)
            house.later(days=70)
            if cut:
                retained(house)
            newest = max((one.id for one in store.deliveries.log(limit=1000)), default=0)
            for alert in alerts:
                house.updated(alert, "updated")
            plan(house.tools)
            rows = [one for one in store.deliveries.log(limit=1000) if one.id > newest]
            said.append(sorted((one.key, one.state, one.why, str(one.due), one.urgent) for one in rows))
    assert said[0] == said[1]


def test_a_digest_counts_from_the_last_one_however_old(house):
    house.add("sekda", DIGESTS)
    house.later(days=1)
    house.deliver()
    number = house.store.recipients.named("sekda").id
    last = house.store.deliveries.last_of_kind(number, "digest")
    house.later(days=90)
    retained(house)
    assert house.store.deliveries.last_of_kind(number, "digest") == last
    assert last is not None
    assert house.now - last.at == timedelta(days=90)


@pytest.mark.parametrize("answer", ["never", "later"])
def test_what_was_parked_goes_unless_it_may_have_come_through(house, answer):
    house.add("polres")
    house.post.answers[url("polres")] = lambda _: ANSWERS[answer]
    house.raised()
    for _ in range(4):
        house.deliver()
        house.later(hours=2)
    house.later(days=61)
    house.add("lain")
    house.raised()
    plan(house.tools)
    assert house.states("polres")[0] == (1, "parked")
    assert retained(house) == (1 if answer == "never" else 0)
