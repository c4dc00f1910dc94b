"""``kentongan crawl``: what it says and ends with when something is in the way, and that it goes on afterwards."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.samples.network import HOSTS
from data.samples.server import SampleServer
from data.samples.truth import truth
from data.store import Store
from scrapers.warc import read_warc

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "data" / "samples" / "sources.toml"


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer() as server:
        yield server


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Yield a port of loopback on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


def crawl(
    home: Path, port: int, *arguments: str, limit: int | None = None, **given: str
) -> subprocess.CompletedProcess[str]:
    """Crawl the sample sites at ``port`` in a process that may write files up to ``limit`` bytes."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    environment = {
        **os.environ,
        "KENTONGAN_HOME": str(home),
        "KENTONGAN_CATALOGUES": str(CATALOGUE),
        "KENTONGAN_ALLOW_PRIVATE_HOSTS": ",".join(HOSTS),
        "KENTONGAN_CONNECT_TO": ",".join(f"{host}=127.0.0.1:{port}" for host in HOSTS),
        "KENTONGAN_WORKERS": "0",
        **given,
    }
    command = [sys.executable, "-m", "kentongan", "--lang", "en", "crawl", "--once", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=200, check=False, preexec_fn=limited
    )


def articles(home: Path) -> list[str]:
    with Store.open(f"sqlite:///{home / 'kentongan.sqlite3'}") as store:
        assert store.integrity_check() == []
        return sorted(stored.article.canonical_url for stored in store.articles.recent(limit=1000))


def true_articles(source_id: str) -> list[str]:
    return sorted(article.url for article in truth() if article.source_id == source_id)


def test_a_host_that_cannot_be_reached_is_named_with_what_to_do_and_nothing_is_lost(
    server: SampleServer, closed_port: int, tmp_path: Path
) -> None:
    assert crawl(tmp_path, server.address[1], "suararantau").returncode == 0
    before = articles(tmp_path)
    assert before == true_articles("suararantau")

    done = crawl(tmp_path, closed_port, "suararantau", "--json")
    assert done.returncode == 1
    assert "http://suararantau.test/ could not be read" in done.stderr
    assert "connect_error" in done.stderr
    assert "kentongan sources check suararantau" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)[0]["adds_up"]
    assert articles(tmp_path) == before


def test_where_one_host_is_down_the_others_are_read(server: SampleServer, closed_port: int, tmp_path: Path) -> None:
    somewhere = dict.fromkeys(HOSTS, server.address[1]) | {"kabarnagari.test": closed_port}
    connect_to = ",".join(f"{host}=127.0.0.1:{port}" for host, port in somewhere.items())
    done = crawl(tmp_path, 0, "kabarnagari", "suararantau", KENTONGAN_CONNECT_TO=connect_to)
    assert done.returncode == 1
    assert articles(tmp_path) == true_articles("suararantau")


def test_without_room_a_crawl_ends_clearly_and_goes_on_when_there_is_some(server: SampleServer, tmp_path: Path) -> None:
    port = server.address[1]
    full = crawl(tmp_path, port, "--all", "--json", limit=1_800_000)
    assert full.returncode == 74
    assert "the disk is full" in full.stderr
    assert str(tmp_path) in full.stderr
    assert "Traceback" not in full.stderr
    assert full.stdout == ""
    kept = articles(tmp_path)
    assert 0 < len(kept) < len(truth())
    assert len(set(kept)) == len(kept)
    damages: list[object] = []
    for path in (tmp_path / "warc").glob("*.warc.gz"):
        assert list(read_warc(path, report=damages.append))
    assert damages == []
    with Store.open(f"sqlite:///{tmp_path / 'kentongan.sqlite3'}") as store:
        assert {run.state for run in store.runs.recent("crawl", 5)} <= {"failed", "running"}

    done = crawl(tmp_path, port, "--all", "--json")
    assert done.returncode == 0, done.stderr
    assert articles(tmp_path) == sorted(article.url for article in truth())


def test_what_another_crawl_is_reading_is_left_to_it(server: SampleServer, tmp_path: Path) -> None:
    from flows.holders import this_holder

    with Store.open(f"sqlite:///{tmp_path / 'kentongan.sqlite3'}") as store:
        # This very test stands for the other process: it is alive.
        store.leases.acquire("network:suararantau.test", this_holder(), datetime.now(UTC), timedelta(minutes=5))
    done = crawl(tmp_path, server.address[1], "suararantau", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (75, [])
    assert "Being read by another process: suararantau" in done.stderr
    assert server.requests == ()


def test_below_the_floor_nothing_is_asked_for(server: SampleServer, tmp_path: Path) -> None:
    done = crawl(tmp_path, server.address[1], "--all", KENTONGAN_MIN_FREE_MB="1000000000")
    assert done.returncode == 74
    assert "1,000,000,000,000,000 needed. Make room and start again; nothing was lost" in done.stderr
    assert server.requests == ()


def test_who_names_no_contact_is_told(server: SampleServer, tmp_path: Path) -> None:
    words = "Set KENTONGAN_CONTACT to your desk's mail address"
    # The sample sites are our own; that of a stranger is not, and this one is refused before anything is sent.
    stranger = tmp_path / "sources.toml"
    stranger.write_text(
        '[[source]]\nid = "asing"\nname = "Asing"\nhome = "http://127.0.0.1:9/"\ntimezone = "Asia/Jakarta"\n'
        'profile = "wordpress"\n[[source.finders]]\nkind = "feed"\nurl = "http://127.0.0.1:9/feed/"\n',
        encoding="utf-8",
    )
    assert words in crawl(tmp_path, server.address[1], "asing").stderr
    assert words not in crawl(tmp_path, server.address[1], "asing", KENTONGAN_CONTACT="desk@contoh.example").stderr
    assert words not in crawl(tmp_path, server.address[1], "suararantau").stderr


@pytest.mark.parametrize(
    "arguments",
    [("crawl", "--minutes", "1e300"), ("incidents", "--days", "nan"), ("export", "csv", "--days", "9999999")],
)
def test_a_length_of_time_that_no_clock_counts_is_refused(arguments: tuple[str, ...]) -> None:
    from click.testing import CliRunner

    from kentongan import cli

    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert arguments[-2] in done.output
