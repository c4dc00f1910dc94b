"""A publish pass from end to end: what leaves by itself, what is updated and taken back, and files that are never half."""

from __future__ import annotations

import csv
import errno
import io
import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from data.errors import DiskFullError, LeaseError, SettingsError
from data.records import IncidentStatus, Modality
from feeds import FORMATS
from flows.leases import held
from flows.publish import LEASE_NAME, PublishTally, publish, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Newsroom

    from data.records import Alert, Incident

BURNT = (
    "Massa tak dikenal membakar posko pemenangan di Kelurahan Kampung Perak pada Selasa dini hari dan dua relawan luka"
)
MONEY = "Warga menangkap seorang pria yang membagikan amplop berisi uang di sebuah warung di Nagari Kambang Senin malam"
FLOOD = "Banjir merendam puluhan rumah dan dua tempat pemungutan suara di Tarusan sehingga logistik harus dipindahkan"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def alert_of(newsroom: Newsroom, incident: Incident) -> Alert:
    found: Alert | None = newsroom.store.alerts.of_incident(incident.id)
    assert found is not None
    return found


def counts(tally: PublishTally) -> tuple[int, int, int]:
    return tally.raised, tally.updated, tally.cancelled


@pytest.fixture
def burnt(newsroom: Newsroom, says: Callable[..., Any]) -> Incident:
    """An incident that leaves by itself, and one beside it that does not."""
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(severity=3))
    newsroom.prints("harian", "Amplop di warung", MONEY, says(severity=2, signal="politik_uang", place="13.01.01"))
    newsroom.assess()
    found: Incident = newsroom.incident("kabar")
    return found


def test_what_is_grave_is_raised_once_and_the_rest_waits(newsroom: Newsroom, burnt: Incident) -> None:
    assert counts(newsroom.publish()) == (1, 0, 0)
    alert = alert_of(newsroom, burnt)
    assert (alert.state, alert.revision, alert.verified, alert.exercise) == ("raised", 1, False, False)
    assert alert.incident_revision == burnt.revision
    assert alert.uid == f"tag:kentongan.local,2024-11-26:kejadian:{burnt.id}"
    assert newsroom.store.alerts.of_incident(newsroom.incident("harian").id) is None


def test_a_second_pass_writes_nothing_new(newsroom: Newsroom, burnt: Incident) -> None:
    newsroom.publish()
    before = {path: path.read_bytes() for path in newsroom.folder.rglob("*.*") if path.suffix != ".json"}
    assert counts(newsroom.publish()) == (0, 0, 0)
    assert len(newsroom.store.alerts.history(alert_of(newsroom, burnt).uid)) == 1
    assert {path: path.read_bytes() for path in before} == before


def test_a_mere_threat_waits_unless_it_is_with_arms(newsroom: Newsroom, says: Callable[..., Any]) -> None:
    threat = says(severity=3, modality=Modality.ANCAMAN_POTENSI)
    armed = says(
        severity=3, modality=Modality.ANCAMAN_POTENSI, place="13.01.01", points=(("ancaman dengan senjata api", 1),)
    )
    newsroom.prints("kabar", "Posko diancam", "Ketua posko mengaku diancam lewat pesan singkat oleh orang", threat)
    newsroom.prints(
        "harian", "Pria mengancam dengan pistol", "Seorang pria mengancam petugas dengan senjata api", armed
    )
    newsroom.assess()
    assert counts(newsroom.publish()) == (1, 0, 0)
    assert newsroom.store.alerts.of_incident(newsroom.incident("kabar").id) is None
    assert alert_of(newsroom, newsroom.incident("harian")).state == "raised"


def test_a_clone_alone_raises_nothing_until_an_outlet_of_name_reports(
    newsroom: Newsroom, says: Callable[..., Any]
) -> None:
    newsroom.outlet("klon", tier=4)
    newsroom.prints("klon", "Posko dibakar massa", BURNT, says(severity=4))
    newsroom.assess()
    assert counts(newsroom.publish()) == (0, 0, 0)
    newsroom.prints("kabar", "Posko pemenangan dibakar", f"{BURNT}, kata saksi.", says(severity=4))
    newsroom.assess()
    assert counts(newsroom.publish()) == (1, 0, 0)


def test_an_alert_is_updated_when_what_it_says_has_changed(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.publish()
    newsroom.prints("suara", "Posko dibakar, seorang tewas", f"{BURNT}. Satu di antaranya meninggal.", says(severity=4))
    newsroom.assess()
    assert counts(newsroom.publish()) == (0, 1, 0)
    alert = alert_of(newsroom, burnt)
    assert (alert.state, alert.revision) == ("updated", 2)
    assert alert.first_raised_at < alert.at
    assert alert.incident_revision == newsroom.incident("kabar").revision
    message = etree.parse(newsroom.folder / "cap" / f"kejadian-{burnt.id}.xml")
    assert message.findtext(f"{CAP}msgType") == "Update"
    assert message.findtext(f"{CAP}references") is not None
    assert counts(newsroom.publish()) == (0, 0, 0)


def test_one_more_copy_is_no_news(newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]) -> None:
    newsroom.publish()
    newsroom.outlet("klon", tier=4)
    newsroom.prints("klon", "Posko dibakar massa", BURNT, says(severity=3))
    newsroom.assess()
    assert newsroom.incident("kabar").spread == 2
    assert counts(newsroom.publish()) == (0, 0, 0)


def test_an_alert_is_taken_back_when_every_outlet_has_withdrawn(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.prints("suara", "Posko dibakar orang", f"{BURNT}, ujar warga.", says(severity=3))
    newsroom.assess()
    newsroom.publish()
    newsroom.withdraws("kabar")
    newsroom.publish()
    assert alert_of(newsroom, burnt).state != "cancelled"
    newsroom.withdraws("suara")
    assert counts(newsroom.publish()) == (0, 0, 1)
    alert = alert_of(newsroom, burnt)
    assert (alert.state, alert.reason) == ("cancelled", "berita ditarik oleh media")
    assert counts(newsroom.publish()) == (0, 0, 0)
    message = etree.parse(newsroom.folder / "cap" / f"kejadian-{burnt.id}.xml")
    assert message.findtext(f"{CAP}msgType") == "Cancel"


def test_what_only_a_withdrawn_article_said_is_no_longer_said(newsroom: Newsroom, says: Callable[..., Any]) -> None:
    newsroom.prints("kabar", "Posko dibakar, dua tewas", BURNT, says(severity=4))
    newsroom.prints("suara", "Posko dibakar orang", f"{BURNT}, ujar warga.", says(severity=3))
    newsroom.assess()
    newsroom.publish()
    assert newsroom.incident("kabar").severity == 4
    newsroom.withdraws("kabar")
    assert counts(newsroom.publish()) == (0, 1, 0)
    assert newsroom.incident("kabar").severity == 3
    assert newsroom.incident("kabar").title == "Posko dibakar orang"


def test_what_is_printed_again_after_all_is_an_update(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.publish()
    newsroom.withdraws("kabar")
    newsroom.publish()
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(severity=3))
    assert counts(newsroom.publish())[2] == 0
    assert [alert.state for alert in newsroom.store.alerts.history(alert_of(newsroom, burnt).uid)] == [
        "raised",
        "cancelled",
        "updated",
    ]


def test_a_cap_message_names_each_message_that_it_replaces_by_its_own_time(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.publish()
    path = newsroom.folder / "cap" / f"kejadian-{burnt.id}.xml"
    assert etree.parse(path).find(f"{CAP}references") is None
    newsroom.prints("suara", "Posko dibakar, seorang tewas", f"{BURNT}. Satu di antaranya meninggal.", says(severity=4))
    newsroom.assess()
    newsroom.publish()
    newsroom.withdraws("kabar")
    newsroom.withdraws("suara")
    newsroom.publish()
    message = etree.parse(path)
    name = f"kentongan@kentongan.local,tag:kentongan.local-2024-11-26:kejadian:{burnt.id}"
    assert message.findtext(f"{CAP}sent") == "2024-11-26T10:00:00+00:00"
    assert message.findtext(f"{CAP}references") == (
        f"{name}.1,2024-11-26T07:00:00+00:00 {name}.2,2024-11-26T08:00:00+00:00"
    )


def test_a_correction_takes_an_alert_back(newsroom: Newsroom, burnt: Incident, says_nothing: Any) -> None:
    newsroom.publish()
    newsroom.prints("kabar", "Ralat: posko tidak dibakar", "Redaksi meralat berita sebelumnya. " * 9, says_nothing)
    newsroom.assess()
    assert counts(newsroom.publish()) == (0, 0, 1)
    assert alert_of(newsroom, burnt).reason == "setelah pembaruan berita tidak lagi dinilai sebagai kerawanan"


def test_an_analyst_verifies_one_and_rejects_another(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.publish()
    newsroom.review(newsroom.incident("harian"), status=IncidentStatus.TERVERIFIKASI)
    newsroom.review(burnt, status=IncidentStatus.BUKAN_ANCAMAN)
    assert counts(newsroom.publish()) == (1, 0, 1)
    assert alert_of(newsroom, newsroom.incident("harian")).verified
    assert alert_of(newsroom, burnt).reason == "setelah ditinjau analis tidak diteruskan"


def test_what_is_decided_long_after_is_told_to_who_was_told(newsroom: Newsroom, burnt: Incident) -> None:
    newsroom.publish()
    newsroom.now += timedelta(days=60)
    assert counts(newsroom.publish()) == (0, 0, 0)
    newsroom.review(burnt, status=IncidentStatus.BUKAN_ANCAMAN)
    assert counts(newsroom.publish()) == (0, 0, 1)
    assert counts(newsroom.publish()) == (0, 0, 0)


def test_a_review_while_a_pass_runs_is_not_overlooked(newsroom: Newsroom, burnt: Incident) -> None:
    tools = newsroom.leaving
    incidents = tools.store.incidents.list(limit=10)
    newsroom.review(burnt, status=IncidentStatus.BUKAN_ANCAMAN)
    from flows.publish import _step

    # What was listed before the review is looked at again inside the transaction.
    assert [_step(incident, tools) for incident in incidents] == [None, None]
    assert newsroom.store.alerts.current() == []


def test_drills_are_marked_in_every_format(newsroom: Newsroom, burnt: Incident) -> None:
    newsroom.exercise = True
    newsroom.publish()
    assert alert_of(newsroom, burnt).exercise
    folder = newsroom.folder / "latihan"
    assert b"LATIHAN" in (folder / "alerts.atom").read_bytes()
    assert "LATIHAN" in json.loads((folder / "alerts.json").read_bytes())["items"][0]["title"]
    places = json.loads((folder / "alerts.geojson").read_bytes())["features"]
    assert [feature["properties"]["latihan"] for feature in places] == [True]
    rows = list(csv.DictReader(io.StringIO((folder / "alerts.csv").read_text("utf-8-sig"))))
    assert [row["latihan"] for row in rows] == ["ya"]
    message = etree.parse(folder / "cap" / f"kejadian-{burnt.id}.xml")
    assert message.findtext(f"{CAP}status") == "Exercise"
    assert "LATIHAN" in (folder / "index.html").read_text()
    # Who reads the real ones is told nothing of it.
    assert json.loads((newsroom.folder / "alerts.json").read_bytes())["items"] == []
    assert not (newsroom.folder / "cap" / f"kejadian-{burnt.id}.xml").exists()


def test_what_is_real_stays_real_in_a_drill_and_a_drill_a_drill(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any]
) -> None:
    newsroom.publish()
    newsroom.exercise = True
    newsroom.review(newsroom.incident("harian"), status=IncidentStatus.TERVERIFIKASI)
    newsroom.withdraws("kabar")
    assert counts(newsroom.publish()) == (1, 0, 1)
    assert not alert_of(newsroom, burnt).exercise
    newsroom.exercise = False
    newsroom.review(newsroom.incident("harian"), status=IncidentStatus.BUKAN_ANCAMAN)
    assert counts(newsroom.publish()) == (0, 0, 1)
    drill = alert_of(newsroom, newsroom.incident("harian"))
    assert (drill.state, drill.exercise) == ("cancelled", True)
    newsroom.review(newsroom.incident("harian"), status=IncidentStatus.TERVERIFIKASI)
    assert counts(newsroom.publish()) == (1, 0, 0)
    assert not alert_of(newsroom, newsroom.incident("harian")).exercise


def test_every_format_is_written_and_readable_by_a_web_server(newsroom: Newsroom, burnt: Incident) -> None:
    files = newsroom.publish().files
    names = {path.relative_to(newsroom.folder).as_posix() for path in files}
    single = {"cap/kejadian-1.xml", "index.html"}
    assert names == {chosen.file for chosen in FORMATS.values() if not chosen.single} | single
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o644"}
    assert [path.name for path in newsroom.folder.rglob(".*")] == [".kentongan.json"]


def test_another_pass_that_writes_is_left_alone(newsroom: Newsroom, burnt: Incident) -> None:
    with held(newsroom.store, LEASE_NAME, lambda: newsroom.now, timedelta(minutes=5)), pytest.raises(LeaseError):
        newsroom.publish()
    assert counts(newsroom.publish()) == (1, 0, 0)


def test_a_full_disk_leaves_the_old_files_and_the_next_pass_writes_the_new(
    newsroom: Newsroom, burnt: Incident, says: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.publish()
    before = (newsroom.folder / "alerts.atom").read_bytes()
    newsroom.prints("suara", "Posko dibakar, seorang tewas", f"{BURNT}. Satu di antaranya meninggal.", says(severity=4))
    newsroom.assess()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("flows.feed_files.os.fsync", full)
        with pytest.raises(DiskFullError, match="feeds"):
            newsroom.publish()
    assert (newsroom.folder / "alerts.atom").read_bytes() == before
    assert [path.name for path in newsroom.folder.rglob(".*")] == [".kentongan.json"]
    assert counts(newsroom.publish()) == (0, 0, 0)  # the alert was written before the files
    assert b"tewas" in (newsroom.folder / "alerts.atom").read_bytes()


def test_without_room_nothing_is_begun(newsroom: Newsroom, burnt: Incident) -> None:
    from dataclasses import replace

    with pytest.raises(DiskFullError, match="Make room"):
        publish(replace(newsroom.leaving, min_free_mb=10**9))
    assert newsroom.store.alerts.current() == []


LIMITED = """
import resource, sys
from pathlib import Path
from data.errors import DiskFullError
from flows.publish import write_whole

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    write_whole(Path(sys.argv[1]), bytes(5000))
except DiskFullError as error:
    print(error.needed_bytes)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def test_a_file_that_does_not_fit_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "alerts.atom"
    write_whole(path, b"old")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "5000\n"
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["alerts.atom"]


def test_what_a_killed_pass_left_half_written_goes(tmp_path: Path) -> None:
    (tmp_path / ".alerts.atom.x1y2").write_bytes(b"hal")
    write_whole(tmp_path / "alerts.atom", b"whole")
    assert [one.name for one in tmp_path.iterdir()] == ["alerts.atom"]


def test_a_folder_that_may_not_be_written_is_no_full_disk(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_bytes(b"a file where the folder should be")
    with pytest.raises(SettingsError, match="KENTONGAN_HOME"):
        write_whole(tmp_path / "feeds" / "alerts.atom", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["feeds"]
