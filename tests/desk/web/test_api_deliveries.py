"""Recipients and the log of deliveries by the API: what the pages do, with no target or key told whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.delivering import Circuit, Message, Recipient
from data.store.deliveries import Settled
from desk.permissions import Permission
from desk.web import make_desk
from tests.desk.web.test_api import Program, problem, program

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.delivering import Delivery
    from data.store import Store

__all__ = ["program"]  # the fixture

SECRET = "kunci-dua-puluh-empat-huruf"
POLRES = Recipient(0, "Polres", "webhook", "https://polres.example/masuk?kode=rahasia", SECRET)
BODY = {
    "nama": "Polres Padang",
    "saluran": "webhook",
    "tujuan": "https://polres.example/masuk",
    "aturan": {
        "wilayah": ["13", "13.77"],
        "sinyal": ["konflik_massa"],
        "tingkat": 3,
        "tenang": "22:00-05:00",
        "p1_menunggu": True,
        "ringkasan": ["18:00", "06:00"],
        "batas": 20,
        "eskalasi": ["P1"],
    },
}
CHANGE = {"nama": "Polresta", "latihan": False, "aturan": {"tingkat": 2}}


@pytest.fixture
def app(tools: Any, store: Store, clock: Any) -> Any:
    """A desk whose trials go nowhere: each ends as parked, as if the other side were gone."""

    def trial(_settings: Any, _clock: Any, name: str) -> Delivery:
        one = store.recipients.named(name)
        return ended(store, clock, one, "test.1", "parked", "answered 410: it is gone for good")

    return make_desk(replace(tools, trial_sender=trial))


@pytest.fixture
def polres(store: Store, clock: Any) -> Recipient:
    return store.recipients.add(POLRES, "sari", clock())


def ended(store: Store, clock: Any, one: Recipient, key: str, state: Any, detail: str, uid: str = "") -> Delivery:
    """Return a delivery to a recipient that ended so."""
    kind = "alert" if uid else "test"
    said = Message(key, kind, uid, int(bool(uid)), 0, "Judul", "Teks", b"{}", exercise=False)  # type: ignore[arg-type]
    put = store.deliveries.send_to(said, one.id, clock())
    ((taken, _),) = store.deliveries.claim(one.id, "x", clock(), clock() + timedelta(minutes=5), 1, only=put.id)
    store.deliveries.settle([Settled(taken, state, detail, True)], clock())
    return store.deliveries.get(put.id)


def test_a_webhook_is_added_and_its_key_is_told_once(program: Callable[..., Program], store: Store) -> None:
    me = program("ketua")
    made = me.do("POST", "/recipients", BODY)
    assert made.status_code == 201, made.text
    told = made.json()
    (one,) = store.recipients.all()
    assert (told["key"], one.target) == (one.secret, "https://polres.example/masuk")
    assert len(told["key"]) >= 43
    assert told["recipient"] == {
        "id": one.id,
        "version": 1,
        "name": "Polres Padang",
        "channel": "webhook",
        "target": "https://polres.example/…",
        "active": True,
        "exercise": False,
        "timezone": "Asia/Jakarta",
        "since": "2024-11-26T08:00:00Z",
        "rule": {
            "regions": ["13", "13.77"],
            "signals": ["konflik_massa"],
            "from_level": 3,
            "urgencies": [],
            "unverified": False,
            "quiet": ["22:00", "05:00"],
            "p1_breaks_quiet": False,
            "mode": "segera",
            "digest_at": ["06:00", "18:00"],
            "most_per_hour": 20,
            "escalations": ["P1"],
        },
        "endpoint": {"failures": 0, "trips": 0, "open_until": None, "detail": ""},
        "deliveries": {},
    }
    for path in ("/recipients", f"/recipients/{one.id}", f"/recipients/{one.id}/history", "/audit"):
        again = me.read(path)
        assert again.status_code == 200
        assert one.secret not in again.text
        assert "polres.example/masuk" not in again.text
    (entry,) = store.audit.entries(action="penerima_ditambah")
    assert (entry.actor, entry.subject) == ("ketua", f"penerima/{one.id}")
    # A mailbox has no key.
    mail = me.do("POST", "/recipients", {"nama": "Sekda", "saluran": "surel", "tujuan": "sekda@pemda.example"}).json()
    assert (mail["key"], mail["recipient"]["target"]) == (None, "s…@pemda.example")


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"tujuan": "https://169.254.169.254/latest"}, 422, "169.254.169.254"),
        ({"tujuan": "polres"}, 422, "https://"),
        ({"saluran": "merpati"}, 422, "body/saluran"),
        ({"aturan": {"wilayah": ["99.99"]}}, 404, "99.99"),
        ({"aturan": {"sinyal": ["badai_pasir"]}}, 404, "badai_pasir"),
        ({"aturan": {"tenang": "malam"}}, 422, "body/aturan/tenang"),
        ({"aturan": {"cara": "ringkasan"}}, 422, "06:00"),
        ({"aturan": {"tenang": "22:00-05:00", "ringkasan": ["23:00"]}}, 422, "a digest cannot be sent in quiet hours"),
        ({"aturan": {"tingkat": 9}}, 422, "body/aturan/tingkat"),
        ({"aturan": {"apa": 1}}, 422, "body/aturan/apa"),
        ({"nama": " "}, 422, "a recipient has a name"),
        ({"nama": "polres  PADANG"}, 422, "take another name"),
    ],
)
def test_what_nobody_could_be_sent_is_refused_with_what_to_do(
    program: Callable[..., Program], store: Store, clock: Any, wrong: Any, status: int, told: str
) -> None:
    store.recipients.add(replace(POLRES, name="Polres Padang"), "sari", clock())
    me = program("ketua")
    me.headers["accept-language"] = "en"
    answer = me.do("POST", "/recipients", BODY | {"nama": "Lain"} | wrong)
    problem(answer, status)
    assert told in answer.text
    assert [one.name for one in store.recipients.all()] == ["Polres Padang"]


def test_a_recipient_is_changed_against_the_version_that_was_seen(
    program: Callable[..., Program], store: Store, polres: Recipient
) -> None:
    me, here = program("ketua"), f"/recipients/{polres.id}"
    tag = me.read(here).headers["etag"]
    assert problem(me.do("PUT", here, CHANGE), 428)["type"].endswith("tanpa-if-match")
    after = me.do("PUT", here, CHANGE, tag).json()
    assert (after["name"], after["version"], after["rule"]["from_level"]) == ("Polresta", 2, 2)
    kept = store.recipients.named("polresta")
    assert (kept.target, kept.secret, kept.timezone) == (POLRES.target, SECRET, "Asia/Jakarta")
    # Somebody else saw version 1 too.
    late = problem(program("admin").do("PUT", here, CHANGE | {"nama": "Lain"}, tag), 412)
    assert (late["by"], store.recipients.named("polresta").version) == ("ketua", 2)
    # A target is told anew, or stays; what a drill recipient is must be said.
    moved = me.do("PUT", here, CHANGE | {"tujuan": "https://lain.example/x"}, 2)
    assert (moved.status_code, moved.json()["target"]) == (200, "https://lain.example/…")
    problem(me.do("PUT", here, {"nama": "Polresta", "aturan": {}}, 3), 422)
    history = me.read(f"{here}/history").json()["items"]
    assert [(one["version"], one["by"], one["name"]) for one in history] == [
        (3, "ketua", "Polresta"),
        (2, "ketua", "Polresta"),
        (1, "sari", "Polres"),
    ]
    problem(me.do("PUT", "/recipients/999", CHANGE, 1), 404)


def test_a_recipient_is_paused_resumed_and_removed(
    program: Callable[..., Program], store: Store, clock: Any, polres: Recipient
) -> None:
    me, here = program("ketua"), f"/recipients/{polres.id}"
    assert me.do("PUT", f"{here}/state", {"aktif": False}).json()["active"] is False
    # The same again changes nothing.
    assert me.do("PUT", f"{here}/state", {"aktif": False}).json()["version"] == 2
    assert me.do("PUT", f"{here}/state", {"aktif": True}).json()["version"] == 3
    assert [one.action for one in store.audit.entries(subject=f"penerima/{polres.id}")] == [
        "penerima_dilanjutkan",
        "penerima_dijeda",
    ]
    waits = Message("a", "test", "", 0, 0, "Judul", "Teks", b"{}", exercise=False)
    put = store.deliveries.send_to(waits, polres.id, clock())
    problem(me.do("DELETE", here), 428)
    problem(me.do("DELETE", here, seen=1), 412)
    assert store.recipients.get(polres.id) is not None
    assert me.do("DELETE", here, seen=3).json() == {"parked": 1}
    assert store.deliveries.get(put.id).state == "parked"
    problem(me.do("DELETE", here, seen=3), 404)
    for path in ("", "/history"):
        problem(me.read(f"{here}{path}"), 404)
    problem(me.do("POST", f"{here}/trials"), 404)
    # What was parked so cannot go out again.
    problem(program("verifikator").do("POST", f"/deliveries/{put.id}/replays"), 422)


def test_a_trial_says_what_became_of_it(program: Callable[..., Program], store: Store, polres: Recipient) -> None:
    made = program("ketua").do("POST", f"/recipients/{polres.id}/trials")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["kind"], told["state"], told["recipient"], told["incident_id"]) == ("test", "parked", "Polres", None)
    assert "menjawab 410" in told["detail"]
    (entry,) = store.audit.entries(action="uji_kirim")
    assert (entry.actor, entry.subject, entry.detail) == ("ketua", f"penerima/{polres.id}", {"hasil": "parked"})


def test_how_an_endpoint_fares_is_told_with_its_recipient(
    program: Callable[..., Program], store: Store, clock: Any, polres: Recipient
) -> None:
    until = clock() + timedelta(minutes=10)
    store.endpoints.put(polres.endpoint, Circuit(7, 2, until, "answered 500"), clock())
    me = program("admin")
    me.headers["accept-language"] = "en"
    assert me.read("/recipients").json()["items"][0]["endpoint"] == {
        "failures": 7,
        "trips": 2,
        "open_until": "2024-11-26T08:10:00Z",
        "detail": "answered 500",
    }


def test_the_log_is_told_page_by_page_and_by_state_recipient_and_incident(
    program: Callable[..., Program], store: Store, clock: Any, polres: Recipient, incident: Any
) -> None:
    other = store.recipients.add(replace(POLRES, name="Bawaslu", target="https://bawaslu.example/"), "sari", clock())
    alert = store.alerts.of_incident(incident.id)
    assert alert is not None
    first = ended(store, clock, polres, "a", "sent", "answered 200", alert.uid)
    second = ended(store, clock, other, "b", "parked", "answered 410: it is gone for good", alert.uid)
    third = ended(store, clock, polres, "c", "sent", "answered 200")
    me = program("verifikator")
    page = me.read("/deliveries?limit=2")
    assert [one["id"] for one in page.json()["items"]] == [third.id, second.id]
    assert page.json()["counts"] == {"sent": 1, "parked": 1}
    rest = me.get(page.headers["link"][1:].partition(">")[0]).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([first.id], None)
    assert me.read("/deliveries?limit=2", if_none_match=page.headers["etag"]).status_code == 304
    assert [(one["recipient"], one["incident_id"], one["revision"]) for one in rest["items"]] == [
        ("Polres", incident.id, 1)
    ]
    for query, found in (
        ("keadaan=parked", [second.id]),
        (f"penerima={polres.id}", [third.id, first.id]),
        (f"kejadian={incident.id}", [second.id, first.id]),
        (f"kejadian={incident.id}&keadaan=sent", [first.id]),
    ):
        assert [one["id"] for one in me.read(f"/deliveries?{query}").json()["items"]] == found, query
    for query, status in (("keadaan=hilang", 422), ("penerima=x", 422), ("kejadian=999", 404), ("cursor=abc", 422)):
        problem(me.read(f"/deliveries?{query}"), status)
    assert "masuk" not in me.read("/deliveries").text


def test_what_was_parked_goes_out_again_once(
    program: Callable[..., Program], store: Store, clock: Any, polres: Recipient
) -> None:
    gone = ended(store, clock, polres, "a", "parked", "answered 410")
    me = program("verifikator")
    again = me.do("POST", f"/deliveries/{gone.id}/replays")
    assert again.status_code == 201, again.text
    assert (again.json()["state"], again.json()["key"]) == ("waiting", "a")
    assert store.audit.entries(action="kiriman_diulang")[0].subject == f"kiriman/{gone.id}"
    problem(me.do("POST", f"/deliveries/{gone.id}/replays"), 422)
    problem(me.do("POST", "/deliveries/999/replays"), 404)


@pytest.mark.parametrize(
    ("method", "path", "body", "role", "scope"),
    [
        ("GET", "/recipients", None, "verifikator", "setelan"),
        ("POST", "/recipients", BODY, "verifikator", "setelan"),
        ("GET", "/recipients/1", None, "verifikator", "setelan"),
        ("PUT", "/recipients/1", CHANGE, "verifikator", "setelan"),
        ("DELETE", "/recipients/1", None, "verifikator", "setelan"),
        ("GET", "/recipients/1/history", None, "verifikator", "setelan"),
        ("PUT", "/recipients/1/state", {"aktif": False}, "verifikator", "setelan"),
        ("POST", "/recipients/1/trials", None, "verifikator", "setelan"),
        ("GET", "/deliveries", None, "analis", "peringatan"),
        ("POST", "/deliveries/1/replays", None, "analis", "peringatan"),
    ],
)
def test_who_has_not_the_right_does_nothing(
    program: Callable[..., Program], store: Store, polres: Recipient, method: str, path: str, body: Any, role: str,
    scope: str,
) -> None:  # fmt: skip
    for me in (program(role), program("ketua", Permission.LIHAT)):
        assert problem(me.do(method, path, body, 1), 403)["scope"] == scope
    assert store.recipients.all() == [polres]


def test_the_page_sends_a_trial_by_the_same_action(visit: Callable[..., Any], store: Store, polres: Recipient) -> None:
    answer = visit("ketua").submit(f"/penerima/{polres.id}/uji")
    assert answer.status_code == 422
    assert "menjawab 410" in answer.text
    assert store.audit.entries(action="uji_kirim")[0].detail == {"hasil": "parked"}
