"""Recipients and what was sent to them, on the desk: added, changed, paused, removed; who got what; links followed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time, timedelta

import pytest

from data.delivering import Acknowledgement, DeliveryRule, Message, Recipient
from data.records import Alert
from data.store.deliveries import Settled
from flows.acknowledge import acknowledge, hash_of

FORM = {"nama": "Polres Padang", "saluran": "webhook", "tujuan": "https://polres.example/masuk", "tingkat": "3"}
TOKEN = "t" * 43


def only(store):
    (one,) = store.recipients.all()
    return one


def test_a_webhook_is_added_and_its_key_is_shown_once(visit, store):
    chair = visit("ketua")
    page = chair.submit("/penerima", **FORM, wilayah="13 13.77", sinyal="konflik_massa", eskalasi="P1", follow=True)
    one = only(store)
    assert (one.name, one.channel, one.target) == ("Polres Padang", "webhook", "https://polres.example/masuk")
    assert one.rule == DeliveryRule(
        regions=("13", "13.77"), signals=("konflik_massa",), from_level=3, escalations=("P1",)
    )
    assert one.secret in page.text
    for path in ("/penerima", f"/penerima/{one.id}", "/audit"):
        again = chair.get(path).text
        assert one.secret not in again
        assert "polres.example/masuk" not in again
    (entry,) = store.audit.entries(action="penerima_ditambah", limit=5)
    assert entry.subject == f"penerima/{one.id}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"tujuan": "https://169.254.169.254/latest"}, "169.254.169.254"),
        ({"tujuan": "https://localhost/x"}, "localhost"),
        ({"tujuan": "polres"}, "https://"),
        ({"saluran": "merpati"}, "merpati"),
        ({"wilayah": "99.99"}, "99.99"),
        ({"tenang": "malam"}, "malam"),
        ({"cara": "ringkasan"}, "06:00"),
        ({"tingkat": "9"}, "4"),
        ({"nama": " "}, "nama"),
    ],
)
def test_what_nobody_could_be_sent_is_refused_with_what_to_do(visit, store, wrong, told):
    answer = visit("ketua").submit("/penerima", **(FORM | wrong))
    assert answer.status_code in {404, 422}
    assert told in answer.text
    assert store.recipients.all() == []


def test_a_recipient_is_changed_without_saying_its_target_again(visit, store):
    chair = visit("ketua")
    chair.submit("/penerima", **FORM)
    before = only(store)
    changed = {"nama": "Polresta Padang", "tingkat": "2", "versi": "1", "tenang": "22.00-05.00", "batas": "20"}
    answer = chair.submit(
        f"/penerima/{before.id}", **changed, belum_terverifikasi="1", ringkasan="18:00, 06:00", cara="segera"
    )
    assert answer.status_code == 303
    after = only(store)
    assert (after.name, after.target, after.secret, after.version) == (
        "Polresta Padang",
        before.target,
        before.secret,
        2,
    )
    assert after.rule == DeliveryRule(
        from_level=2,
        unverified=True,
        quiet=(time(22), time(5)),
        digest_at=(time(6), time(18)),
        most_per_hour=20,
    )
    # Somebody else had the page of version 1 open meanwhile.
    late = chair.submit(f"/penerima/{before.id}", **changed)
    assert late.status_code == 409
    assert "diubah oleh ketua" in late.text
    assert "22:00-05:00" in chair.get(f"/penerima/{before.id}").text


def test_a_recipient_is_paused_resumed_and_removed(visit, store):
    chair = visit("ketua")
    chair.submit("/penerima", **FORM)
    here = f"/penerima/{only(store).id}"
    chair.submit(f"{here}/jeda", aktif="0")
    assert not only(store).active
    assert "dijeda" in chair.get("/penerima").text
    chair.submit(f"{here}/jeda", aktif="1")
    assert only(store).active
    assert chair.submit(f"{here}/hapus").status_code == 422
    chair.submit(f"{here}/hapus", yakin="1")
    assert store.recipients.all() == []
    assert chair.get(here).status_code == 404


def test_a_trial_goes_by_the_real_channel_and_says_how_it_ended(visit, store, clock):
    wanted = Recipient(0, "polres", "webhook", "env:KENTONGAN_NOWHERE", "env:KENTONGAN_NO_KEY")
    one = store.recipients.add(wanted, "sari", clock())
    answer = visit("ketua").submit(f"/penerima/{one.id}/uji")
    assert answer.status_code == 422
    assert "KENTONGAN_NOWHERE" in answer.text
    (kept,) = store.deliveries.log(recipient_id=one.id)
    assert (kept.kind, kept.state) == ("test", "parked")
    (entry,) = store.audit.entries(action="uji_kirim", limit=5)
    assert (entry.actor, entry.subject, entry.detail) == ("ketua", f"penerima/{one.id}", {"hasil": "parked"})


@pytest.mark.parametrize("role", ["pengamat", "analis", "verifikator"])
def test_who_has_no_right_to_settings_sees_no_recipients(visit, role):
    visitor = visit(role)
    assert visitor.get("/penerima").status_code == 403
    assert visitor.submit("/penerima", **FORM).status_code == 403


@pytest.fixture
def polres(store, clock) -> Recipient:
    key = "kunci-dua-puluh-empat-huruf"
    made = Recipient(0, "polres", "webhook", "https://polres.example/masuk", key)
    return store.recipients.add(made, "sari", clock())


def message(key: str, incident_id: int = 0) -> Message:
    return Message(key, "test", "", 0, incident_id, "Judul", "Teks", b"{}", exercise=False)


class TestLog:
    def test_it_says_who_got_what_and_why_not(self, visit, store, clock, polres):
        sent = store.deliveries.send_to(message("a"), polres.id, clock())
        gone = store.deliveries.send_to(message("b"), polres.id, clock())
        done = [Settled(sent, "sent", "answered 200", True), Settled(gone, "parked", "answered 410", False)]
        store.deliveries.claim(polres.id, "x", clock(), clock() + timedelta(minutes=5), 5)
        done = [replace(one, delivery=store.deliveries.get(one.delivery.id)) for one in done]
        store.deliveries.settle(done, clock())
        verifier = visit("verifikator")
        page = verifier.get("/kiriman").text
        assert page.count("<tr>") == 3
        assert "answered 410" not in page  # told in Indonesian
        assert "polres" in page
        parked = verifier.get("/kiriman?keadaan=parked").text
        assert parked.count("Kirim lagi") == 1
        assert verifier.submit(f"/kiriman/{gone.id}/ulang").status_code == 303
        assert store.deliveries.get(gone.id).state == "waiting"
        assert verifier.submit(f"/kiriman/{sent.id}/ulang").status_code == 422

    def test_a_filter_that_is_none_is_refused(self, visit):
        verifier = visit("verifikator")
        assert verifier.get("/kiriman?keadaan=hilang").status_code == 422
        assert verifier.get("/kiriman?kejadian=999").status_code == 404
        assert verifier.get("/kiriman?penerima=x").status_code == 422

    def test_analysts_do_not_see_it(self, visit):
        assert visit("analis").get("/kiriman").status_code == 403


def test_the_incident_shows_who_was_told_and_who_answered(visit, store, clock, polres, incident):
    alert = store.alerts.raise_(Alert("tag:x,2024:1", incident.id, 1, "raised", clock(), clock(), False, False))
    other = store.recipients.add(replace(polres, name="bawaslu", target="https://bawaslu.example/"), "sari", clock())
    for one, state in ((polres, "sent"), (other, "parked")):
        said = Message(f"k.{one.id}", "alert", alert.uid, 1, incident.id, "Judul", "Teks", b"{}", exercise=False)
        store.deliveries.send_to(said, one.id, clock())
        (taken,) = store.deliveries.claim(one.id, "x", clock(), clock() + timedelta(minutes=5), 1)
        store.deliveries.settle([Settled(taken[0], state, "", True)], clock())
    store.acknowledgements.put(Acknowledgement(hash_of(TOKEN), incident.id, polres.id, clock()))
    acknowledge(store, TOKEN, "anggota berangkat", clock())
    page = " ".join(visit("verifikator").get(f"/kejadian/{incident.id}").text.split())
    assert re.search(r"bawaslu</bdi> <span class=\"chip on\">gagal dan diparkir</span> r1</li>", page)
    assert re.search(
        r"polres</bdi> <span class=\"chip\">terkirim</span> r1 .{0,60}diterima [^<]+</span> <bdi>anggota", page
    )
    assert "Dikirim kepada" not in visit("analis").get(f"/kejadian/{incident.id}").text


class TestLink:
    @pytest.fixture
    def link(self, store, clock, polres, incident) -> str:
        store.acknowledgements.put(Acknowledgement(hash_of(TOKEN), incident.id, polres.id, clock()))
        return f"/terima/{TOKEN}"

    def test_a_stranger_with_the_link_reads_and_says_that_they_have_it(self, visit, store, incident, link):
        stranger = visit()
        page = stranger.get(link)
        assert page.status_code == 200
        assert "belum terverifikasi" in page.text
        assert re.search(r"tangan.*polres|ditangani oleh.*polres", page.text)
        assert store.acknowledgements.of_incident(incident.id) == []
        done = stranger.post(link, data={"catatan": "anggota berangkat"}, follow_redirects=True)
        assert "Diterima oleh" in done.text
        (kept,) = store.acknowledgements.of_incident(incident.id)
        assert kept.note == "anggota berangkat"
        (entry,) = store.audit.entries(action="peringatan_diterima", limit=5)
        assert (entry.actor, entry.subject) == ("polres", f"kejadian/{incident.id}")

    def test_it_stands_in_the_history_of_the_incident(self, visit, incident, link):
        visit().post(link, data={"catatan": "anggota berangkat"})
        page = visit("verifikator").get(f"/kejadian/{incident.id}").text
        assert "menerima peringatan" in page
        assert "anggota berangkat" in page

    def test_a_link_that_was_never_sent_leads_nowhere(self, visit, link):
        assert visit().get(f"/terima/{'u' * 43}").status_code == 404
        assert visit().post(f"/terima/{'u' * 43}", data={}).status_code == 404

    def test_another_site_cannot_press_the_button(self, visit, store, incident, link):
        answer = visit().post(link, data={}, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
        assert store.acknowledgements.of_incident(incident.id) == []
