"""What people are sent of an alert: the laporan cepat, the whole text, what is new, why it was taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from data.delivering import DeliveryRule, Recipient
from data.records import IncidentStatus
from feeds.alert_texts import list_line, short_report, subject, what_is_new, whole_text
from feeds.facts import facts
from feeds.messages import alert_message, digest_message, escalation_message, summary_message, trial_message

ACKNOWLEDGE = "https://desk.example/terima/abc"


@pytest.fixture
def phone():
    return Recipient(5, "Kaban Kesbangpol", "apprise", "tgram://1:A/2")


@pytest.fixture
def office():
    return Recipient(6, "Bawaslu", "surel", "piket@bawaslu.example")


def updated(item, **more):
    alert = replace(item.alert, revision=2, state="updated", at=item.alert.at + timedelta(hours=2), **more)
    return replace(item, alert=alert, earlier=(item.alert,))


def cancelled(item, reason):
    alert = replace(item.alert, revision=3, state="cancelled", reason=reason)
    return replace(item, alert=alert, earlier=(item.alert, replace(item.alert, revision=2, state="updated")))


def test_a_messenger_gets_the_seven_points_of_a_laporan_cepat(item):
    assert short_report(item, item.told(), acknowledge=ACKNOWLEDGE).splitlines() == [
        (
            "Izin melaporkan, Perusakan & pembakaran di Kecamatan Pariaman Tengah – *belum terverifikasi*,"
            " tingkat 3 (tinggi), P1."
        ),
        "1. Waktu: 26-11-2024 19.00–23.59 WIB",
        "2. Tempat: Kecamatan Pariaman Tengah",
        "3. Fakta singkat: “Massa membakar posko, kata saksi.” (kejadian)",
        "4. Pelaku/korban/kerugian: belum dirinci mesin; lihat berita aslinya",
        "5. Tindakan yang sudah diambil: belum ditinjau; yang menangani: Polres, Bawaslu",
        (
            "6. Perkembangan/prediksi: pertama terlihat 26-11-2024 21.30 WIB, terakhir 26-11-2024 22.00 WIB;"
            " tahapan: masa tenang Pilkada 2024"
        ),
        "7. Dokumentasi: https://kabar.example/a?x=1&y=2 (Kabar Nagari; 1 sumber mandiri, 2 berita)",
        "Konfirmasi terima: https://desk.example/terima/abc",
        "Kejadian #7, revisi 1.",
    ]


def test_the_subject_says_level_signal_place_and_that_nobody_has_verified_it(item):
    assert subject(item.told()) == (
        "[TINGGI] Perusakan & pembakaran, Kecamatan Pariaman Tengah:"
        ' Posko dibakar, korban B.S. (34) luka & "warga" panik (belum terverifikasi)'
    )
    assert subject(updated(item, verified=True).told()).startswith("Pembaruan 2: [TINGGI] ")
    assert subject(updated(item, verified=True).told()).endswith(" (terverifikasi)")
    assert subject(cancelled(item, "x").told()).startswith("DICABUT: [TINGGI] ")
    long = replace(item, incident=replace(item.incident, title="Ricuh " * 100))
    assert len(subject(long.told())) == 160
    assert subject(long.told()).endswith("… (belum terverifikasi)")


def test_a_drill_says_so_before_anything_else(item, phone, office):
    drill = replace(item, alert=replace(item.alert, exercise=True))
    message = alert_message(drill, replace(phone, exercise=True), key="k.1.5")
    assert message.text.splitlines()[0] == "*LATIHAN: ini bukan kejadian nyata.*"
    assert message.subject.startswith("LATIHAN – [TINGGI] ")
    assert message.exercise
    whole = alert_message(drill, replace(office, exercise=True), key="k.1.6").text.splitlines()
    assert whole[0] == "LATIHAN: ini bukan kejadian nyata."
    assert whole.count("LATIHAN: ini bukan kejadian nyata.") == 1
    call = escalation_message(drill, key="e.1", waited=timedelta(minutes=16))
    assert call.text.splitlines()[:2] == [
        "*LATIHAN: ini bukan kejadian nyata.*",
        "*ESKALASI P1: 16 menit belum dilihat petugas.*",
    ]
    assert call.subject.startswith("LATIHAN – ESKALASI P1 – [TINGGI] ")


def test_mail_gets_everything_that_an_alert_says(item, office):
    message = alert_message(item, office, key="k.1.6", acknowledge=ACKNOWLEDGE)
    lines = message.text.splitlines()
    assert lines[0].startswith("[TINGGI] Perusakan & pembakaran – Kecamatan Pariaman Tengah: Posko dibakar")
    assert "Sumber asli yang berdiri sendiri: 1; sebaran: 2 berita, 1 di antaranya salinan." in lines
    assert any(line.startswith("Ditandai karena: ") for line in lines)
    assert lines[-2:] == [
        f"Konfirmasi terima: {ACKNOWLEDGE}",
        "Kejadian #7, nomor tetap tag:desk.example,2024-11-26:kejadian:7.",
    ]
    assert (message.uid, message.revision, message.incident_id) == (item.alert.uid, 1, 7)
    body = json.loads(message.body)
    assert body["id"] == item.alert.uid
    assert body["_kentongan"]["konfirmasi"] == ACKNOWLEDGE
    assert body["_kentongan"]["status"] == "belum terverifikasi"


def test_no_message_names_a_victim(item, phone, office):
    for message in (
        alert_message(item, phone, key="k"),
        alert_message(item, office, key="k"),
        escalation_message(item, key="k", waited=timedelta(hours=3)),
    ):
        for text in (message.subject, message.text, message.body.decode()):
            assert "Budi" not in text
            assert "Santoso" not in text


def test_an_update_says_what_is_new_to_whoever_got_the_last_revision(item):
    before = json.loads(json.dumps(facts(item)))
    later = updated(item, verified=True)
    later = replace(
        later,
        incident=replace(item.incident, severity=4, independent_sources=2, signals=("perusakan",)),
        signal_names=("Perusakan & pembakaran",),
        sources=(*item.sources, replace(item.sources[0], outlet="Radar Pantai", url="https://radar.example/c")),
    )
    assert what_is_new(later, later.told(), before) == (
        "kini terverifikasi; tingkat naik dari 3 ke 4 (kritis); sinyal kini Perusakan & pembakaran;"
        " sumber mandiri dari 1 menjadi 2; 1 berita baru (Radar Pantai)"
    )
    assert short_report(later, later.told(), before=before).startswith(
        "*Pembaruan (revisi 2): kini terverifikasi; tingkat naik dari 3 ke 4 (kritis);"
    )


def test_without_knowing_what_was_told_an_update_goes_by_the_alerts_own_revisions(item):
    assert what_is_new(updated(item), updated(item).told()) == "keterangan diperbarui"
    assert what_is_new(updated(item, verified=True), updated(item, verified=True).told()) == "kini terverifikasi"
    fresh = [
        replace(item.sources[0], outlet=name, first_seen=item.alert.at + timedelta(minutes=5))
        for name in ("Radar Pantai", "Suara Ombak", "Kaba Rantau", "Lintas Nagari", "Kabar Nagari")
    ]
    later = replace(updated(item), sources=(*item.sources, *fresh))
    assert what_is_new(later, later.told()) == (
        "5 berita baru (Radar Pantai, Suara Ombak, Kaba Rantau, dan 2 media lain)"
    )
    taken_back = replace(updated(item), sources=(item.sources[0], replace(item.sources[1], withdrawn=True)))
    assert what_is_new(taken_back, taken_back.told()) == "1 berita ditarik medianya"


def test_what_was_taken_back_and_stands_again_says_so(item):
    again = replace(updated(item), earlier=(item.alert, replace(item.alert, revision=2, state="cancelled")))
    assert what_is_new(again, again.told()) == "diangkat kembali setelah dicabut"
    gone = json.loads(json.dumps(facts(cancelled(item, "x"))))
    assert what_is_new(updated(item), updated(item).told(), gone) == "diangkat kembali setelah dicabut"


def test_a_cancellation_says_why_and_names_nobody(item, phone, office):
    gone = cancelled(item, "dibatalkan petugas: salah orang, bukan korban Rahmat Hidayat (40)")
    said = (
        "DICABUT (revisi 3): dibatalkan petugas: salah orang, bukan korban R.H. (40). Mohon abaikan laporan sebelumnya."
    )
    assert alert_message(gone, phone, key="k").text.splitlines()[0] == f"*{said}*"
    assert alert_message(gone, office, key="k").text.splitlines()[0] == said
    bare = cancelled(item, "")
    assert alert_message(bare, office, key="k").text.startswith("DICABUT (revisi 3): alasan tidak dicatat. ")


def test_an_escalation_calls_first_and_names_whom_to_tell(item):
    message = escalation_message(
        item, key="eskalasi.7.1.5", waited=timedelta(minutes=20), whom="Sekda, Polres", acknowledge=ACKNOWLEDGE
    )
    lines = message.text.splitlines()
    assert lines[0] == "*ESKALASI P1: 20 menit belum dilihat petugas. Teruskan kepada: Sekda, Polres.*"
    assert lines[1].startswith("Izin melaporkan, Perusakan & pembakaran di ")
    assert (message.kind, message.uid) == ("escalation", item.alert.uid)
    assert json.loads(message.body)["_kentongan"]["eskalasi"] == {"menit": 20, "kepada": "Sekda, Polres"}


def test_a_digest_counts_then_lists_the_gravest_first(item, phone, channel):
    minor = replace(
        item,
        incident=replace(
            item.incident, id=8, severity=2, title="Baliho hilang di simpang", status=IncidentStatus.SELESAI
        ),
        alert=replace(item.alert, verified=True, incident_id=8),
        sources=(),
    )
    since, until = item.alert.at - timedelta(hours=12), item.alert.at
    message = digest_message([minor, item], phone, key="digest.5", channel=channel, since=since, until=until)
    assert message.text.splitlines() == [
        (
            "Izin melaporkan, ringkasan peringatan 26-11-2024 10.00 s.d. 26-11-2024 22.00 WIB:"
            " 2 peringatan (1 tinggi, 1 sedang); 1 belum terverifikasi."
        ),
        (
            "1. [3 tinggi] Perusakan & pembakaran, Kecamatan Pariaman Tengah: Posko dibakar, korban B.S. (34) luka &"
            ' "warga" panik (belum terverifikasi; 1 sumber mandiri). https://kabar.example/a?x=1&y=2'
        ),
        (
            "2. [2 sedang] Perusakan & pembakaran, Kecamatan Pariaman Tengah: Baliho hilang di simpang"
            " (terverifikasi; 1 sumber mandiri)."
        ),
    ]
    assert message.subject == "Ringkasan 26-11-2024 22.00 WIB: 2 peringatan"
    assert [entry["_kentongan"]["incident_id"] for entry in json.loads(message.body)["items"]] == [7, 8]
    assert (message.uid, message.revision, message.state) == ("", 0, "")


def test_a_digest_of_nothing_is_nil(phone, channel, item):
    message = digest_message(
        [], phone, key="digest.5", channel=channel, since=item.alert.at - timedelta(hours=12), until=item.alert.at
    )
    assert message.text == (
        "Izin melaporkan, ringkasan peringatan 26-11-2024 10.00 s.d. 26-11-2024 22.00 WIB:"
        " nihil, tidak ada peringatan dalam kurun ini.\n"
    )
    assert json.loads(message.body)["items"] == []


def test_a_long_list_is_cut_for_a_telephone_and_says_so(item, phone, office, channel):
    many = [replace(item, incident=replace(item.incident, id=number, title="Ricuh " * 60)) for number in range(60)]
    since, until = item.alert.at - timedelta(hours=1), item.alert.at
    short = digest_message(many, phone, key="k", channel=channel, since=since, until=until)
    assert 3000 < len(short.text) + len(short.subject) <= 4096, "what Telegram takes in one message"
    listed = len(short.text.splitlines()) - 2
    assert short.text.splitlines()[-1] == f"… dan {60 - listed} peringatan lain; lihat meja petugas."
    whole = digest_message(many, office, key="k", channel=channel, since=since, until=until)
    assert whole.text.splitlines()[-1] == "… dan 10 peringatan lain; lihat meja petugas."
    assert len(json.loads(whole.body)["items"]) == 60


def test_what_a_limit_held_back_is_told_in_one_message(item, phone, channel):
    busy = replace(phone, rule=DeliveryRule(most_per_hour=5))
    message = summary_message([item] * 3, busy, key="summary.5", channel=channel, since=item.alert.at)
    assert message.subject == "3 peringatan lagi (batas 5 pesan per jam tercapai)"
    assert message.text.splitlines()[0] == (
        "Izin melaporkan, batas 5 pesan per jam tercapai. Ditahan sejak 26-11-2024 22.00 WIB:"
        " 3 peringatan (3 tinggi); 3 belum terverifikasi."
    )


def test_a_trial_says_that_it_is_none(item, office):
    message = trial_message(office, key="test.6", now=item.alert.at)
    assert message.subject == "Uji kirim Kentongan"
    assert message.text == (
        "Uji kirim Kentongan. Pesan ini dikirim Selasa, 26 November 2024 pukul 22.00 WIB untuk memeriksa jalur;"
        " bukan peringatan, tidak perlu ditindaklanjuti.\n"
    )
    assert json.loads(message.body)["_kentongan"] == {"uji": True, "latihan": False}


def test_a_message_to_a_telephone_stays_short_whatever_the_incident_holds(item, phone, office):
    crowded = replace(
        item,
        places=tuple(replace(item.places[0], name=f"Kecamatan Nomor {number}") for number in range(40)),
        quotes=("Massa bergerak. " * 900,),
        sources=(replace(item.sources[0], url="https://kabar.example/" + "a" * 1900),) * 60,
        incident=replace(item.incident, title="Ricuh " * 2000, spread=60),
    )
    before = json.loads(json.dumps(facts(item)))
    message = alert_message(updated(crowded), phone, key="k", acknowledge=ACKNOWLEDGE, before=before)
    assert len(message.text) + len(message.subject) <= 4096, "what Telegram takes in one message"
    assert "2. Tempat: Kecamatan Nomor 0; Kecamatan Nomor 1; Kecamatan Nomor 2 dan 37 tempat lain" in (
        message.text.splitlines()
    )
    assert message.subject.startswith(
        "Pembaruan 2: [TINGGI] Perusakan & pembakaran, Kecamatan Nomor 0 dan 39 tempat lain: Ricuh Ricuh"
    )
    assert "Kecamatan Nomor 39" in alert_message(crowded, office, key="k").text


def test_no_message_holds_an_article(item, phone, office):
    article = replace(item, article="Naskah lengkap yang tidak boleh keluar dari meja.")
    for recipient in (phone, office):
        message = alert_message(article, recipient, key="k")
        assert "Naskah lengkap" not in message.subject + message.text + message.body.decode()


@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: x@y", "a\x00b\x1b[31m", "abc\u202edef", "\ud800x", "{0} %s {uid}", "*bold* _it_"]
)
def test_a_hostile_title_breaks_no_line_of_any_text(item, phone, office, hostile):
    odd = replace(item, incident=replace(item.incident, title=hostile), quotes=(hostile,))
    plain = replace(item, incident=replace(item.incident, title="abc"), quotes=("abc",))
    for recipient in (phone, office):
        message = alert_message(odd, recipient, key="k")
        assert len(message.text.splitlines()) == len(alert_message(plain, recipient, key="k").text.splitlines())
        assert "\n" not in message.subject
        assert message.subject.isprintable()
        message.text.encode()
        json.loads(message.body)
    assert "\n" not in list_line(1, odd.told())
    assert whole_text(odd, odd.told()).count("\n") == whole_text(plain, plain.told()).count("\n")
