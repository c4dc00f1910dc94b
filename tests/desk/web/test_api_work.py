"""The API does what the pages do: many at once, the work of a shift, reports, sources, disputes, restoring, passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from data.catalogue import read_entries
from data.records import IncidentStatus as S
from data.records import LabelTask
from data.watching import EarlyWarning, Scale, WarningKind
from desk.permissions import Permission
from tests.desk.web.test_api import Program, problem, program

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from data.store import Store

__all__ = ["program"]  # the fixture


def version(me: Program, number: int) -> int:
    return int(me.read(f"/incidents/{number}").json()["version"])


def test_many_are_decided_at_once_and_taken_back_and_what_cannot_be_says_why(
    program: Callable[..., Program], newsdesk: Any, store: Store
) -> None:
    me, other = program("verifikator"), program("verifikator", name="budi")
    one, two, three = (newsdesk.opens(f"Posko {name} dibakar").id for name in "ABC")
    seen = {number: version(me, number) for number in (one, two, three)}
    other.do("POST", f"/incidents/{three}/decisions", {"ke": "verifikasi"}, seen[three])
    chosen = [{"nomor": number, "versi": seen[number]} for number in (one, two, three)]
    answer = me.do("POST", "/incidents/decisions", {"kejadian": chosen, "ke": "bukan_ancaman", "alasan": "simulasi"})
    told = answer.json()
    assert (answer.status_code, told["done"], [one["id"] for one in told["refused"]]) == (200, [one, two], [three])
    assert told["refused"][0]["type"] == "urn:kentongan:masalah:bentrok"
    assert "budi" in told["refused"][0]["detail"]
    undo = {"pertama": min(told["reviews"]), "terakhir": max(told["reviews"])}
    # Somebody else's are not taken back.
    assert other.do("POST", "/incidents/decisions/undo", undo).json()["done"] == []
    back = me.do("POST", "/incidents/decisions/undo", undo).json()
    assert sorted(back["done"]) == [one, two]
    found = [store.incidents.get(number) for number in (one, two, three)]
    assert [incident.status for incident in found if incident] == [S.BELUM_DITINJAU, S.BELUM_DITINJAU, S.VERIFIKASI]
    problem(me.do("POST", "/incidents/decisions/undo", {"pertama": 999, "terakhir": 999}), 404)
    problem(me.do("POST", "/incidents/decisions", {"kejadian": [], "ke": "bukan_ancaman"}), 422)
    problem(program("pengamat").do("POST", "/incidents/decisions", {"kejadian": chosen, "ke": "verifikasi"}), 403)


def test_many_are_claimed_and_released_at_once(program: Callable[..., Program], newsdesk: Any, store: Store) -> None:
    one, two = newsdesk.opens("Posko A").id, newsdesk.opens("Posko B").id
    rina, budi = program("analis", name="rina"), program("analis", name="budi")
    budi.do("PUT", f"/incidents/{two}/claim")
    told = rina.do("POST", "/incidents/claims", {"kejadian": [one, two, one]}).json()
    assert (told["done"], [each["type"][-17:] for each in told["refused"]]) == ([one], ["sedang-dikerjakan"])
    told = rina.do("POST", "/incidents/claims/release", {"kejadian": [one]}).json()
    assert told["done"] == [one]
    assert store.claims.held(one, newsdesk.clock()) is None


REPORT = {
    "judul": "Massa di kantor camat",
    "isi": "Sekitar 200 orang berkumpul di halaman kantor camat.",
    "pelapor": "PKD",
    "nama_pelapor": "Budi Santoso",
    "lewat": "telepon",
    "tempat": ["13.77.02"],
    "sinyal": ["konflik_massa"],
    "modalitas": "kejadian",
    "tingkat": 2,
    "waktu": "2024-11-26T07:30:00Z",
}


def test_a_report_from_the_field_opens_an_incident(program: Callable[..., Program], store: Store) -> None:
    me = program("analis")
    made = me.do("POST", "/incidents", REPORT)
    assert made.status_code == 201, made.text
    told = me.read(f"/incidents/{made.json()['id']}").json()
    assert (told["title"], told["severity"], [one["code"] for one in told["places"]]) == (
        "Massa di kantor camat",
        2,
        ["13.77.02"],
    )
    article = store.articles.get(told["article_ids"][0])
    assert article is not None
    assert article.article.author == "PKD, B.S. (telepon)"
    assert store.audit.entries(action="laporan_lapangan")[0].actor == "analis"
    problem(me.do("POST", "/incidents", REPORT), 422)  # the same again
    problem(me.do("POST", "/incidents", {**REPORT, "judul": "Lain", "waktu": "2024-11-26T07:30:00"}), 422)
    problem(me.do("POST", "/incidents", {**REPORT, "judul": "Lain", "tempat": ["99"]}), 404)
    assert problem(program("verifikator", Permission.LIHAT).do("POST", "/incidents", REPORT), 403)["scope"] == "entri"


def test_duty_notes_notices_and_views_are_those_of_the_pages(
    program: Callable[..., Program], incident: Any, clock: Any
) -> None:
    rina, budi = program("analis", name="rina"), program("ketua", name="budi")
    assert rina.do("PUT", "/duty").json() == {"changed": True}
    assert rina.do("PUT", "/duty").json() == {"changed": False}
    duty = budi.read("/duty").json()
    assert ([one["by"] for one in duty["items"]], duty["mine"]) == (["rina"], False)
    assert duty["shift_began"] <= "2024-11-26T08:00:00Z" < duty["shift_ends"]
    assert rina.do("POST", "/duty/notes", {"catatan": "tunggu kabar camat"}).json()["by"] == "rina"
    clock.forward(minutes=1)
    assert rina.do("POST", "/duty/end", {"catatan": "serah terima"}).json() == {"changed": True}
    assert budi.read("/duty").json()["items"] == []
    page = budi.read("/duty/notes?limit=1")
    assert [one["text"] for one in page.json()["items"]] == ["serah terima"]
    rest = budi.get(page.headers["link"][1:].partition(">")[0]).json()
    assert ([one["text"] for one in rest["items"]], rest["next"]) == (["tunggu kabar camat"], None)
    problem(rina.do("POST", "/duty/notes", {"catatan": ""}), 422)
    problem(program("pengamat").do("PUT", "/duty"), 403)

    rina.do("POST", f"/incidents/{incident.id}/comments", {"teks": "@budi tolong cek"})
    told = budi.read("/notices").json()
    assert (told["unread"], [(one["kind"], one["incident_id"]) for one in told["items"]]) == (
        1,
        [("sebutan", incident.id)],
    )
    assert budi.do("POST", "/notices/read", {"nomor": [told["items"][0]["id"]]}).json() == {"changed": True}
    assert budi.read("/notices").json()["unread"] == 0

    body = {"nama": "P1 Sumbar", "saringan": "urgensi=P1&wilayah=13&apa=1", "bersama": True}
    view = rina.do("POST", "/views", body).json()
    assert (view["query"], view["mine"]) == ("urgensi=P1&wilayah=13", True)
    assert [(one["name"], one["mine"]) for one in budi.read("/views").json()["items"]] == [("P1 Sumbar", False)]
    problem(program("analis", name="lain").do("DELETE", f"/views/{view['id']}"), 404)
    assert budi.do("DELETE", f"/views/{view['id']}").json() == {"changed": True}


def test_an_early_warning_is_seen_and_noted_by_those_of_its_region(
    program: Callable[..., Program], store: Store, clock: Any
) -> None:
    warning = EarlyWarning(
        id=0, kind=WarningKind.LONJAKAN, signal="perusakan", region="13", scale=Scale.HARI,
        start=clock.now - timedelta(days=1), end=clock.now, observed=9, expected=2.0, p_value=0.001, q_value=0.01,
        method="uji", incident_ids=(), raised_at=clock.now, updated_at=clock.now, ended_at=None, note="",
    )  # fmt: skip
    number = store.early_warnings.open(warning).id
    me = program("analis")
    made = me.do("POST", f"/warnings/{number}/notes", {"catatan": " konvoi di tiga nagari "})
    assert (made.status_code, made.json()["note"]) == (201, "konvoi di tiga nagari")
    assert me.do("POST", f"/warnings/{number}/notes", {}).status_code == 201
    assert [one["note"] for one in me.read(f"/warnings/{number}/notes").json()["items"]] == [
        "konvoi di tiga nagari",
        "",
    ]
    elsewhere = program("analis", regions=("32",), name="jauh")
    problem(elsewhere.read(f"/warnings/{number}/notes"), 404)
    problem(elsewhere.do("POST", f"/warnings/{number}/notes", {}), 404)
    problem(me.do("POST", "/warnings/999/notes", {}), 404)
    problem(program("pengamat").do("POST", f"/warnings/{number}/notes", {}), 403)


def test_reports_are_made_listed_and_taken_by_those_who_may(
    program: Callable[..., Program], incident: Any, store: Store
) -> None:
    me = program("verifikator")
    made = me.do("POST", "/reports", {"jenis": "daily", "tanggal": "2024-11-26", "wilayah": "13"})
    assert made.status_code == 201, made.text
    report = made.json()["report"]
    assert (report["kind"], report["subject"], report["area"], made.json()["is_new"]) == (
        "daily",
        "2024-11-26",
        "13",
        True,
    )
    again = me.do("POST", "/reports", {"jenis": "daily", "tanggal": "2024-11-26", "wilayah": "13"})
    assert (again.json()["report"]["id"], again.json()["is_new"]) == (report["id"], False)
    file = me.read(f"/reports/{report['id']}/txt")
    assert file.status_code == 200
    assert file.headers["content-type"].startswith("text/plain")
    assert 'attachment; filename="' in file.headers["content-disposition"]
    assert me.read(f"/reports/{report['id']}/txt", if_none_match=file.headers["etag"]).status_code == 304
    assert len(store.audit.entries(action="laporan_diambil")) == 1, "what the caller has already was not taken again"
    problem(me.read(f"/reports/{report['id']}/pdf"), 404)
    problem(me.read("/reports/999/txt"), 404)

    information = me.do("POST", f"/incidents/{incident.id}/reports", {"format": "txt"})
    assert information.status_code == 201, information.text
    assert [one["kind"] for one in me.read("/reports").json()["items"]] == ["incident", "daily"]
    # A Laporan Informasi is for who makes reports; one on an area for who is responsible for all of it.
    assert [one["kind"] for one in program("pengamat").read("/reports").json()["items"]] == ["daily"]
    elsewhere = program("verifikator", regions=("32",), name="jauh")
    assert elsewhere.read("/reports").json()["items"] == []
    problem(elsewhere.read(f"/reports/{report['id']}/txt"), 404)
    problem(elsewhere.do("POST", "/reports", {"jenis": "daily", "tanggal": "2024-11-26", "wilayah": "13"}), 404)
    problem(elsewhere.do("POST", f"/incidents/{incident.id}/reports", {}), 404)
    problem(program("admin").do("POST", "/reports", {"jenis": "daily", "tanggal": "2024-11-26"}), 403)


def test_a_text_that_is_handed_out_to_be_labelled_was_read(
    program: Callable[..., Program], newsdesk: Any, store: Store
) -> None:
    number = newsdesk.prints("Posko dibakar")
    store.label_tasks.add([LabelTask(number, 1, "ragu", "", 0.5, newsdesk.clock(), 2)])
    assert program("analis").do("POST", "/labels/next").json()["task"]["article_id"] == number
    assert [entry.subject for entry in store.audit.entries(action="baca_teks")] == [f"artikel/{number}"]
    only_label = program("analis", Permission.LABEL, name="budi")
    assert problem(only_label.do("POST", "/labels/next"), 403)["scope"] == "baca_teks"


def test_a_dispute_is_decided_by_a_third_person(program: Callable[..., Program], newsdesk: Any, store: Store) -> None:
    number = newsdesk.prints("Posko dibakar")
    store.label_tasks.add([LabelTask(number, 1, "ragu", "", 0.5, newsdesk.clock(), 2)])
    sari, joko, ani = (program("verifikator", name=name) for name in ("sari", "joko", "ani"))
    for who, modality in ((sari, "kejadian"), (joko, "dugaan")):
        assert (
            who.do("POST", f"/labels/{number}/1", {"sinyal": ["perusakan"], "modalitas": modality}).status_code == 201
        )
    (dispute,) = ani.read("/labels/disputes").json()["items"]
    assert [one["modality"] for one in dispute["labels"]] == ["kejadian", "dugaan"]
    assert dispute["third"] is True
    assert sari.read("/labels/disputes").json()["items"][0]["third"] is False
    body = {"sinyal": ["perusakan"], "modalitas": "dugaan"}
    problem(sari.do("POST", f"/labels/disputes/{number}/1", body), 422)
    decided = ani.do("POST", f"/labels/disputes/{number}/1", body)
    assert (decided.status_code, decided.json()["annotator"]) == (201, "ani")
    assert ani.read("/labels/disputes").json()["items"] == []
    assert problem(program("analis").read("/labels/disputes"), 403)["scope"] == "adjudikasi"


def test_a_setting_goes_back_to_what_it_was(program: Callable[..., Program]) -> None:
    me, path = program("ketua"), "/settings/jam_jaga"
    tag = me.read(path).headers["etag"]
    for hours in (["06:00", "18:00"], ["07:00", "19:00"]):
        tag = me.do("PUT", path, {"nilai": hours, "alasan": "giliran"}, tag).headers["etag"]
    history = me.read(f"{path}/history").json()["items"]
    assert [one["value"] for one in history] == [["07:00", "19:00"], ["06:00", "18:00"]]
    first = {"versi": history[1]["version"], "alasan": "kembali"}
    back = me.do("POST", f"{path}/restorations", first, tag)
    assert (back.status_code, back.json()["value"]) == (201, ["06:00", "18:00"])
    problem(me.do("POST", f"{path}/restorations", first, tag), 412)
    problem(me.do("POST", f"{path}/restorations", {"versi": 999, "alasan": "kembali"}, back.headers["etag"]), 404)
    installed = me.do("POST", f"{path}/restorations", {"versi": None, "alasan": "bawaan"}, back.headers["etag"])
    assert installed.json()["value"] is None
    problem(program("analis").do("POST", f"{path}/restorations", first, 1), 403)
    problem(program("analis").read(f"{path}/history"), 403)


def test_an_admin_gives_a_new_password_that_opens_the_desk(
    program: Callable[..., Program], visit: Any, add_user: Callable[..., Any]
) -> None:
    user = add_user("analis", "dewi")
    told = program("admin").do("POST", f"/people/{user.id}/password")
    assert (told.status_code, told.json()["name"]) == (201, "dewi")
    assert visit().log_in("dewi").status_code == 401
    assert visit().log_in("dewi", told.json()["password"]).status_code == 303
    problem(program("admin").do("POST", "/people/999/password"), 404)
    assert problem(program("ketua").do("POST", f"/people/{user.id}/password"), 403)["scope"] == "orang"


def test_a_site_is_looked_at_and_then_added(
    program: Callable[..., Program], tools: Any, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    from data.records import Finder, Source
    from flows.source_preview import Preview
    from scrapers.check import Check

    finder = Finder("feed", "http://kabarnagari.test/feed/")
    source = Source("kabarnagari", "Kabar Nagari", "http://kabarnagari.test/", "Asia/Jakarta", "wordpress", (finder,))
    check = Check("kabarnagari", "ok", 12, None, (finder,), (), None)
    monkeypatch.setattr(
        "desk.actions.previewing.preview_now", lambda *_: Preview(source, ("generator: WordPress",), (), check)
    )
    me = program("admin")
    seen = me.do("POST", "/sources/previews", {"alamat": "http://kabarnagari.test/", "wilayah": ["13"]})
    assert seen.status_code == 201, seen.text
    told = seen.json()
    assert (told["id"], told["verdict"], told["listed"]) == ("kabarnagari", "ok", 12)
    assert told["finders"] == [{"kind": "feed", "url": "http://kabarnagari.test/feed/", "answered": True}]
    assert not tools.settings.user_catalogue.exists(), "nothing is added by looking"
    token = {"pratinjau": told["token"]}
    problem(program("admin", name="lain").do("POST", "/sources", token), 422)
    added = me.do("POST", "/sources", token)
    assert (added.status_code, added.json()["id"]) == (201, "kabarnagari")
    assert [one.values["home"] for one in read_entries(tools.settings.user_catalogue)] == ["http://kabarnagari.test/"]
    problem(me.do("POST", "/sources", token), 422)
    problem(me.do("POST", "/sources/previews", {"alamat": "ftp://kabarnagari.test/"}), 422)
    assert (
        problem(program("ketua").do("POST", "/sources/previews", {"alamat": "http://x.test/"}), 403)["scope"]
        == "sumber"
    )
    assert store.audit.entries(action="sumber_ditambah")[0].actor == "admin"


def test_an_article_that_was_missed_is_put_before_the_labellers_and_its_names_are_taught(
    program: Callable[..., Program], newsdesk: Any, store: Store
) -> None:
    number, me = newsdesk.prints("Posko dibakar"), program("analis")
    assert me.do("POST", f"/articles/{number}/label-task").json() == {"changed": True}
    assert me.do("POST", f"/articles/{number}/label-task").json() == {"changed": False}
    assert store.label_tasks.get(number) is not None
    made = me.do("POST", f"/articles/{number}/names", {"nama": "Posko", "tempat": ["13.77"]})
    assert made.status_code == 201, made.text
    assert [(one.name, one.codes) for one in store.place_corrections.all()] == [("Posko", ("13.77",))]
    problem(me.do("POST", f"/articles/{number}/names", {"nama": "Helikopter", "tempat": []}), 422)
    problem(me.do("POST", "/articles/999/label-task"), 404)
    problem(program("pengamat").do("POST", f"/articles/{number}/label-task"), 403)
