"""Kill a running crawl again and again, and see that every article is there exactly once; `make soak`.

    python scripts/soak.py [--kills 20] [--up-kills 3] [--seed 7]

The sample sites are served by a process of their own. ``crawl --once`` is killed (SIGKILL) at random moments and
started again; a crawl that came to its end first is looked at and another home begun, so that every kill counts. Then
the same with ``kentongan up``, whose crawls are asked for through the engine. After the last start of each home
everything must be there once, the tallies must add up, the database must pass its own check, and no process be left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from data.samples.network import HOSTS
from data.samples.truth import truth
from data.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
LONGEST_LIFE_S = 9.0
"""Kills come within this time of a start: a whole crawl of the sample sites takes about as long on two cores."""

ENDS_S = 5.0
"""How long the children of a killed process may take to notice."""

UP_READY_S = 120.0


@contextmanager
def sample_sites() -> Iterator[str]:
    """Serve the sample sites from another process, and yield its port."""
    server = [sys.executable, "-m", "data.samples.server", "--port", "0"]
    process = subprocess.Popen(server, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port of loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, port: str) -> dict[str, str]:
    """Return the settings under which the sample sites are crawled."""
    return {
        **os.environ,
        "KENTONGAN_HOME": str(home),
        "KENTONGAN_CATALOGUES": str(ROOT / "data" / "samples" / "sources.toml"),
        "KENTONGAN_ALLOW_PRIVATE_HOSTS": ",".join(HOSTS),
        "KENTONGAN_CONNECT_TO": ",".join(f"{host}=127.0.0.1:{port}" for host in HOSTS),
        "KENTONGAN_EXERCISE": "1",
        "KENTONGAN_CONTACT": "soak",
        "KENTONGAN_PREFECT_PORT": str(free_port()),
        "DO_NOT_TRACK": "1",
    }


def start(arguments: list[str], settings: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start the program in a process group of its own."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "kentongan", *arguments],
            env=settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Kill a program outright, and it alone; return whether it was still running."""
    running = process.poll() is None
    process.kill()
    process.wait()
    return running


def problems(home: Path) -> list[str]:
    """Return what is wrong with the store: articles missing or doubled, tallies that do not add up, a damaged file."""
    found = []
    with Store.open(f"sqlite:///{home / 'kentongan.sqlite3'}") as store:
        counted = Counter(stored.article.canonical_url for stored in store.articles.recent(limit=100_000))
        revised = [stored for stored in store.articles.recent(limit=100_000) if stored.revision != 1]
        expected = {article.url for article in truth()}
        found += [f"missing: {url}" for url in sorted(expected - set(counted))]
        found += [f"not an article: {url}" for url in sorted(set(counted) - expected)]
        found += [f"{count} times: {url}" for url, count in counted.items() if count != 1]
        found += [f"revised without reason: {stored.article.canonical_url}" for stored in revised]
        found += store.integrity_check()
        for run in store.runs.recent("crawl", 1000):
            found += [f"does not add up: {tally}" for tally in store.runs.tallies(run.id) if not tally.adds_up()]
    return found


def soak_crawl(kills: int, dice: random.Random) -> list[str]:
    """Kill ``crawl --once`` ``kills`` times while it runs, let the last one of each home end; return the problems."""
    found: list[str] = []
    with sample_sites() as port:
        number = 0
        while number < kills:
            with tempfile.TemporaryDirectory(prefix="kentongan-soak-") as folder:
                home = Path(folder)
                settings, log, here = environment(home, port), home / "soak.log", 0
                while number < kills:
                    process = start(["crawl", "--once", "--all"], settings, log)
                    time.sleep(dice.uniform(0.2, LONGEST_LIFE_S))
                    running = kill(process)
                    found += left_over(home)
                    number, here = number + running, here + running
                    if not running:
                        break
                finish(settings, log)
                wrong = problems(home)
                print(f"crawl --once: {here} kills in one home, {number}/{kills}; {len(wrong)} problems", flush=True)
                found += wrong
    return found


def finish(settings: dict[str, str], log: Path) -> None:
    """Crawl until a pass finds nothing due: what failed for the site's own reasons stays so."""
    for _ in range(3):
        process = start(["crawl", "--once", "--all"], settings, log)
        process.wait(300)


def soak_up(kills: int, dice: random.Random) -> list[str]:
    """Kill ``kentongan up`` ``kills`` times in mid-crawl, let the last one end its crawl, and return the problems."""
    with sample_sites() as port, tempfile.TemporaryDirectory(prefix="kentongan-soak-") as folder:
        home = Path(folder)
        settings, log = environment(home, port), home / "soak.log"
        for number in range(kills + 1):
            process = start(["--lang", "en", "up", "--no-desk"], settings, log)
            _await_ready(log, number + 1)
            _ask_for_crawl(settings, home)
            if number == kills:
                break
            time.sleep(dice.uniform(3.0, LONGEST_LIFE_S))
            # Only the parent: what becomes of its children is what is being tried.
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            print(f"up: kill {number + 1}/{kills}", flush=True)
        _await_articles(home)
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
        left = left_over(home)
        return problems(home) + ([f"up ended with {code} on SIGTERM"] if code else []) + left


def _await_ready(log: Path, times: int) -> None:
    deadline = time.monotonic() + UP_READY_S
    while log.read_text(errors="replace").count("up: ready") < times:
        if time.monotonic() > deadline:
            raise SystemExit(f"up did not become ready:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.5)


def _ask_for_crawl(settings: dict[str, str], home: Path) -> None:
    engine = {
        **settings,
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{settings['KENTONGAN_PREFECT_PORT']}/api",
    }
    program = str(Path(sys.executable).with_name("prefect"))
    for _ in range(30):
        command = [program, "deployment", "run", "crawl/kentongan"]
        done = subprocess.run(command, env=engine, capture_output=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(1)
    raise SystemExit(done.stderr.decode(errors="replace")[-2000:])


def _await_articles(home: Path) -> None:
    expected, deadline = len(truth()), time.monotonic() + 240
    while time.monotonic() < deadline:
        with Store.open(f"sqlite:///{home / 'kentongan.sqlite3'}") as store:
            if store.articles.count() >= expected:
                time.sleep(5)
                return
        time.sleep(2)


def left_over(home: Path) -> list[str]:
    """Return processes of this home that are still there after a while: everything ends with its parent."""
    deadline = time.monotonic() + ENDS_S
    while (found := _of_home(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"still running: {command}" for command in found]


def _of_home(home: Path) -> list[str]:
    mark, found = f"KENTONGAN_HOME={home}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(bytes(1), b" ").decode())
    return found


def main() -> int:
    """Soak, print, and return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--up-kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    dice = random.Random(given.seed)  # noqa: S311  # moments to kill at, not secrets
    print(f"seed {given.seed}; {len(truth())} articles to be there once")
    wrong = soak_crawl(given.kills, dice) if given.kills else []
    wrong += soak_up(given.up_kills, dice) if given.up_kills else []
    print("\n".join(wrong) if wrong else "every article is there exactly once")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
