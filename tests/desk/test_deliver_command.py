"""``kentongan recipient`` and ``kentongan deliver`` from the outside, with a receiver on loopback."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from data.errors import InputError, UnknownItemError
from data.records import Alert, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.store import Store
from desk.terminal.doctor import recipients_checked
from desk.terminal.speech import speaker
from flows.settings import Settings
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")


@pytest.fixture(autouse=True)
def _home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a home of this test's own, in which loopback may be sent to."""
    monkeypatch.setenv("KENTONGAN_ALLOW_PRIVATE_HOSTS", "127.0.0.1")


class Receiver(ThreadingHTTPServer):
    """Keeps what is posted to it and answers ``status``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.got: list[tuple[dict[str, str], Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/masuk/T0KEN"


class Handler(BaseHTTPRequestHandler):
    """Answers a post."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(*words: str, typed: str | None = None, lang: str = "id") -> tuple[int, str]:
    outcome = CliRunner().invoke(cli, ["--lang", lang, *words], standalone_mode=False, input=typed)
    if outcome.exception is not None:
        raise outcome.exception
    return outcome.return_value if isinstance(outcome.return_value, int) else outcome.exit_code, outcome.stdout


def raise_alert(severity: int = 3, place: str = "13.77.01") -> Alert:
    """Let the store hold an alert that was raised a moment from now: after every recipient was added."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    with Store.open(Settings.from_environ().database_url) as store:
        incident = Incident(
            id=0,
            title="Posko dibakar massa",
            signals=("perusakan",),
            modality=Modality.KEJADIAN,
            severity=severity,
            urgency=Urgency.P2,
            status=IncidentStatus.BELUM_DITINJAU,
            places=(Place(place, place, PlaceRole.KEJADIAN, "text", 0, 1, 0.9),),
            opened_at=now,
            first_seen=now,
            last_seen=now,
            event_time=None,
            article_ids=(),
            spread=1,
            independent_sources=1,
            best_tier=2,
        )
        found = store.incidents.open(incident, (), now)
        uid = f"tag:kentongan.local,2026-11-26:kejadian:{found.id}"
        return store.alerts.raise_(Alert(uid, found.id, 1, "raised", now, now, verified=False, exercise=False))


def test_from_a_recipient_to_the_alert_that_arrives(receiver: Receiver) -> None:
    code, told = run("recipient", "add", "Polres Pariaman", "--channel", "webhook", "--unverified", "--to", receiver.url,
                     "--region", "13.77")  # fmt: skip
    first, second = told.splitlines()
    assert (code, first) == (0, f"Polres Pariaman terdaftar: webhook {receiver.url.removesuffix('/masuk/T0KEN')}/…")
    key = second.removeprefix("kunci tanda tangan, hanya sekali ini: ")
    run("recipient", "add", "Jauh", "--channel", "webhook", "--to", receiver.url, "--region", "14")
    alert = raise_alert()

    lines = json.loads(run("deliver", "--dry-run", "--json")[1])
    assert [(line["recipient"], line["alert"], line["what"]) for line in lines] == [
        ("Jauh", alert.uid, "wilayah"),
        ("Polres Pariaman", alert.uid, "sekarang"),
    ]
    assert receiver.got == []
    assert json.loads(run("deliver", "log", "--json")[1]) == []

    code, told = run("deliver")
    assert code == 0
    assert "terkirim 1" in told
    ((headers, body),) = receiver.got
    assert headers["Idempotency-Key"] == f"{alert.uid}.1.1"
    assert headers["Kentongan-Signature"].startswith("v1=")
    assert body["id"] == alert.uid
    assert run("deliver")[1] == "tidak ada yang perlu dikirim\n"

    rows = json.loads(run("deliver", "log", "--alert", str(alert.incident_id), "--json")[1])
    assert {(row["recipient"], row["state"], row["why"]) for row in rows} == {
        ("Polres Pariaman", "sent", None),
        ("Jauh", "not_wanted", "wilayah"),
    }
    assert "di luar wilayahnya" in run("deliver", "log", "--recipient", "jauh")[1]
    shown = run("recipient", "show", "polres pariaman")[1] + run("recipient", "list")[1] + run("audit", "show")[1]
    assert key not in shown
    assert "T0KEN" not in shown


def test_what_was_given_up_is_listed_and_sent_again(receiver: Receiver) -> None:
    run("recipient", "add", "Polres", "--channel", "webhook", "--to", receiver.url, "--unverified")
    raise_alert()
    receiver.status = 410
    code, told = run("deliver")
    assert (code, "diparkir 1" in told) == (1, True)
    (parked,) = json.loads(run("deliver", "parked", "--json")[1])
    assert parked["detail"] == "answered 410: it is gone for good"
    assert "menjawab 410" in run("deliver", "parked")[1]
    receiver.status = 200
    assert run("deliver", "replay", "--recipient", "Polres")[1] == "1 kiriman dicoba lagi, 0 sudah digantikan\n"
    assert run("deliver")[0] == 0
    assert [headers["Idempotency-Key"] for headers, _ in receiver.got] == [parked["key"]] * 2
    with pytest.raises(InputError, match="only what was parked can be sent again"):
        run("deliver", "replay", str(parked["id"]))


def test_a_trial_says_whether_it_arrived(receiver: Receiver) -> None:
    run("recipient", "add", "Polres", "--channel", "webhook", "--to", receiver.url)
    assert run("deliver", "test", "Polres") == (0, "Polres: terkirim (menjawab 200)\n")
    ((headers, body),) = receiver.got
    assert headers["Kentongan-Event"] == "test"
    assert body["_kentongan"] == {"uji": True, "latihan": True}
    receiver.status = 500
    assert run("deliver", "test", "Polres", lang="en") == (
        1,
        "Polres: failed and parked (given up after 1 attempt; answered 500)\n",
    )
    assert run("deliver")[1] == "tidak ada yang perlu dikirim\n"


def test_a_recipient_is_changed_paused_and_taken_out(receiver: Receiver) -> None:
    run("recipient", "add", "Polres", "--channel", "webhook", "--to", "-", "--quiet", "22:00-05:00", "--most-per-hour",
        "9", typed=receiver.url + "\n")  # fmt: skip
    run("recipient", "edit", "polres", "--rename", "Polresta", "--quiet", "", "--digest", "18.00,06:00", "--signal",
        "perusakan", "--verified-only", "--most-per-hour", "0", "--new-secret", "--timezone", "Asia/Jayapura")  # fmt: skip
    (one,) = json.loads(run("recipient", "list", "--json")[1])
    assert (one["name"], one["timezone"], one["version"]) == ("Polresta", "Asia/Jayapura", 2)
    rule = one["rule"]
    assert (rule["mode"], rule["digest_at"], rule["quiet"]) == ("ringkasan", ["06:00", "18:00"], None)
    assert (rule["signals"], rule["unverified"], rule["most_per_hour"]) == (["perusakan"], False, None)
    run("recipient", "edit", "Polresta", "--digest", "", "--signal", "", "--unverified")
    run("recipient", "pause", "Polresta")
    raise_alert()
    run("deliver")
    assert receiver.got == []
    assert [line["what"] for line in json.loads(run("deliver", "--dry-run", "--json")[1])] == ["dijeda"]
    assert "dijeda" in run("recipient", "list")[1]
    run("recipient", "resume", "Polresta")
    assert "1 kiriman tidak terkirim" in run("recipient", "remove", "Polresta")[1]
    assert run("recipient", "list")[1].startswith("belum ada penerima")
    assert "penerimanya dihapus" in run("deliver", "log")[1]
    entries = [json.loads(line) for line in run("audit", "show")[1].splitlines()]
    assert [entry["action"] for entry in entries] == [
        "penerima_dihapus",
        "penerima_dilanjutkan",
        "penerima_dijeda",
        "penerima_diubah",
        "penerima_diubah",
        "penerima_ditambah",
    ]
    assert entries[4]["detail"]["kunci_diganti"] is True


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["--to", "https://10.0.0.1/x"], InputError, "not an address of the public net"),
        (["--to", "https://localhost/x"], InputError, "not an address of the public net"),
        (["--to", "http://polres.example/x"], InputError, "begins with https://"),
        (["--to", "https://polres.example/x", "--region", "99.99"], UnknownItemError, "99.99"),
        (["--to", "https://polres.example/x", "--signal", "angin"], UnknownItemError, "the signals are"),
        (["--to", "https://polres.example/x", "--quiet", "malam"], InputError, "no time of day"),
        (["--to", "https://polres.example/x", "--secret", "pendek"], InputError, "at least 24 characters"),
    ],
)
def test_what_will_not_do_is_refused(words: list[str], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        run("recipient", "add", "Polres", "--channel", "webhook", *words)


def test_an_unknown_recipient_or_alert_is_named() -> None:
    with pytest.raises(UnknownItemError, match="see kentongan recipient list"):
        run("deliver", "test", "siapa")
    with pytest.raises(UnknownItemError, match='no such alert "7"'):
        run("deliver", "log", "--alert", "7")


def test_the_doctor_says_what_keeps_alerts_from_their_recipients(receiver: Receiver) -> None:
    def found() -> list[tuple[str, str]]:
        told = recipients_checked(Settings.from_environ(), os.environ, speaker("en"))
        return [(one.level, one.seen) for one in told]

    assert found() == []
    run("recipient", "add", "Sekda", "--channel", "surel", "--to", "sekda@pemda.example")
    run(
        "recipient",
        "add",
        "Polres",
        "--channel",
        "webhook",
        "--unverified",
        "--to",
        receiver.url,
        "--secret",
        "env:POLRES_KUNCI",
    )
    assert found() == [
        ("ok", "2"),
        ("error", "1 by mail, and there is no mail server"),
        ("error", "the variable POLRES_KUNCI is not set"),
    ]
    run("recipient", "remove", "Sekda")
    run("recipient", "edit", "Polres", "--new-secret")
    raise_alert()
    receiver.status = 410
    run("deliver")
    assert found() == [("ok", "1"), ("warning", "1 deliveries were given up and are parked")]
