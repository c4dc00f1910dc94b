"""The server speaks HTTP as the sites of the field do."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from data.errors import SettingsError
from data.samples.server import SampleServer

if TYPE_CHECKING:
    from pathlib import Path

WIB = ZoneInfo("Asia/Jakarta")
ARTICLE = "http://kabarnagari.test/mobil-pembawa-ratusan-amplop-dicegat-warga-kambang-tiga-orang-diamankan/"


def test_a_page_asked_again_with_its_tag_is_304_without_a_body(ask: Any):
    first = ask(ARTICLE)
    again = ask(ARTICLE, If_None_Match=first.headers["etag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_page_asked_again_with_its_date_is_304_and_with_an_older_one_200(ask: Any):
    first = ask(ARTICLE)
    assert first.headers["last-modified"] == "Tue, 26 Nov 2024 00:40:00 GMT"
    assert ask(ARTICLE, If_Modified_Since="Tue, 26 Nov 2024 00:40:00 GMT").status == 304
    assert ask(ARTICLE, If_Modified_Since="Tue, 26 Nov 2024 00:39:59 GMT").status == 200


def test_a_tag_outweighs_a_date(ask: Any):
    answer = ask(ARTICLE, If_None_Match='"lain"', If_Modified_Since="Wed, 01 Jan 2025 00:00:00 GMT")
    assert answer.status == 200


@pytest.mark.parametrize(
    "feed",
    [
        "http://wartadesa.test/rss/latest-posts",
        "http://kabarnagari.test/feed/",
        "http://kabarnagari.test/wp-json/wp/v2/posts?per_page=100",
        "http://suararantau.test/feeds/posts/default?alt=json",
        "http://galat.test/umpan.xml",
    ],
)
def test_feeds_answer_304_until_something_is_new(feed: str, ask_of: Any):
    with SampleServer(at=datetime(2024, 11, 1, tzinfo=WIB)) as server:
        ask = ask_of(server)
        tag = ask(feed).headers["etag"]
        assert ask(feed, If_None_Match=tag).status == 304
        server.at = None
        assert ask(feed, If_None_Match=tag).status == 200


def test_a_body_is_gzipped_for_those_who_accept_it(ask: Any):
    plain, zipped = ask(ARTICLE), ask(ARTICLE, Accept_Encoding="gzip, br")
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body


def test_an_unknown_host_is_not_answered_for(ask: Any):
    assert ask("http://lain.test/").status == 421


def test_the_host_may_be_written_in_capitals_and_with_a_port(ask: Any):
    assert ask("http://WARTADESA.TEST:80/").status == 200


def test_head_gives_the_headers_alone(ask: Any):
    answer = ask(ARTICLE, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_a_connection_serves_several_requests(server: SampleServer):
    connection = HTTPConnection(*server.address, timeout=10)
    for _ in range(3):
        connection.request("GET", "/robots.txt", headers={"Host": "wartadesa.test"})
        assert connection.getresponse().read() == b"User-agent: *\nDisallow:\n"
    connection.close()


def test_requests_are_kept_in_order_with_host_path_status_and_user_agent(ask_of: Any):
    with SampleServer() as server:
        ask = ask_of(server)
        ask("http://wartadesa.test/posts?page=2", User_Agent="Kentongan/1")
        ask("http://galat.test/dicabut")
        kept = [(r.host, r.path, r.status, r.user_agent, r.conditional) for r in server.requests]
        assert kept == [
            ("wartadesa.test", "/posts?page=2", 200, "Kentongan/1", False),
            ("galat.test", "/dicabut", 410, "", False),
        ]
        assert server.requests[0].at_s <= server.requests[1].at_s
        server.forget()
        assert server.requests == ()


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(SettingsError, match="needs a zone"):
        SampleServer(at=datetime(2024, 11, 1))  # noqa: DTZ001 - that is the point


def test_the_slow_page_takes_its_time_and_is_whole(ask_of: Any):
    url = "http://galat.test/tim-voli-pantai-putri-padang-pariaman-melaju-ke-final-kejurda"
    with SampleServer(slow_s=0.5) as server:
        started = time.monotonic()
        answer = ask_of(server)(url)
        assert time.monotonic() - started >= 0.5
        assert answer.status == 200
        assert "</html>" in answer.text


def test_it_runs_in_a_process_of_its_own_until_sigterm_and_logs_what_was_asked(tmp_path: Path):
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "data.samples.server", "--at", "2024-11-20T08:00:00+07:00", "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        connection = HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=10)
        connection.request("GET", "/robots.txt", headers={"Host": "galat.test"})
        assert connection.getresponse().read().startswith(b"# Galat Media")
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    (line,) = log.read_text(encoding="utf-8").splitlines()
    assert {key: json.loads(line)[key] for key in ("host", "path", "status")} == {
        "host": "galat.test",
        "path": "/robots.txt",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--port", "taken", "take another, or 0 for a free one"), ("--at", "2024-11-20T08:00:00", "needs a zone")],
)
def test_a_wrong_option_is_told_in_one_line(server: SampleServer, option: str, value: str, said: str):
    value = str(server.address[1]) if value == "taken" else value
    ended = subprocess.run(
        [sys.executable, "-m", "data.samples.server", option, value], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
