"""What it takes to write a feed of very many alerts: seconds and peak memory, in a process of its own.

    python scripts/bench_feeds.py [--alerts 100000] [--formats atom,rss,jsonfeed,geojson,csv,ndjson,xlsx,cap-index]

The alerts are made up: each has a title, two quotes and an article of 1,800 characters of its own, two sources and two
signals; in every third a victim with name and age stands in all of these and must be masked. They are made one after
the other as they are written; what making them takes is taken off. Names are looked for in the article when an alert is
gathered from the store, not here.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, table

from data.records import Alert, EventTime, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from feeds import FORMATS, Channel
from feeds.items import AlertItem, PlaceLine, SourceLine
from feeds.masking import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ALERTS = 100_000
MOST_SECONDS = 10.0
MOST_MB = 300.0
MOMENT = datetime(2024, 11, 26, 15, 0, tzinfo=UTC)
FIRST = ("Budi", "Siti", "Rahmat", "Yusuf", "Dewi", "Hendra", "Rina", "Zulkifli")
LAST = ("Santoso", "Aminah", "Saleh", "Pratama", "Lestari", "Gunawan", "Marlina", "Hakim")
FILLER = "Warga berkumpul di depan kantor kecamatan sejak pagi dan meminta penjelasan panitia soal kotak suara. " * 15
CHANNEL = Channel("desk.example", datetime(2024, 11, 27, tzinfo=UTC), base_url="https://desk.example/umpan/")


def items(count: int) -> Iterator[AlertItem]:
    """Yield alerts that are made up, each with texts of its own."""
    place = Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 15, 0.9)
    line = PlaceLine("13.77.01", "Kecamatan Pariaman Tengah, Kota Pariaman", (-0.62512, 100.12345), "1377010", 3.5)
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    learned = {name: names_in(f"Korban {name} (34) dirawat. {FILLER}") for name in names}
    for number in range(count):
        name = names[number % len(names)]
        victim = f"Korban {name} (34)" if number % 3 == 0 else "Seorang warga"
        quotes = (
            f"Massa membakar posko pemenangan nomor {number} pada Selasa malam, kata Kapolres kepada wartawan.",
            f"{victim} dirawat di puskesmas {number}, sedangkan seorang terduga pelaku dibawa ke Mapolres.",
        )
        incident = Incident(
            id=number,
            title=f"Posko {number} dibakar, {victim[0].lower()}{victim[1:]} luka dan pengungsi panik",
            signals=("perusakan", "kekerasan_intimidasi"),
            modality=Modality.KEJADIAN,
            severity=3,
            urgency=Urgency.P1,
            status=IncidentStatus.BELUM_DITINJAU,
            places=(place,),
            opened_at=MOMENT,
            first_seen=MOMENT,
            last_seen=MOMENT,
            event_time=EventTime(MOMENT, MOMENT + timedelta(hours=2), "text", 0, 12),
            article_ids=(2 * number, 2 * number + 1),
            spread=2,
            independent_sources=1,
            best_tier=3,
        )
        yield AlertItem(
            alert=Alert(
                uid=f"tag:desk.example,2024-11-26:kejadian:{number}",
                incident_id=number,
                revision=1,
                state="raised",
                at=MOMENT,
                first_raised_at=MOMENT,
                verified=False,
                exercise=False,
            ),
            incident=incident,
            places=(line,),
            sources=(
                SourceLine("Kabar Nagari", f"https://kabar.example/berita/{number}", "Posko", 3, MOMENT, MOMENT),
                SourceLine("Suara", f"https://rantau.example/{number}", "Posko", 3, MOMENT, MOMENT, is_copy=True),
            ),
            signal_names=("Perusakan & pembakaran", "Kekerasan, intimidasi & gangguan bersenjata"),
            quotes=quotes,
            why=("isyarat: dibakar", "isyarat: luka"),
            points=(("dasar: perusakan x kejadian", 2), ("masa tenang", 1)),
            stage="masa tenang Pilkada 2024",
            article=f"{quotes[0]} {quotes[1]} {FILLER}",
            names=learned[name] if number % 3 == 0 else (),
        )


def alone(name: str, count: int) -> None:
    """Print as JSON what writing a format takes in this process, of which nothing else was asked."""
    before = time.process_time()
    for _ in items(count):
        pass
    making = time.process_time() - before
    before, size = time.process_time(), 0
    for piece in FORMATS[name].chunks(items(count), CHANNEL):
        size += len(piece)
    found = {
        "seconds": time.process_time() - before - making,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "megabytes": size / 1e6,
    }
    print(json.dumps(found))


def feeds(names: tuple[str, ...] = ("atom",), count: int = ALERTS) -> list[Figure]:
    """Return seconds of CPU, peak memory and size of a feed of so many alerts, for each format."""
    figures = []
    for name in names:
        command = [sys.executable, str(Path(__file__).resolve()), "--alone", name, "--alerts", str(count)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        bound = name == "atom" and count == ALERTS
        most = (MOST_SECONDS, MOST_MB) if bound else (None, None)
        figures += [
            Figure(f"bench.feeds.{name}.s", found["seconds"], "s CPU", count, most=most[0]),
            Figure(f"bench.feeds.{name}.memory_mb", found["memory"], "MB", count, most=most[1]),
            Figure(f"bench.feeds.{name}.size_mb", found["megabytes"], "MB", count),
        ]
    return figures


def main() -> int:
    """Measure and print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=ALERTS)
    parser.add_argument("--formats", default="atom")
    parser.add_argument("--alone", help=argparse.SUPPRESS)  # how it calls itself
    given = parser.parse_args()
    if given.alone:
        alone(given.alone, given.alerts)
        return 0
    figures = feeds(tuple(given.formats.split(",")), given.alerts)
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
