"""The API: what a program sees and does with a token, and how it is told of what went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from data.errors import StoreBusyError
from desk.entry.guard import new_token
from desk.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.applications import Starlette

P = Permission


class Program(TestClient):
    """A program with a token; paths are below /api/v1."""

    def read(self, path: str, **headers: str) -> Any:
        return self.get(f"/api/v1{path}", headers={name.replace("_", "-"): value for name, value in headers.items()})

    def do(self, method: str, path: str, body: Any = None, seen: int | str | None = None) -> Any:
        headers = {} if seen is None else {"if-match": f'"{seen}"' if isinstance(seen, int) else seen}
        return self.request(method, f"/api/v1{path}", json=body, headers=headers)


@pytest.fixture
def program(app: Starlette, store: Any, clock: Any, add_user: Callable[..., Any]) -> Iterator[Callable[..., Program]]:
    """Return what makes a program that acts for a user of a role, by a token with all rights or those named."""
    programs: list[Program] = []

    def made(
        role: str = "verifikator", *scopes: Permission, regions: tuple[str, ...] = (), name: str = "", days: int = 9
    ) -> Program:
        user = store.users.by_name(name or role) or add_user(role, name, regions)
        ends = clock.now + timedelta(days=days)
        token, _ = new_token(store, user, "uji", [one.value for one in scopes or tuple(P)], clock.now, ends)
        one = Program(app, raise_server_exceptions=False, headers={"authorization": f"Bearer {token}"})
        programs.append(one)
        return one

    yield made
    for one in programs:
        one.close()


def problem(response: Any, status: int) -> dict[str, Any]:
    """Return the problem that an answer is; it must be one, of that status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["type"].startswith("urn:kentongan:masalah:")
    return told


def test_the_queue_is_told_page_by_page(program: Callable[..., Program], newsdesk: Any) -> None:
    first, second, third = (newsdesk.opens(f"Posko {one} dibakar").id for one in "ABC")
    me = program()
    page = me.read("/incidents?limit=2")
    assert [one["id"] for one in page.json()["items"]] == [third, second]
    link = page.headers["link"]
    assert link.startswith("<http://testserver/api/v1/incidents?limit=2&cursor=")
    assert link.endswith('>; rel="next"')
    rest = me.get(link[1:].partition(">")[0])
    assert [one["id"] for one in rest.json()["items"]] == [first]
    assert rest.json()["next"] is None
    assert "link" not in rest.headers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("urgensi=P2", ["Baliho dirusak"]),
        ("wilayah=13", ["Posko dibakar"]),
        ("tingkat=3", ["Posko dibakar"]),
        ("q=baliho", ["Baliho dirusak"]),
        ("status=tertutup", []),
        ("status=semua", ["Posko dibakar", "Baliho dirusak"]),
    ],
)
def test_the_queue_takes_the_filters_of_its_address(
    program: Callable[..., Program], newsdesk: Any, query: str, found: list[str]
) -> None:
    newsdesk.opens("Posko dibakar", newsdesk.prints("Posko dibakar"))
    from data.records import Urgency

    newsdesk.opens("Baliho dirusak", newsdesk.prints("Baliho dirusak", "Baliho calon dirusak."), severity=2,
                   code="32.04", urgency=Urgency.P2)  # fmt: skip
    answer = program().read(f"/incidents?{query}")
    assert [one["title"] for one in answer.json()["items"]] == found


@pytest.mark.parametrize(
    "query", ["urgensi=P9", "limit=0", "limit=201", "wilayah=x", "apa=1", "cursor=abc", "cursor=WyJQMSIsIngiLDFd"]
)
def test_a_filter_that_is_none_is_refused_rather_than_left_out(program: Callable[..., Program], query: str) -> None:
    problem(program().read(f"/incidents?{query}"), 422)


def test_what_does_not_fit_is_named_and_not_repeated(program: Callable[..., Program]) -> None:
    told = problem(program().read("/incidents?urgensi=rahasia", accept_language="en"), 422)
    assert told["detail"] == "The request does not fit the OpenAPI."
    assert [one["field"] for one in told["errors"]] == ["query/urgensi"]
    assert "rahasia" not in str(told)


def test_an_incident_is_told_with_what_may_follow(program: Callable[..., Program], incident: Any) -> None:
    told = program("analis").read(f"/incidents/{incident.id}").json()
    assert told["title"] == incident.title
    assert told["status"] == "belum_ditinjau"
    assert told["places"] == [
        {"code": "13.77", "name": "Kota Pariaman", "role": "kejadian", "confidence": 0.9, "ambiguous": False}
    ]
    assert told["moves"] == [
        {"ke": "verifikasi", "perlu": []},
        {"ke": "bukan_ancaman", "perlu": []},
        {"ke": "duplikat", "perlu": ["duplikat_dari"]},
    ]
    assert told["alert"] == "tag:x,2024:1"
    assert told["proposed_value"] == "C3"


def test_who_may_not_read_texts_gets_initials_and_the_beginning(
    program: Callable[..., Program], newsdesk: Any, store: Any
) -> None:
    one = newsdesk.opens("Korban Budi Santoso dirawat", newsdesk.prints("Korban Budi Santoso dirawat"))
    see = program("pengamat")
    assert see.read(f"/incidents/{one.id}").json()["title"] == "Korban B.S. dirawat"
    assert see.read("/incidents").json()["items"][0]["title"] == "Korban B.S. dirawat"
    article = see.read(f"/articles/{one.article_ids[0]}").json()
    assert article["text"] is None
    assert article["title"] == "Korban B.S. dirawat"
    assert article["snippet"].startswith("PARIAMAN – Posko dibakar")
    assert not store.audit.entries(action="baca_teks")
    read = program("analis").read(f"/incidents/{one.id}/articles/{one.article_ids[0]}").json()
    assert read["text"].endswith("luka bakar ringan dan dirawat.")
    assert [entry.actor for entry in store.audit.entries(action="baca_teks")] == ["analis"]


def test_timeline_history_and_comments_are_told(program: Callable[..., Program], incident: Any) -> None:
    me = program("analis")
    made = me.do("POST", f"/incidents/{incident.id}/comments", {"teks": "telepon camat, @analis"})
    assert made.status_code == 201
    assert made.json()["by"] == "analis"
    assert made.json()["mentions"] == ["analis"]
    assert [one["text"] for one in me.read(f"/incidents/{incident.id}/comments").json()["items"]] == [
        "telepon camat, @analis"
    ]
    steps = me.read(f"/incidents/{incident.id}/timeline").json()["steps"]
    assert [(one["article_id"], one["kind"]) for one in steps] == [(incident.article_ids[0], "laporan_pertama")]
    history = me.read(f"/incidents/{incident.id}/history", accept_language="en").json()["items"]
    assert {one["words"] for one in history} >= {"incident opened", "commented: 1"} or len(history) >= 2


def test_incidents_of_other_regions_are_not_there(program: Callable[..., Program], incident: Any) -> None:
    elsewhere = program("analis", regions=("32",), name="jauh")
    assert elsewhere.read("/incidents").json()["items"] == []
    problem(elsewhere.read(f"/incidents/{incident.id}"), 404)
    problem(elsewhere.read(f"/articles/{incident.article_ids[0]}"), 404)
    problem(elsewhere.read("/alerts/tag:x,2024:1"), 404)
    assert elsewhere.read("/alerts").json()["items"] == []
    problem(elsewhere.do("PUT", f"/incidents/{incident.id}/claim"), 404)
    problem(elsewhere.do("POST", f"/incidents/{incident.id}/decisions", {"ke": "verifikasi"}, 1), 404)


def test_a_decision_is_made_against_what_was_seen_and_undone(
    program: Callable[..., Program], incident: Any, store: Any
) -> None:
    me, path = program("verifikator"), f"/incidents/{incident.id}"
    tag = me.read(path).headers["etag"]
    made = me.do("POST", f"{path}/decisions", {"ke": "verifikasi"}, tag)
    assert made.status_code == 201
    assert (made.json()["before"], made.json()["status"]) == ("belum_ditinjau", "verifikasi")
    told = problem(me.do("POST", f"{path}/decisions", {"ke": "terverifikasi"}, tag), 412)
    assert told["by"] == "verifikator"
    assert store.incidents.get(incident.id).status.value == "verifikasi"
    undone = me.do("DELETE", f"{path}/decisions/{made.json()['review']}")
    assert undone.json()["status"] == "belum_ditinjau"
    assert me.read(path).json()["version"] == undone.json()["version"]


def test_a_decision_that_lacks_what_it_needs_is_refused(program: Callable[..., Program], incident: Any) -> None:
    me, path = program("analis"), f"/incidents/{incident.id}/decisions"
    seen = me.read(f"/incidents/{incident.id}").json()["version"]
    problem(me.do("POST", path, {"ke": "duplikat"}, seen), 422)
    problem(me.do("POST", path, {"ke": "selesai"}, seen), 422)
    problem(me.do("POST", path, {"ke": "verifikasi"}), 428)
    problem(me.do("POST", path, {"ke": "verifikasi"}, "W/x"), 422)
    problem(me.do("POST", path, {"ke": "verifikasi", "apa": 1}, seen), 422)
    problem(me.do("DELETE", f"{path}/999"), 404)


def test_a_review_of_another_incident_is_not_undone_here(program: Callable[..., Program], newsdesk: Any) -> None:
    one, other, me = newsdesk.opens("Satu"), newsdesk.opens("Dua"), program()
    seen = me.read(f"/incidents/{one.id}").json()["version"]
    made = me.do("POST", f"/incidents/{one.id}/decisions", {"ke": "verifikasi"}, seen).json()
    problem(me.do("DELETE", f"/incidents/{other.id}/decisions/{made['review']}"), 404)


def test_a_claim_keeps_others_out_until_it_is_taken_over(program: Callable[..., Program], incident: Any) -> None:
    path = f"/incidents/{incident.id}/claim"
    analyst, other, verifier = program("analis"), program("analis", name="budi"), program("verifikator")
    assert analyst.do("PUT", path).json()["held_by"] == "analis"
    assert problem(other.do("PUT", path), 409)["by"] == "analis"
    problem(other.do("DELETE", path), 409)
    assert verifier.do("POST", f"{path}/takeover", {"alasan": "mendesak"}).json()["held_by"] == "verifikator"
    assert other.read(f"/incidents/{incident.id}").json()["held_by"] == "verifikator"
    assert verifier.do("DELETE", path).json() == {"changed": True}
    assert verifier.do("DELETE", path).json() == {"changed": False}


def test_an_article_is_corrected_and_that_taken_back(
    program: Callable[..., Program], incident: Any, store: Any
) -> None:
    me, path, article = program("analis"), f"/incidents/{incident.id}", incident.article_ids[0]
    seen = me.read(path).json()["version"]
    body = {"sinyal": ["perusakan"], "modalitas": "dugaan", "tingkat": 2, "tempat": ["13.77"], "catatan": "baru dugaan"}
    made = me.do("POST", f"{path}/articles/{article}/corrections", body, seen)
    assert made.status_code == 201, made.text
    assert store.incidents.get(incident.id).modality.value == "dugaan"
    problem(me.do("POST", f"{path}/articles/{article}/corrections", {**body, "tingkat": 4}, seen), 412)
    problem(
        me.do("POST", f"{path}/articles/{article}/corrections", {**body, "sinyal": ["bukan"]}, made.json()["version"]),
        404,
    )
    assert me.do("DELETE", f"{path}/corrections/{made.json()['review']}").status_code == 200
    assert store.incidents.get(incident.id).modality.value == "kejadian"
    named = me.do("POST", f"{path}/articles/{article}/names", {"nama": "Posko", "tempat": ["13.77"]})
    assert named.status_code == 201, named.text
    assert [one.name for one in store.place_corrections.all()] == ["Posko"]


def test_value_follow_up_answer_and_outcome_are_kept(program: Callable[..., Program], incident: Any) -> None:
    me, path = program("verifikator"), f"/incidents/{incident.id}"

    def decide(**body: Any) -> None:
        seen = me.read(path).json()["version"]
        answer = me.do("POST", f"{path}/decisions", body, seen)
        assert answer.status_code == 201, answer.text

    problem(me.do("POST", f"{path}/values", {"sumber": "A", "isi": 1}), 422)
    valued = me.do("POST", f"{path}/values", {"sumber": "B", "isi": 2, "catatan": "camat membenarkan"})
    assert (valued.status_code, valued.json()["source_value"], valued.json()["content_value"]) == (201, "B", 2)
    decide(ke="verifikasi")
    decide(ke="terverifikasi")
    decide(ke="ditindaklanjuti", penerima="Polres Pariaman", surat="12/DP/XI/2024")
    handed = me.read(path).json()["follow_ups"][0]
    assert (handed["recipient"], handed["letter"], handed["answer"]) == ("Polres Pariaman", "12/DP/XI/2024", None)
    answer = me.do("PUT", f"{path}/follow-ups/{handed['id']}/answer", {"jawaban": "Pelaku ditangkap"})
    assert answer.json()["answer"] == "Pelaku ditangkap"
    problem(me.do("PUT", f"{path}/follow-ups/{handed['id']}/answer", {"jawaban": "Lain"}), 409)
    outcome = me.do("POST", f"{path}/outcomes", {"hasil": "benar"})
    assert outcome.json()["outcome"] == "benar"
    assert [one["outcome"] for one in me.read(path).json()["outcomes"]] == ["benar"]


def test_incidents_merge_part_split_and_move(program: Callable[..., Program], newsdesk: Any, store: Any) -> None:
    one, two = newsdesk.opens("Posko dibakar"), newsdesk.opens("Pembakaran posko")
    me = program()
    seen = {number: me.read(f"/incidents/{number}").json()["version"] for number in (one.id, two.id)}
    likely = me.read(f"/incidents/{one.id}/similar").json()["items"]
    assert [(found["incident"]["id"], found["same_place"]) for found in likely] == [(two.id, True)]
    body = {"kejadian": [{"nomor": two.id, "versi": seen[two.id]}], "alasan": "posko yang sama"}
    merged = me.do("POST", f"/incidents/{one.id}/merges", body, seen[one.id])
    assert merged.status_code == 201, merged.text
    assert store.incidents.get(two.id).merged_into == one.id
    problem(me.do("POST", f"/incidents/{one.id}/merges", body, seen[one.id]), 412)
    assert me.do("DELETE", f"/incidents/{one.id}/merges/{two.id}").json()["id"] == two.id
    assert store.incidents.get(two.id).merged_into is None
    again = newsdesk.opens("Massa", newsdesk.prints("Massa satu"), newsdesk.prints("Massa dua"))
    seen_now = me.read(f"/incidents/{again.id}").json()["version"]
    parted = me.do("POST", f"/incidents/{again.id}/splits", {"artikel": [again.article_ids[1]]}, seen_now).json()
    assert store.incidents.get(parted["id"]).article_ids == (again.article_ids[1],)
    third = newsdesk.opens("Rusuh", newsdesk.prints("Rusuh satu"), newsdesk.prints("Rusuh dua"))
    seen_third = me.read(f"/incidents/{third.id}").json()["version"]
    moved = {"artikel": third.article_ids[1], "ke": again.id}
    assert me.do("POST", f"/incidents/{third.id}/moves", moved, seen_third).json()["id"] == again.id


def test_an_alert_is_updated_and_cancelled_against_its_revision(program: Callable[..., Program], incident: Any) -> None:
    me, path = program(), f"/incidents/{incident.id}/alert"
    tag = me.read("/alerts/tag:x,2024:1").headers["etag"]
    assert tag.startswith('"1-')
    problem(me.do("POST", path, {}, tag), 422)
    updated = me.do("PUT", path, {"catatan": "dua luka"}, tag)
    assert (updated.json()["state"], updated.json()["version"]) == ("updated", 2)
    problem(me.do("PUT", path, {"catatan": "tiga luka"}, tag), 412)
    cancelled = me.do("POST", f"{path}/cancellation", {"catatan": "ralat media"}, updated.headers["etag"])
    assert cancelled.json()["state"] == "cancelled"
    detail = me.read("/alerts/tag:x,2024:1").json()
    assert [one["revision"] for one in detail["earlier"]] == [1, 2]
    assert [one["state"] for one in me.read("/alerts").json()["items"]] == ["cancelled"]
    problem(program("analis").do("PUT", path, {"catatan": "x"}, 3), 403)


def test_articles_are_searched_page_by_page(program: Callable[..., Program], newsdesk: Any) -> None:
    ids = [newsdesk.prints(f"Gudang logistik {one} terbakar", "Gudang logistik KPU terbakar habis.") for one in "AB"]
    me = program("analis")
    page = me.read("/articles?q=gudang&limit=1")
    assert [one["id"] for one in page.json()["items"]] == [ids[1]]
    rest = me.get(page.headers["link"][1:].partition(">")[0])
    assert [one["id"] for one in rest.json()["items"]] == [ids[0]]
    assert me.read("/articles?q=helikopter").json() == {"items": [], "next": None}
    problem(me.read("/articles"), 422)


def test_what_has_not_changed_is_not_sent_again(program: Callable[..., Program], incident: Any) -> None:
    me = program()
    first = me.read(f"/incidents/{incident.id}")
    again = me.read(f"/incidents/{incident.id}", if_none_match=f'"x", W/{first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    me.do("PUT", f"/incidents/{incident.id}/claim")
    assert me.read(f"/incidents/{incident.id}", if_none_match=first.headers["etag"]).status_code == 200


def test_regions_sources_units_and_the_model_are_told(program: Callable[..., Program], incident: Any) -> None:
    me = program("pengamat")
    rows = {one["region"]: one for one in me.read("/picture").json()["regions"]}
    assert rows["13"]["levels"] == [0, 0, 0, 1, 0]
    assert rows["13"]["coverage"]["region"] == "13"
    assert len(me.read("/coverage?dari=2024-11-26&sampai=2024-11-26").json()["items"]) > 500
    problem(me.read("/coverage?dari=2024-11-26&sampai=2024-11-25"), 422)
    assert me.read("/warnings").json() == {"items": []}
    assert [one["id"] for one in me.read("/sources").json()["items"]] == ["kabar"]
    units = me.read("/units?q=kota+pariaman").json()["items"]
    assert units[0]["code"] == "13.77"
    assert me.read("/units/13.77").json()["full_name"] == "Kota Pariaman"
    problem(me.read("/units/99.99"), 404)
    in_use = [one["version"] for one in me.read("/models").json()["items"] if one["current"]]
    assert [me.read("/models/current").json()["version"]] == in_use
    problem(me.read("/models/tiada"), 404)


def test_a_setting_is_changed_against_its_version(program: Callable[..., Program]) -> None:
    me = program("ketua")
    assert "jam_jaga" in me.read("/settings").json()["items"]
    before = me.read("/settings/jam_jaga")
    assert (before.json()["version"], before.json()["value"]) == (0, None)
    body = {"nilai": ["06:00", "14:00", "22:00"], "alasan": "tiga giliran"}
    made = me.do("PUT", "/settings/jam_jaga", body, before.headers["etag"])
    assert made.status_code == 200, made.text
    assert made.json()["by"] == "ketua"
    problem(me.do("PUT", "/settings/jam_jaga", body, before.headers["etag"]), 412)
    problem(me.do("PUT", "/settings/jam_jaga", {"nilai": "pagi", "alasan": "coba"}, made.headers["etag"]), 422)
    problem(me.read("/settings/roles"), 403)
    problem(me.read("/settings/tiada"), 404)
    problem(program("analis").read("/settings/jam_jaga"), 403)


def test_persons_and_the_audit_log_are_for_those_who_may(program: Callable[..., Program]) -> None:
    admin = program("admin")
    new = {"nama": "dewi", "tampil": "Dewi", "peran": "analis", "wilayah": ["13"]}
    made = admin.do("POST", "/people", new)
    assert made.status_code == 201, made.text
    assert len(made.json()["password"]) >= 12
    number = made.json()["person"]["id"]
    changed = admin.do("PUT", f"/people/{number}", {"peran": "verifikator", "wilayah": [], "aktif": True})
    assert changed.json()["role"] == "verifikator"
    mine = next(one["id"] for one in admin.read("/people").json()["items"] if one["name"] == "admin")
    problem(admin.do("PUT", f"/people/{mine}", {"peran": "analis", "wilayah": [], "aktif": True}), 422)
    entries = admin.read("/audit?limit=1")
    assert [one["action"] for one in entries.json()["items"]] == ["orang_diubah"]
    more = admin.get(entries.headers["link"][1:].partition(">")[0])
    assert [one["action"] for one in more.json()["items"]] == ["orang_ditambah"]
    for path in ("/people", "/audit"):
        assert problem(program("analis").read(path), 403)["scope"] in {"orang", "audit"}


def test_a_token_has_no_more_than_its_scopes(program: Callable[..., Program], incident: Any) -> None:
    reader = program("verifikator", P.LIHAT)
    assert reader.read("/me").json()["scopes"] == ["lihat"]
    refused = reader.do("PUT", f"/incidents/{incident.id}/claim")
    assert problem(refused, 403)["scope"] == "klaim"
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="klaim"'
    assert program("pengamat").read("/me").json()["scopes"] == ["lihat"]


def test_a_token_that_was_revoked_or_has_ended_opens_nothing(program: Callable[..., Program], clock: Any) -> None:
    me, short = program(), program(days=1)
    mine = me.read("/me/tokens").json()["items"]
    assert {one["name"] for one in mine} == {"uji"}
    clock.forward(hours=25)
    problem(short.read("/me"), 401)
    for one in mine:
        me.do("DELETE", f"/me/tokens/{one['id']}")
    refused = me.read("/me")
    assert problem(refused, 401)["type"] == "urn:kentongan:masalah:tidak-dikenal"
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_browser_reads_by_its_session_and_changes_nothing(
    visit: Callable[..., Any], analyst: Any, incident: Any
) -> None:
    assert analyst.get("/api/v1/me").json()["name"] == "analis"
    problem(analyst.put(f"/api/v1/incidents/{incident.id}/claim"), 401)
    problem(analyst.get("/api/v1/me", headers={"sec-fetch-site": "cross-site"}), 403)
    problem(visit().get("/api/v1/me"), 401)


def test_errors_are_problems_whatever_goes_wrong(program: Callable[..., Program], store: Any, monkeypatch: Any) -> None:
    me = program()
    problem(me.read("/tiada"), 404)
    wrong_method = me.do("PATCH", "/me")
    problem(wrong_method, 405)
    assert wrong_method.headers["allow"] == "GET"
    problem(me.post("/api/v1/incidents/1/comments", content=b"{", headers={"content-type": "application/json"}), 422)
    large = b"x" * (1024 * 1024 + 1)
    problem(me.post("/api/v1/incidents/1/comments", content=large), 413)
    in_parts = (large[at : at + 65536] for at in range(0, len(large), 65536))
    problem(me.post("/api/v1/incidents/1/comments", content=in_parts), 413)

    def busy() -> Any:
        raise StoreBusyError("/rumah/rahasia.sqlite3 is locked")

    monkeypatch.setattr(store.users, "all", busy)
    answer = program("admin").read("/people")
    assert "rahasia" not in str(problem(answer, 503))
    assert answer.headers["retry-after"] == "30"


def test_who_asks_too_often_waits_a_minute(program: Callable[..., Program], clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("desk.api.door.STRANGERS_PER_MINUTE", 2)
    stranger = program()
    stranger.headers["authorization"] = "Bearer ktg_salah"
    for _ in range(2):
        problem(stranger.read("/me"), 401)
    refused = stranger.read("/me")
    problem(refused, 429)
    assert refused.headers["retry-after"] == "60"
    assert program("analis").read("/me").status_code == 200
    clock.forward(minutes=1)
    problem(stranger.read("/me"), 401)


def test_it_describes_itself_without_a_foreign_file(program: Callable[..., Program]) -> None:
    me = program()
    page = me.read("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "https://" not in page.text.replace("https://github.com", "")
    assert 'id="decide_incident"' in page.text
    described = me.read("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["components"]["securitySchemes"]) == {"token", "sesi"}
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["tags"] and one["summary"] for one in operations)
    decide = described["paths"]["/incidents/{number}/decisions"]["post"]
    assert decide["x-scope"] == "tinjau"
    assert decide["security"] == [{"token": []}]
    assert {"401", "403", "404", "409", "412", "422", "428", "429", "503"} <= set(decide["responses"])


def test_no_other_site_reads_an_answer(program: Callable[..., Program]) -> None:
    answer = program().read("/me", origin="https://lain.example")
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
