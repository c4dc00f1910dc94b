"""The real engine: its server starts with the locked versions, and a cron deployment gets its runs.

With FastAPI 0.151 or later the server dies at the start; with SQLAlchemy 2.1 it runs and silently never makes a
scheduled run. Both would leave the watch asleep, so both are looked for here.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from flows.due import SCHEDULES
from flows.settings import Settings
from flows.up import children, engine_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]

READY_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Yield the environment of a server of this test's own, started as `kentongan up` starts it."""
    home: Path = tmp_path_factory.mktemp("engine")
    settings = Settings.from_environ({"KENTONGAN_HOME": str(home), "KENTONGAN_PREFECT_PORT": str(free_port())})
    environment = engine_environment(settings, os.environ)
    server = children(settings)[0]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            server.command, env=environment, cwd=home, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + READY_S
        while True:
            assert process.poll() is None, (home / "server.log").read_text(errors="replace")[-3000:]
            assert time.monotonic() < deadline, "the server did not answer in time"
            with suppress(OSError), urllib.request.urlopen(str(server.ready), timeout=2) as answer:
                if answer.status == 200:
                    break
            time.sleep(0.3)
        yield environment
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def in_engine(environment: dict[str, str], program: str) -> str:
    """Run a program against the server in a process of its own: the client keeps global state and threads."""
    import sys

    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


REGISTER = """
from flows.serve import deployments

for deployment in deployments():
    deployment.apply()
"""

COUNT_RUNS = """
import asyncio, time
from prefect.client.orchestration import get_client
from flows.due import SCHEDULES

async def main():
    deadline = time.monotonic() + 90
    async with get_client() as client:
        while time.monotonic() < deadline:
            runs = await client.read_flow_runs(limit=200)
            names = {run.deployment_id for run in runs if run.expected_start_time}
            if len(names) == len(SCHEDULES):
                break
            await asyncio.sleep(1)
        flows = {f.id: f.name for f in await client.read_flows()}
        for flow in sorted(flows.values()):
            print(flow, sum(flows[run.flow_id] == flow for run in runs))

asyncio.run(main())
"""


def test_each_cron_deployment_gets_its_runs(engine: dict[str, str]) -> None:
    in_engine(engine, REGISTER)
    counted = dict(line.split() for line in in_engine(engine, COUNT_RUNS).splitlines())
    assert set(counted) == set(SCHEDULES)
    assert all(int(count) > 0 for count in counted.values()), counted


LATE = """
import asyncio
from datetime import UTC, datetime, timedelta
from prefect.client.orchestration import get_client
from prefect.states import Running, Scheduled
from flows.serve import tidy

async def main():
    now = datetime.now(UTC)
    async with get_client() as client:
        crawl = await client.read_deployment_by_name("crawl/kentongan")
        for hours in range(9, 0, -1):
            due = Scheduled(scheduled_time=now - timedelta(hours=hours))
            await client.create_flow_run_from_deployment(crawl.id, state=due)
        killed = await client.create_flow_run_from_deployment(crawl.id)
        await client.set_flow_run_state(killed.id, Running(), force=True)
        print(await tidy(client, now))
        print((await client.read_flow_run(killed.id)).state.type.value)
        print(await tidy(client, now))

asyncio.run(main())
"""


def test_after_nine_hours_off_one_catch_up_run_is_left_and_the_killed_one_is_marked(engine: dict[str, str]) -> None:
    first, killed, second = in_engine(engine, LATE).splitlines()
    assert first == "{'crashed': 1, 'dropped': 8}"
    assert killed == "CRASHED"
    assert second == "{'crashed': 0, 'dropped': 0}"


def test_the_engine_is_told_to_tell_nobody(engine: dict[str, str]) -> None:
    assert engine["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert engine["DO_NOT_TRACK"] == "1"
    assert engine["PREFECT_API_URL"].startswith("http://127.0.0.1:")


EVENTS = """
import asyncio, os, time
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.states import Completed
from flows.announce import send
from flows.due import JUDGED, NEW_ARTICLES

async def set_off(client, name):
    deployment = await client.read_deployment_by_name(f"{name}/kentongan")
    mine = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
    runs = await client.read_flow_runs(deployment_filter=mine, limit=200)
    return sum(run.parameters == {"patient": True} for run in runs)

async def ended(client, name, state):
    deployment = await client.read_deployment_by_name(f"{name}/kentongan")
    run = await client.create_flow_run_from_deployment(deployment.id)
    await client.set_flow_run_state(run.id, Completed(name=state), force=True)

async def wait_for(client, assess, publish):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = await set_off(client, "assess"), await set_off(client, "publish")
        if found == (assess, publish):
            break
        await asyncio.sleep(0.2)
    print(*found)

async def main():
    async with get_client() as client:
        await ended(client, "crawl", None)
        await ended(client, "assess", None)
        await ended(client, "crawl", "Skipped")
        await ended(client, "crawl", NEW_ARTICLES)
        await wait_for(client, 1, 0)
        await ended(client, "assess", JUDGED)
        await wait_for(client, 1, 1)
        print(send(os.environ["PREFECT_API_URL"] + "/events", {}))
        await wait_for(client, 1, 2)

asyncio.run(main())
"""


def test_what_was_read_judged_or_done_by_a_person_sets_off_the_next_step_and_nothing_new_does_not(
    engine: dict[str, str],
) -> None:
    in_engine(engine, REGISTER)
    # Runs of the assessment and the publication that an event set off, after each step.
    assert in_engine(engine, EVENTS).splitlines() == ["1 0", "1 1", "True", "1 2"]
