"""`kentongan up` for real: it reads, it is there once, it ends on SIGTERM, and after kill -9 it goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import LeaseError, SettingsError
from data.samples.network import HOSTS
from data.samples.server import SampleServer
from data.samples.truth import truth
from data.store import Store
from flows import up
from flows.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READY_S = 120.0
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, condition: Callable[[], bool], seconds: float = READY_S, log: Path | None = None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come within {seconds} s:\n{log.read_text(errors='replace') if log else ''}")
        time.sleep(0.2)


class House:
    """An installation on the sample sites, and what runs in it."""

    def __init__(self, home: Path, server: SampleServer) -> None:
        self.home = home
        self.log = home / "up.log"
        self.desk_port = free_port()
        self.environment = {
            **os.environ,
            "KENTONGAN_HOME": str(home),
            "KENTONGAN_CATALOGUES": str(ROOT / "data" / "samples" / "sources.toml"),
            "KENTONGAN_ALLOW_PRIVATE_HOSTS": ",".join(HOSTS),
            "KENTONGAN_CONNECT_TO": ",".join(f"{host}={server.address[0]}:{server.address[1]}" for host in HOSTS),
            "KENTONGAN_EXERCISE": "1",
            "KENTONGAN_PREFECT_PORT": str(free_port()),
            "KENTONGAN_DESK_PORT": str(self.desk_port),
        }
        self.environment["PREFECT_API_URL"] = f"http://127.0.0.1:{self.environment['KENTONGAN_PREFECT_PORT']}/api"
        self.starts = 0
        self.parents: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        command = [sys.executable, "-m", "kentongan", "--lang", "en", "up"]
        with self.log.open("ab") as output:
            process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=subprocess.STDOUT)
        self.parents.append(process)
        wait_for("ready", lambda: self.said("up: ready") >= self.starts or process.poll() is not None, log=self.log)
        assert process.poll() is None, self.log.read_text(errors="replace")
        return process

    def said(self, words: str) -> int:
        return self.log.read_text(errors="replace").count(words)

    def once_more(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kentongan", "--lang", "en", "up"]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=READY_S, check=False
        )

    def crawl_through_the_engine(self) -> None:
        """Ask for a run as the engine's own client does; the flows are registered a moment after the server is up."""

        def asked() -> bool:
            try:
                deployment = self.api("deployments/name/crawl/kentongan")
                self.api(f"deployments/{deployment['id']}/create_flow_run", {})
            except OSError:
                return False
            return True

        wait_for("a deployment", asked)

    def api(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.environment['PREFECT_API_URL']}/{path}", data, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def articles(self) -> int:
        with Store.open(f"sqlite:///{self.home / 'kentongan.sqlite3'}") as store:
            return store.articles.count()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with SampleServer() as server:
        made = House(tmp_path, server)
        yield made
    for parent in made.parents:
        parent.kill()
        parent.wait()
    up.end_left_over(tmp_path)


@pytest.mark.server
@pytest.mark.timeout(400)
def test_it_reads_is_there_once_survives_a_kill_and_ends_on_sigterm(house: House) -> None:
    first = house.start()
    children = up.left_over(house.home)
    assert len(children) >= 3  # server, flows, desk, and what they start
    with urllib.request.urlopen(f"http://127.0.0.1:{house.desk_port}/sehat", timeout=10) as answer:
        assert answer.status == 200

    again = house.once_more()
    assert again.returncode == 75
    assert f"process {first.pid}" in again.stderr
    assert first.poll() is None

    house.crawl_through_the_engine()
    wait_for("some articles", lambda: house.articles() > 10, log=house.log)
    first.send_signal(signal.SIGKILL)
    first.wait()

    second = house.start()
    assert [pid for pid in children if pid in up.left_over(house.home)] == []
    house.crawl_through_the_engine()
    wait_for("all articles", lambda: house.articles() == len(truth()), log=house.log)
    second.send_signal(signal.SIGTERM)
    assert second.wait(40) == 0
    assert up.left_over(house.home) == []
    assert "server: stopped" in house.log.read_text()
    with Store.open(f"sqlite:///{house.home / 'kentongan.sqlite3'}") as store:
        found = sorted(stored.article.canonical_url for stored in store.articles.recent(limit=1000))
        assert found == sorted(article.url for article in truth())
        assert store.integrity_check() == []


# Without an engine: the parent with children that are made up.


def settings(home: Path, **given: str) -> Settings:
    return Settings.from_environ({"KENTONGAN_HOME": str(home), "KENTONGAN_PREFECT_PORT": str(free_port())} | given)


def parent(home: Path, children: list[up.Child]) -> tuple[up.Up, list[tuple[str, str]]]:
    said: list[tuple[str, str]] = []
    made = up.Up(settings(home), {**os.environ}, lambda name, what: said.append((name, what)), with_desk=False)
    made.children = children
    return made, said


def test_a_port_that_somebody_has_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    made, said = parent(tmp_path, [up.Child("sleeper", ("sleep", "60"))])
    with socket.socket() as other:
        other.bind(("127.0.0.1", made.settings.prefect_port))
        other.listen()
        with pytest.raises(SettingsError, match=f"KENTONGAN_PREFECT_PORT: 127.0.0.1:{made.settings.prefect_port} "):
            made.run()
    assert said == []


def test_two_do_not_run_in_one_home(tmp_path: Path) -> None:
    made, _ = parent(tmp_path, [])
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom flows.up import _alone\n"
        "with _alone(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LeaseError) as caught:
            made.run()
        assert caught.value.holder == f"process {other.pid}"
        other.kill()
        other.wait()
    made.say = lambda *_: made._stop(signal.SIGTERM, None)
    made.run()  # the kernel has let go of a killed one's lock


def test_a_child_that_dies_is_started_again_each_time_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("flows.up.time.monotonic", lambda: now)
    child = up.Child("shortlived", ("false",))
    made, said = parent(tmp_path, [child])
    waits = []
    for _ in range(8):
        made._start(child)
        assert child.process is not None
        child.process.wait()
        made._look()
        waits.append(child.next_start - now)
        made._look()  # too early
        now = child.next_start
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert child.restarts == 8
    assert [what for _, what in said].count("started") == 8
    assert said[1][1].startswith("ended with 1; again in 1 s (see ")

    made._start(child)
    assert child.process is not None
    child.process.wait()
    now += up.STEADY_S + 1  # it ran well for a time
    made._look()
    assert child.next_start - now == 1


def test_a_program_that_is_missing_is_tried_again_and_named(tmp_path: Path) -> None:
    child = up.Child("gone", (str(tmp_path / "prefect.exe"),))
    made, said = parent(tmp_path, [child])
    made._look()
    assert child.process is None
    assert child.restarts == 1
    assert "prefect.exe" in said[0][1]
    with pytest.raises(SettingsError, match=r"prefect\.exe"):
        made.run()


def test_a_child_that_does_not_come_up_is_shown_with_the_end_of_its_log(tmp_path: Path) -> None:
    dying = up.Child("server", ("sh", "-c", "echo no such table: cats; exit 3"), ready="http://127.0.0.1:9/")
    made, _ = parent(tmp_path, [dying])
    with pytest.raises(SettingsError, match="no such table: cats") as caught:
        made.run()
    assert str(tmp_path / "log" / "server.log") in str(caught.value)


def test_who_does_not_end_on_sigterm_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "GRACE_S", 0.2)
    monkeypatch.setattr(up, "LEAST_GRACE_S", 0.2)
    stubborn = up.Child("stubborn", ("sh", "-c", "trap '' TERM; sleep 61 & sleep 61; sleep 61"))
    made, said = parent(tmp_path, [stubborn])

    def say(name: str, what: str) -> None:
        said.append((name, what))
        if (name, what) == ("up", "ready"):
            made._stop(signal.SIGTERM, None)

    made.say = say
    started = time.monotonic()
    made.run()
    assert time.monotonic() - started < 30
    assert said[-1] == ("stubborn", "stopped")
    assert up.left_over(tmp_path) == []


def test_a_long_log_is_turned_over_while_its_child_writes_on(tmp_path: Path) -> None:
    log = tmp_path / "flows.log"
    with log.open("ab") as output:
        output.write(b"a" * 50)
        output.flush()
        up.turn_over(log, longest=100)
        assert log.stat().st_size == 50
        output.write(b"b" * 60)
        output.flush()
        up.turn_over(log, longest=100)
        assert log.stat().st_size == 0
        assert (tmp_path / "flows.log.1").read_bytes() == b"a" * 50 + b"b" * 60
        output.write(b"c")
        output.flush()
    assert log.read_bytes() == b"c"


def test_what_the_operator_set_for_the_engine_stays_but_for_telling_others(tmp_path: Path) -> None:
    given = {
        "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://x/y",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "true",
        "PREFECT_API_URL": "https://api.prefect.cloud/",
        "PREFECT_HOME": "/elsewhere",
    }
    found = up.engine_environment(settings(tmp_path), given)
    assert found["PREFECT_API_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://x/y"
    assert found["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert (found["PREFECT_SERVER_ANALYTICS_ENABLED"], found["DO_NOT_TRACK"]) == ("false", "1")
    assert found["PREFECT_API_URL"].startswith("http://127.0.0.1:")
    assert found["PREFECT_HOME"] == str(tmp_path / "prefect")
