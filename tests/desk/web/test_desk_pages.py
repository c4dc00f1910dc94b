"""The desk shows what was found, shows nothing it should not, and can be read in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import StoreError
from desk.frame import HEADERS
from desk.web import LOCAL, make_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.desk import DeskTools

pytestmark = pytest.mark.usefixtures("incident")


def test_the_queue_shows_level_signal_place_and_that_nobody_has_verified_it(analyst: Any) -> None:
    page = analyst.get("/").text
    for word in ("tinggi", "P1", "Kota Pariaman", "Perusakan", "belum terverifikasi", "belum diketahui"):
        assert word in page, word


def test_an_incident_says_why_it_is_what_it_is(analyst: Any) -> None:
    page = analyst.get("/kejadian/1").text
    for word in ("masa tenang", "isyarat: dibakar", "13.77", "http://kabar.example/posko", "Riwayat"):
        assert word in page, word


@pytest.mark.parametrize("path", ["/", "/kejadian/1", "/sumber"])
def test_other_peoples_text_is_only_ever_text(analyst: Any, path: str) -> None:
    page = analyst.get(path).text
    assert "<script>" not in page
    assert "<img" not in page
    assert "<b>Nagari" not in page


PATHS = ["/", "/kejadian/1", "/kejadian/99", "/sumber", "/feeds/atom", "/feeds/zip", "/sehat", "/nowhere", "/masuk"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(analyst: Any, path: str) -> None:
    answer = analyst.get(path)
    # A feed is kept by who reads it, and asked for again each time.
    fixed = {"cache-control": "private, no-cache"} if path == "/feeds/atom" else {}
    assert {name: answer.headers[name] for name in HEADERS} == {**HEADERS, **fixed}


def test_static_files_carry_them_too_and_are_asked_for_again_without_a_version(visit: Callable[..., Any]) -> None:
    answer = visit().get("/static/desk.css")
    assert {name: answer.headers[name] for name in HEADERS} == {**HEADERS, "cache-control": "no-cache"}


@pytest.mark.parametrize(
    ("path", "status"), [("/kejadian/99", 404), ("/feeds/zip", 404), ("/nowhere", 404), ("/feeds/cap", 404)]
)
def test_what_is_not_there_is_said_to_be_not_there(analyst: Any, path: str, status: int) -> None:
    assert analyst.get(path).status_code == status


def test_filters_narrow_the_queue_and_nonsense_is_ignored(analyst: Any) -> None:
    assert "Tidak ada kejadian" in analyst.get("/?min=4").text
    assert "Tidak ada kejadian" in analyst.get("/?place=32").text
    assert "Kota Pariaman" in analyst.get("/?place=13&signal=perusakan&min=3").text
    assert analyst.get("/?min=ten&signal=%27%3B--&place=%3Cscript%3E").status_code == 200


def test_english_is_one_click_away_and_stays(analyst: Any) -> None:
    assert "Incident queue" in analyst.get("/?lang=en").text
    assert "Incident queue" in analyst.get("/").text


def test_feeds_are_served_to_who_is_logged_in_and_to_nobody_else(analyst: Any, visit: Callable[..., Any]) -> None:
    answer = analyst.get("/feeds/atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "tag:x,2024:1" in answer.text
    assert visit().get("/feeds/atom").status_code == 401
    assert visit().get("/feeds/atom", headers={"authorization": "Bearer ktg_salah"}).status_code == 401


class Broken:
    def __getattr__(self, name: str) -> Any:
        raise StoreError("/secret/place: broken")


def test_a_failing_store_is_a_plain_sentence_and_no_trace(tools: DeskTools) -> None:
    from starlette.testclient import TestClient

    broken = replace(tools, publish=replace(tools.publish, store=Broken()))  # type: ignore[arg-type]
    with TestClient(make_desk(broken), raise_server_exceptions=False) as client:
        client.cookies.set("kentongan", "x")
        answers = [client.get(path) for path in ("/sehat", "/", "/feeds/atom?token=x")]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert not any("secret" in answer.text for answer in answers)


@pytest.mark.browser
def test_a_real_browser_shows_the_title_as_text_and_runs_nothing(browse: Callable[..., Any]) -> None:
    browser = browse("analis")
    assert "<script>alert(1)</script>" in browser.page.inner_text("main")
    browser.page.get_by_role("link", name="Posko").click()
    assert "<script>alert(1)</script>" in browser.page.inner_text("h1")


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999"])
def test_an_incident_that_is_not_there_is_said_so(analyst: Any, number: str) -> None:
    assert analyst.get(f"/kejadian/{number}").status_code == 404


def test_a_strangers_name_for_this_machine_is_not_answered(tools: DeskTools) -> None:
    from starlette.testclient import TestClient

    with TestClient(make_desk(tools, hosts=LOCAL), base_url="http://127.0.0.1:8787") as client:
        assert client.get("/masuk").status_code == 200
        rebound = client.get("/masuk", headers={"host": "kabar-palsu.example:8787"})
    assert rebound.status_code == 400
    assert rebound.headers["content-security-policy"] == HEADERS["content-security-policy"]


@pytest.mark.parametrize(
    ("role", "shown", "hidden"), [("pengamat", "B.S.", "Budi Santoso"), ("analis", "Budi Santoso", "B.S.")]
)
def test_names_of_suspects_are_initials_for_who_may_not_read_the_texts(
    visit: Callable[..., Any], newsdesk: Any, role: str, shown: str, hidden: str
) -> None:
    newsdesk.opens("Polisi menangkap tersangka Budi Santoso di rumahnya di Pariaman")
    page = visit(role).get("/").text
    assert shown in page
    assert hidden not in page


MENU = {
    "pengamat": "/ /peta /tren /peringatan-dini /laporan /ketua /cari /sumber /model /kata-pantau",
    "analis": "/ /lapor /peta /tren /peringatan-dini /laporan /ketua /cari /label /sumber /model /kata-pantau",
    "ketua": "/ /lapor /peta /tren /peringatan-dini /laporan /ketua /cari /label /sumber /model /kata-pantau /setelan "
    "/audit",
    "admin": "/ /peta /tren /peringatan-dini /laporan /ketua /cari /sumber /model /kata-pantau /setelan /orang /audit",
}


KNOWN = {path for paths in MENU.values() for path in paths.split()}


@pytest.mark.parametrize("role", list(MENU))
def test_the_menu_leads_to_everything_that_a_role_may_see(visit: Callable[..., Any], role: str) -> None:
    client = visit(role)
    menu = client.get("/").text.partition('<nav id="menu"')[2].partition("</nav>")[0]
    links = re.findall(r'<a href="([^"]+)" data-key="(g .)"', menu)
    assert [path for path, _ in links if path in KNOWN] == MENU[role].split()
    assert len({key for _, key in links}) == len(links)
    for path, _ in links:
        page = client.get(path)
        assert page.status_code == 200, path
        here = page.text.partition('<nav id="menu"')[2].partition("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', here) == [path]
