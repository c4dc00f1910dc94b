"""Reports from the field: what is kept of them, what is refused, and how they stand beside the news."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desk.actions.entering import initials
from flows.joining import refreshed

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store
    from tests.desk.web.conftest import Visitor

REPORT: dict[str, Any] = {
    "judul": "Massa berkumpul di depan kantor camat",
    "isi": "Sekitar 200 orang membawa spanduk menolak hasil. Polisi berjaga.",
    "pelapor": "Camat Pariaman Tengah",
    "nama_pelapor": "Budi Santoso",
    "lewat": "whatsapp",
    "tempat": ["13.77.01"],
    "sinyal": ["konflik_massa"],
    "modalitas": "kejadian",
    "tingkat": "3",
    "waktu": "2024-11-26T14:30",
}


def test_a_report_is_an_incident_of_its_own_with_role_and_initials_only(analyst: Visitor, store: Store) -> None:
    answer = analyst.submit("/lapor", **REPORT)
    assert answer.status_code == 303
    (incident,) = store.incidents.list()
    assert answer.headers["location"].startswith(f"/kejadian/{incident.id}?")
    assert (incident.title, incident.signals, incident.severity) == (REPORT["judul"], ("konflik_massa",), 3)
    assert [place.code for place in incident.places] == ["13.77.01"]
    assert incident.urgency.value == "P1", "the day before the vote"
    assert incident.event_time is not None
    assert incident.event_time.start == datetime(2024, 11, 26, 7, 30, tzinfo=UTC)
    stored = store.articles.get(incident.article_ids[0])
    assert stored is not None
    assert stored.article.source_id == "lapangan"
    assert stored.article.author == "Camat Pariaman Tengah, B.S. (whatsapp)"
    everything = f"{stored} {store.audit.entries()} {store.reviews.of_incident(incident.id)}"
    assert "Santoso" not in everything
    page = analyst.get(f"/kejadian/{incident.id}").text
    assert "laporan lapangan" in page
    assert "belum terverifikasi" in page
    assert 'href="urn:' not in page, "there is nothing behind it to be opened"


def test_a_machine_that_judges_it_later_does_not_overrule_who_entered_it(
    analyst: Visitor, store: Store, newsdesk: Any, clock: Any
) -> None:
    analyst.submit("/lapor", **REPORT)
    (incident,) = store.incidents.list()
    clock.forward(minutes=5)
    newsdesk.judged(incident.article_ids[0], severity=1, code="32.01")
    refreshed([incident.id], store, newsdesk.sources, clock())
    now = store.incidents.get(incident.id)
    assert now is not None
    assert (now.severity, now.signals, [place.code for place in now.places]) == (3, ("konflik_massa",), ["13.77.01"])


def test_what_may_be_the_same_is_offered_for_a_merge(analyst: Visitor, newsdesk: Any) -> None:
    newsdesk.opens("Posko dibakar")
    answer = analyst.submit("/lapor", **REPORT | {"sinyal": ["perusakan"]})
    assert "/gabung?" in answer.headers["location"]
    assert "Posko dibakar" in analyst.get(answer.headers["location"]).text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"judul": " "}, "apa yang terjadi"),
    ({"isi": ""}, "apa yang terjadi"),
    ({"pelapor": ""}, "siapa yang melapor"),
    ({"tempat": []}, "di mana terjadi"),
    ({"tempat": ["99.99"]}, "99.99"),
    ({"sinyal": []}, "sedikitnya satu sinyal"),
    ({"sinyal": ["entah"]}, "entah"),
    ({"modalitas": "opini"}, "laporan lapangan menceritakan"),
    ({"tingkat": "9"}, "9"),
    ({"tingkat": ""}, "tingkat"),
    ({"lewat": "merpati"}, "lewat apa"),
    ({"waktu": "2024-11-28T10:00"}, "sudah lewat"),
    ({"waktu": "kemarin"}, "tanggal dan jam"),
    ({"judul": "x" * 201}, "paling panjang"),
]


def test_what_is_missing_is_said_and_what_was_written_stays(analyst: Visitor, store: Store) -> None:
    for wrong, said in WRONG:
        answer = analyst.submit("/lapor", **REPORT | wrong)
        assert (answer.status_code, said in answer.text) == (422, True), wrong
        for name in ("judul", "pelapor"):
            assert name in wrong or str(REPORT[name]) in answer.text
    assert store.incidents.list() == []


def test_the_same_report_twice_is_one_incident(analyst: Visitor, store: Store, clock: Any) -> None:
    analyst.submit("/lapor", **REPORT)
    clock.forward(minutes=1)
    answer = analyst.submit("/lapor", **REPORT)
    assert (answer.status_code, "kejadian 1" in answer.text) == (422, True)
    assert len(store.incidents.list()) == 1


def test_who_may_not_enter_cannot_and_nobody_enters_for_another_region(
    visit: Callable[..., Visitor], store: Store
) -> None:
    pengamat = visit("pengamat")
    assert pengamat.get("/lapor").status_code == 403
    assert pengamat.submit("/lapor", **REPORT).status_code == 403
    answer = visit("analis", regions=("32",)).submit("/lapor", **REPORT)
    assert (answer.status_code, "bukan wilayah Anda" in answer.text) == (422, True)
    assert store.incidents.list() == []


@pytest.mark.parametrize(("name", "kept"), [("Budi Santoso", "B.S."), ("siti", "S."), ("", ""), ("- 12 Ali", "A.")])
def test_a_name_is_kept_as_initials(name: str, kept: str) -> None:
    assert initials(name) == kept
