"""The desk shows what was found, shows nothing it should not, and can be read in a real browser."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from classifiers.stages import load_calendar
from data.gazetteer import load_gazetteer
from data.outcomes import Outcome
from data.records import (
    Alert,
    Article,
    Assessment,
    Evidence,
    Incident,
    IncidentStatus,
    Modality,
    Page,
    PageRef,
    Place,
    PlaceRole,
    Source,
    Urgency,
)
from data.store import Store
from data.taxonomy import load_taxonomy
from desk.web import HEADERS, LOCAL, make_desk
from flows.publish import PublishTools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.applications import Starlette

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)
EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)> Posko "dibakar" & ditinggal'
TEXT = "PARIAMAN – Posko dibakar orang tak dikenal pada Selasa dini hari. Dua relawan luka bakar ringan dan dirawat."


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[PublishTools]:
    with Store.open(f"sqlite:///{tmp_path / 'desk.sqlite3'}") as store:
        run = store.runs.start("crawl", NOW)
        url = "http://kabar.example/posko"
        article = Article("kabar", url, url, EVIL, TEXT, "0" * 64, published=NOW)
        page = Page(url, url, "kabar", NOW, Outcome.FETCHED, 200)
        settled = store.settle(run, PageRef(url, url, "kabar", "feed"), page, Outcome.FETCHED, article, NOW)
        assert settled.article_id is not None
        place = Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "text", 0, 8, 0.9)
        judged = Assessment(
            signals={"perusakan": 0.9},
            flagged_signals=("perusakan",),
            modality=Modality.KEJADIAN,
            severity=3,
            severity_points=(("dasar: perusakan x kejadian", 2), ("masa tenang", 1)),
            urgency=Urgency.P1,
            flagged=True,
            flag_score=0.9,
            places=(place,),
            evidence=(Evidence("perusakan", "text", 11, 24, 2.0, "isyarat: dibakar"),),
            model_version="m",
            rules_version="r",
        )
        store.assessments.save(settled.article_id, 1, judged, NOW)
        incident = store.incidents.open(
            Incident(
                id=0, title=EVIL, signals=("perusakan",), modality=Modality.KEJADIAN, severity=3, urgency=Urgency.P1,
                status=IncidentStatus.BELUM_DITINJAU, places=(place,), opened_at=NOW, first_seen=NOW, last_seen=NOW,
                event_time=None, article_ids=(), spread=1, independent_sources=1, best_tier=3,
                best_article_id=settled.article_id,
            ),
            (settled.article_id,),
            NOW,
        )  # fmt: skip
        store.alerts.raise_(
            Alert(
                "tag:x,2024:1", incident.id, 1, "raised", NOW, NOW, verified=False, exercise=False, incident_revision=1
            )
        )
        source = Source("kabar", "Kabar <b>Nagari</b>", "http://kabar.example/", "Asia/Jakarta", "wordpress", ())
        yield PublishTools(
            store=store,
            sources={"kabar": source},
            gazetteer=load_gazetteer(),
            taxonomy=load_taxonomy(),
            calendar=load_calendar(),
            clock=lambda: NOW,
            folder=tmp_path / "feeds",
        )


@pytest.fixture
def client(tools: PublishTools) -> Iterator[TestClient]:
    with TestClient(make_desk(tools), raise_server_exceptions=False) as client:
        yield client


def test_the_queue_shows_level_signal_place_and_that_nobody_has_verified_it(client: TestClient) -> None:
    page = client.get("/").text
    for word in ("tinggi", "P1", "Kota Pariaman", "Perusakan", "belum terverifikasi", "belum diketahui"):
        assert word in page, word


def test_an_incident_says_why_it_is_what_it_is(client: TestClient) -> None:
    page = client.get("/kejadian/1").text
    for word in ("masa tenang", "isyarat: dibakar", "13.77", "http://kabar.example/posko", "Riwayat"):
        assert word in page, word


@pytest.mark.parametrize("path", ["/", "/kejadian/1", "/sumber"])
def test_other_peoples_text_is_only_ever_text(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert "<script>" not in page
    assert "<img" not in page
    assert "<b>Nagari" not in page


PATHS = [
    "/",
    "/kejadian/1",
    "/kejadian/99",
    "/sumber",
    "/umpan/atom",
    "/umpan/zip",
    "/sehat",
    "/static/desk.css",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("path", "status"), [("/kejadian/99", 404), ("/umpan/zip", 404), ("/nowhere", 404), ("/umpan/cap", 404)]
)
def test_what_is_not_there_is_said_to_be_not_there(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_desk_changes_nothing(client: TestClient) -> None:
    assert {client.request(method, "/").status_code for method in ("POST", "PUT", "DELETE", "PATCH")} == {405}


def test_filters_narrow_the_queue_and_nonsense_is_ignored(client: TestClient) -> None:
    assert "Tidak ada kejadian" in client.get("/?min=4").text
    assert "Tidak ada kejadian" in client.get("/?place=32").text
    assert "Kota Pariaman" in client.get("/?place=13&signal=perusakan&min=3").text
    assert client.get("/?min=ten&signal=%27%3B--&place=%3Cscript%3E").status_code == 200


def test_english_is_one_click_away_and_stays(client: TestClient) -> None:
    assert "Incident queue" in client.get("/?lang=en").text
    assert "Incident queue" in client.get("/").text


def test_feeds_are_served_and_masked(client: TestClient) -> None:
    answer = client.get("/umpan/atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "tag:x,2024:1" in answer.text


def test_a_failing_store_is_a_plain_sentence_and_no_trace(tools: PublishTools) -> None:
    tools.store.close()
    broken = replace(tools, store=Broken())  # type: ignore[arg-type]
    with TestClient(make_desk(broken), raise_server_exceptions=False) as client:
        answer = client.get("/sehat")
    assert answer.status_code == 503
    assert "secret" not in answer.text


class Broken:
    def __getattr__(self, name: str) -> Any:
        from data.errors import StoreError

        raise StoreError("/secret/place: broken")


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.browser
def test_a_real_browser_shows_the_title_as_text_and_runs_nothing(
    tools: PublishTools, chromium_path: str, tmp_path: Path
) -> None:
    with serving(make_desk(tools)) as address:
        done = subprocess.run(
            [
                chromium_path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000", "--dump-dom", f"{address}/",
            ],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in done.stdout
    assert "<script>" not in done.stdout
    assert "Antrean kejadian" in done.stdout


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999"])
def test_an_incident_that_is_not_there_is_said_so(client: TestClient, number: str) -> None:
    assert client.get(f"/kejadian/{number}").status_code == 404


def test_a_strangers_name_for_this_machine_is_not_answered(tools: PublishTools) -> None:
    with TestClient(make_desk(tools, hosts=LOCAL), base_url="http://127.0.0.1:8787") as client:
        assert client.get("/").status_code == 200
        rebound = client.get("/", headers={"host": "kabar-palsu.example:8787"})
    assert rebound.status_code == 400
    assert "Posko" not in rebound.text
    assert rebound.headers["content-security-policy"] == HEADERS["content-security-policy"]
