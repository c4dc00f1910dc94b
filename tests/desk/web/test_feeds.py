"""The feeds as programs read them: who may, narrowed how, page by page, and nothing sent twice."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from starlette.testclient import TestClient

from data.records import Alert, IncidentStatus
from desk.entry.guard import new_token
from desk.web import make_desk
from feeds import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store
    from flows.desk import DeskTools

ATOM = "{http://www.w3.org/2005/Atom}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture
def alerts(newsdesk: Any, clock: Any) -> Callable[..., int]:
    """Return what opens an incident and raises its alert, a minute after the one before."""

    def raises(title: str = "Posko dibakar", *, exercise: bool = False, verified: bool = False, **about: Any) -> int:
        clock.forward(minutes=1)
        opened = newsdesk.opens(title, **about)
        now = clock.now
        newsdesk.store.alerts.raise_(
            Alert(f"tag:x,2024:{opened.id}", opened.id, 1, "raised", now, now, verified=verified, exercise=exercise,
                  incident_revision=1)
        )  # fmt: skip
        clock.forward(minutes=1)
        return int(opened.id)

    return raises


@pytest.fixture
def token(store: Store, add_user: Any, clock: Any) -> Callable[..., dict[str, str]]:
    """Return what makes a token with scopes and gives the header that brings it."""
    made: list[Any] = []

    def making(*scopes: str, regions: tuple[str, ...] = ()) -> dict[str, str]:
        user = add_user("pengamat", f"pembaca{len(made)}", regions)
        made.append(user)
        secret, _ = new_token(store, user, "pembaca", scopes or ("umpan",), clock.now, clock.now + timedelta(days=9))
        return {"authorization": f"Bearer {secret}"}

    return making


@pytest.fixture
def reader(visit: Callable[..., Any]) -> Any:
    return visit()


def ids(answer: Any) -> list[int]:
    """Return the incidents of a JSON Feed."""
    assert answer.status_code == 200, answer.text
    return [item["_kentongan"]["incident_id"] for item in answer.json()["items"]]


def test_every_format_is_served_under_its_name_and_its_file(alerts: Any, token: Any, reader: Any) -> None:
    alerts()
    mine = token()
    for name, chosen in FORMATS.items():
        if chosen.single:
            assert reader.get(f"/feeds/{name}", headers=mine).status_code == 404
            continue
        answers = [reader.get(f"/feeds/{path}", headers=mine) for path in (name, chosen.file)]
        assert [answer.status_code for answer in answers] == [200, 200], name
        assert answers[0].headers["content-type"].startswith(chosen.media_type.partition(";")[0])
        assert answers[0].headers["etag"] == answers[1].headers["etag"]
        assert len(answers[0].content) > 100


def test_a_message_of_cap_has_an_address_that_its_index_names(alerts: Any, token: Any, reader: Any) -> None:
    number, drill = alerts(), alerts(exercise=True)
    mine = token()
    index = reader.get("/feeds/cap/index.rss", headers=mine).text
    assert f"http://testserver/feeds/cap/kejadian-{number}.xml" in index
    message = reader.get(f"/feeds/cap/kejadian-{number}.xml", headers=mine)
    assert message.headers["content-type"].startswith("application/cap+xml")
    assert etree.fromstring(message.content).findtext(f"{CAP}status") == "Actual"
    asked = reader.get(f"/feeds/cap/kejadian-{drill}.xml", headers=mine)
    assert etree.fromstring(asked.content).findtext(f"{CAP}status") == "Exercise"
    for path in ("cap/kejadian-99.xml", "cap/kejadian-x.xml", "cap/kejadian-99999999999.xml", "cap/", "zip"):
        assert reader.get(f"/feeds/{path}", headers=mine).status_code == 404, path


def test_a_feed_is_narrowed_by_its_address_and_says_so(alerts: Any, token: Any, reader: Any) -> None:
    pariaman, jakarta = alerts(code="13.77"), alerts(code="31.71", severity=4)
    verified = alerts(code="13.77", verified=True, severity=2)
    mine = token()

    def found(query: str) -> list[int]:
        return ids(reader.get(f"/feeds/jsonfeed?{query}", headers=mine))

    assert found("") == [verified, jakarta, pariaman]
    assert found("wilayah=13") == [verified, pariaman]
    assert found("wilayah=31,32&tingkat=4") == [jakarta]
    assert found("sinyal=perusakan&status=terverifikasi") == [verified]
    assert found("sinyal=politik_uang") == []
    assert found("urgensi=P1&status=belum_terverifikasi&wilayah=13") == [pariaman]
    feed = reader.get("/feeds/jsonfeed?tingkat=3&wilayah=13", headers=mine).json()
    assert feed["title"].endswith("Sumatera Barat; tingkat 3 (tinggi) ke atas")
    assert feed["feed_url"] == "http://testserver/feeds/alerts.json?wilayah=13&tingkat=3"


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("wilyah=13", 422, "wilyah"),
        ("tingkat=5", 422, "0 sampai 4"),
        ("urgensi=P9", 422, "P9"),
        ("status=ya", 422, "terverifikasi, belum_terverifikasi"),
        ("sejak=kemarin", 422, "2024-11-26"),
        ("jumlah=5000", 422, "1000"),
        ("halaman=dua", 422, "dua"),
        ("wilayah=99.99", 404, "99.99"),
        ("sinyal=gosip", 404, "gosip"),
        ("tampilan=77", 404, "77"),
        ("tampilan=x", 422, "x"),
    ],
)
def test_a_feed_that_was_asked_for_wrongly_is_refused_in_a_plain_sentence(
    token: Any, reader: Any, query: str, status: int, said: str
) -> None:
    answer = reader.get(f"/feeds/atom?{query}", headers=token())
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_nobody_reads_without_a_valid_token(alerts: Any, reader: Any, store: Store, add_user: Any, clock: Any) -> None:
    alerts()
    assert reader.get("/feeds/atom").status_code == 401
    assert "Basic" in reader.get("/feeds/atom").headers["www-authenticate"]
    user = add_user("pengamat", "rina")
    secret, kept = new_token(store, user, "x", ["umpan"], clock.now, clock.now + timedelta(days=1))
    basic = base64.b64encode(f"umpan:{secret}".encode()).decode()
    for headers in ({"authorization": f"Bearer {secret}"}, {"authorization": f"Basic {basic}"}):
        assert reader.get("/feeds/atom", headers=headers).status_code == 200
    assert reader.get(f"/feeds/atom?token={secret}").status_code == 200
    assert secret not in reader.get(f"/feeds/atom?token={secret}").text
    for headers in ({"authorization": "Bearer ktg_x"}, {"authorization": "Basic %%%"}, {"authorization": "Basic "}):
        assert reader.get("/feeds/atom", headers=headers).status_code == 401
    store.tokens.revoke(kept.id, clock.now)
    assert reader.get("/feeds/atom", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_a_token_reads_only_what_its_scope_names(alerts: Any, token: Any, reader: Any) -> None:
    pariaman, low = alerts(code="13.77"), alerts(code="13.77", severity=2)
    jakarta = alerts(code="31.71")
    mine = token("umpan:wilayah=13&tingkat=3")
    assert ids(reader.get("/feeds/jsonfeed", headers=mine)) == [pariaman]
    assert ids(reader.get("/feeds/jsonfeed?wilayah=13.77&tingkat=1", headers=mine)) == [pariaman]
    refused = reader.get("/feeds/jsonfeed?wilayah=31", headers=mine)
    assert (refused.status_code, "Sumatera Barat" in refused.text) == (403, True)
    for number in (low, jakarta):
        assert reader.get(f"/feeds/cap/kejadian-{number}.xml", headers=mine).status_code == 404
    assert reader.get("/feeds/atom", headers=token("klaim")).status_code == 403
    assert len(ids(reader.get("/feeds/jsonfeed", headers=token("lihat")))) == 3
    assert reader.get("/api/v1/incidents", headers=mine).status_code == 403


def test_in_an_address_only_a_token_for_feeds_is_taken(reader: Any, store: Store, add_user: Any, clock: Any) -> None:
    user = add_user("pengamat", "rina")
    secret, _ = new_token(store, user, "x", ["lihat"], clock.now, None)
    assert reader.get(f"/feeds/atom?token={secret}").status_code == 403


def test_the_regions_of_whose_token_it_is_hold_too(alerts: Any, token: Any, reader: Any, visit: Any) -> None:
    pariaman, jakarta = alerts(code="13.77"), alerts(code="31.71")
    mine = token("lihat", regions=("31",))
    assert ids(reader.get("/feeds/jsonfeed", headers=mine)) == [jakarta]
    assert reader.get("/feeds/jsonfeed?wilayah=13", headers=mine).status_code == 403
    assert ids(visit("analis", regions=("13",)).get("/feeds/jsonfeed")) == [pariaman]


def test_who_has_not_given_the_second_factor_is_a_stranger(visit: Any, store: Store, alerts: Any) -> None:
    client = visit("analis")
    assert client.get("/feeds/atom").status_code == 200
    user = store.users.by_name("analis")
    assert user is not None
    store.users.change(user.id, must_change=True)
    assert client.get("/feeds/atom").status_code == 401


def test_drills_reach_no_program_that_did_not_ask_for_them(
    alerts: Any, token: Any, reader: Any, tools: DeskTools, visit: Any
) -> None:
    real, drill = alerts(), alerts(exercise=True)
    mine = token()
    assert ids(reader.get("/feeds/jsonfeed", headers=mine)) == [real]
    asked = reader.get("/feeds/jsonfeed?latihan=ya", headers=mine)
    assert ids(asked) == [drill]
    assert asked.json()["title"].startswith("LATIHAN")
    assert ids(visit("analis").get("/feeds/jsonfeed")) == [real]
    drilling = make_desk(replace(tools, publish=replace(tools.publish, exercise=True)))
    with TestClient(drilling) as client:
        assert ids(client.get("/feeds/jsonfeed", headers=mine)) == [real]


def test_what_has_not_changed_is_not_sent_again(
    alerts: Any, token: Any, reader: Any, store: Store, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = alerts()
    mine = token()
    first = reader.get("/feeds/atom", headers=mine)
    tag, moment = first.headers["etag"], first.headers["last-modified"]
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Accept-Encoding"} <= {one.strip() for one in first.headers["vary"].split(",")}

    def no_items(*_: object) -> Any:
        raise AssertionError("nothing is made for who has it already")

    def answers() -> list[int]:
        asked = ({"if-none-match": f'"x", {tag}'}, {"if-none-match": "*"}, {"if-modified-since": moment})
        return [reader.get("/feeds/atom", headers=mine | one).status_code for one in asked]

    with monkeypatch.context() as patched:
        patched.setattr("desk.feeds.alert_items", no_items)
        assert answers() == [304, 304, 304]
        held = reader.get("/feeds/atom", headers=mine | {"if-none-match": tag})
        assert (held.content, held.headers["etag"], held.headers["cache-control"]) == (b"", tag, "private, no-cache")
        assert reader.head("/feeds/atom", headers=mine).headers["etag"] == tag
    # A tag that is another one goes before a moment that would do (RFC 9110, section 13.2.2).
    other = mine | {"if-none-match": '"x"', "if-modified-since": moment}
    assert reader.get("/feeds/atom", headers=other).status_code == 200
    clock.forward(hours=1)
    alert = store.alerts.of_incident(number)
    assert alert is not None
    store.alerts.update(replace(alert, revision=2, state="cancelled", at=clock.now))
    clock.forward(minutes=1)
    changed = reader.get("/feeds/atom", headers=mine | {"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert reader.get("/feeds/atom", headers=mine | {"if-modified-since": moment}).status_code == 200


def test_another_format_filter_or_reader_has_another_tag(alerts: Any, token: Any, reader: Any) -> None:
    alerts(code="13.77")
    alerts(code="31.71")
    mine, narrow = token(), token("umpan:wilayah=13")
    asked = [("atom", mine), ("rss", mine), ("atom?wilayah=13", mine), ("atom", narrow)]
    tags = {reader.get(f"/feeds/{path}", headers=headers).headers["etag"] for path, headers in asked}
    assert len(tags) == 4


def test_a_change_elsewhere_does_not_send_a_narrow_feed_again(alerts: Any, token: Any, reader: Any) -> None:
    alerts(code="13.77")
    mine = token()
    tag = reader.get("/feeds/atom?wilayah=13", headers=mine).headers["etag"]
    alerts(code="31.71")
    assert reader.get("/feeds/atom?wilayah=13", headers=mine | {"if-none-match": tag}).status_code == 304
    alerts(code="13.01")
    assert reader.get("/feeds/atom?wilayah=13", headers=mine | {"if-none-match": tag}).status_code == 200


def test_the_moment_that_is_not_over_is_no_last_change(alerts: Any, token: Any, reader: Any, clock: Any) -> None:
    alerts()
    clock.forward(minutes=-1)
    assert "last-modified" not in reader.get("/feeds/atom", headers=token()).headers


def test_an_empty_feed_is_whole_and_known_again(token: Any, reader: Any) -> None:
    mine = token()
    answer = reader.get("/feeds/atom", headers=mine)
    assert etree.fromstring(answer.content).findall(f"{ATOM}entry") == []
    assert reader.get("/feeds/atom", headers=mine | {"if-none-match": answer.headers["etag"]}).status_code == 304


def test_a_feed_is_packed_under_the_same_tag(alerts: Any, token: Any, reader: Any) -> None:
    alerts()
    mine = token()
    packed = reader.get("/feeds/atom", headers=mine | {"accept-encoding": "gzip"})
    plain = reader.get("/feeds/atom", headers=mine | {"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]


def test_who_follows_the_pages_gets_every_alert_once(alerts: Any, token: Any, reader: Any) -> None:
    numbers = [alerts() for _ in range(5)]
    mine = token()
    walked, url = [], "/feeds/jsonfeed?wilayah=13&jumlah=2"
    while url:
        feed = reader.get(url, headers=mine).json()
        walked += [item["_kentongan"]["incident_id"] for item in feed["items"]]
        url = feed.get("next_url", "")
        assert url == "" or parse_qs(urlsplit(url).query)["jumlah"] == ["2"]
    assert walked == numbers[::-1]


def test_pages_name_each_other(alerts: Any, token: Any, reader: Any) -> None:
    numbers = [alerts() for _ in range(5)]
    mine = token()

    def links(url: str) -> dict[str, str]:
        feed = etree.fromstring(reader.get(url, headers=mine).content)
        return {str(link.get("rel")): str(link.get("href")) for link in feed.findall(f"{ATOM}link")}

    first = links("/feeds/atom?jumlah=2")
    assert "previous" not in first
    second = links(first["next"])
    assert second["first"] == first["first"] == first["self"]
    assert links(second["previous"])["next"] == first["next"]
    last = links(first["last"])
    assert "next" not in last
    assert ids(reader.get(first["last"].replace("alerts.atom", "jsonfeed"), headers=mine)) == numbers[1::-1]
    assert 'rel="next"' in reader.get("/feeds/csv?jumlah=2", headers=mine).headers["link"]
    assert "link" not in reader.head("/feeds/csv?jumlah=100", headers=mine).headers


def test_a_large_page_is_streamed_and_says_the_same(
    alerts: Any, token: Any, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        alerts()
    mine = token()
    whole = reader.get("/feeds/ndjson", headers=mine)
    monkeypatch.setattr("desk.feeds.WHOLE", 1)
    monkeypatch.setattr("desk.feeds.PIECE", 10)
    streamed = reader.get("/feeds/ndjson", headers=mine)
    assert streamed.content == whole.content
    assert len([json.loads(line) for line in streamed.text.splitlines()]) == 3


def test_a_saved_view_is_a_feed_for_whom_it_is_kept(
    alerts: Any, token: Any, reader: Any, store: Store, visit: Any, clock: Any
) -> None:
    pariaman, jakarta = alerts(code="13.77"), alerts(code="31.71", severity=4)
    analyst = visit("analis")
    user = store.users.by_name("analis")
    assert user is not None
    own = store.saved_views.add(user.id, "Sumbar", "wilayah=13&status=terbuka", clock.now, shared=False)
    shared = store.saved_views.add(user.id, "Gawat", "tingkat=4&waktu=24j", clock.now, shared=True)
    assert ids(analyst.get(f"/feeds/jsonfeed?tampilan={own}")) == [pariaman]
    mine = token()
    assert reader.get(f"/feeds/jsonfeed?tampilan={own}", headers=mine).status_code == 404
    url = f"/feeds/jsonfeed?tampilan={shared}"
    answer = reader.get(url, headers=mine)
    assert ids(answer) == [jakarta]
    tag = answer.headers["etag"]
    assert reader.get(url, headers=mine | {"if-none-match": tag}).status_code == 304
    clock.forward(hours=25)
    assert ids(reader.get(url, headers=mine | {"if-none-match": tag})) == []


def test_what_a_view_held_and_was_taken_back_is_told_of(alerts: Any, visit: Any, store: Store, clock: Any) -> None:
    number = alerts()
    analyst = visit("analis")
    user = store.users.by_name("analis")
    incident, alert = store.incidents.get(number), store.alerts.of_incident(number)
    assert user is not None
    assert incident is not None
    assert alert is not None
    view = store.saved_views.add(user.id, "Baru", "status=belum_ditinjau&tier=3", clock.now, shared=False)
    assert ids(analyst.get(f"/feeds/jsonfeed?tampilan={view}")) == [number]
    store.incidents.update(replace(incident, status=IncidentStatus.BUKAN_ANCAMAN, severity=0), clock.now)
    store.alerts.update(replace(alert, revision=2, state="cancelled", at=clock.now))
    items = analyst.get(f"/feeds/jsonfeed?tampilan={view}").json()["items"]
    assert [item["_kentongan"]["keadaan"] for item in items] == ["cancelled"]


def test_who_fetched_what_is_kept_a_row_a_day(alerts: Any, token: Any, reader: Any, store: Store, clock: Any) -> None:
    alerts()
    mine = token()
    tag = reader.get("/feeds/atom?wilayah=13", headers=mine).headers["etag"]
    for _ in range(3):
        reader.get("/feeds/alerts.atom?wilayah=13", headers=mine | {"if-none-match": tag})
    assert [(read.feed, read.times) for read in store.feed_reads.since("2024-11-26")] == [("atom?wilayah=13", 1)]
    clock.forward(minutes=2)
    reader.get("/feeds/csv", headers=mine)
    kept = {read.feed: (read.times, read.unchanged) for read in store.feed_reads.since("2024-11-26")}
    assert kept == {"atom?wilayah=13": (4, 3), "csv": (1, 0)}
    assert store.tokens.all()[0].last_used == clock.now


def test_a_reader_that_asks_all_the_time_is_told_to_wait(
    alerts: Any, token: Any, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.feeds.PER_MINUTE", 2)
    mine = token()
    answers = [reader.get("/feeds/atom", headers=mine) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
