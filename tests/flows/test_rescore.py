"""Re-scoring after a change of model: newest first, in bites, nothing twice, and nothing that the desk saw is rewritten."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import LeaseError
from data.records import IncidentStatus, Review
from data.samples.truth import truth
from data.store import Store
from flows.assess import LEASE_NAME as ASSESS
from flows.assess import AssessTools, assess_pending
from flows.holders import this_holder
from flows.leases import held
from flows.publish import incident_item
from flows.rescore import RescoreTally, rescore

if TYPE_CHECKING:
    from collections.abc import Callable

    # tests/flows/conftest.py has them; conftest modules cannot be imported.
    from typing import Any as Newsroom
    from typing import Any as Said
    from typing import Any as ScriptedAssessor

BURNT = (
    "Massa tak dikenal membakar posko pemenangan di Kelurahan Kampung Perak pada Selasa dini hari dan dua relawan luka"
)
OWN_WORDS = (
    "Dua relawan luka setelah massa tak dikenal membakar posko mereka di Kampung Perak Selasa dini hari, kata saksi yang"
    " ikut memadamkan api"
)
FLOOD = (
    "Banjir merendam ratusan rumah warga di bantaran sungai setelah hujan deras sejak Senin malam, kata petugas BPBD"
)


def tools_of(newsroom: Newsroom) -> AssessTools:
    return AssessTools(newsroom.store, newsroom.assessor, newsroom.sources, lambda: newsroom.now)


def new_model(newsroom: Newsroom, **said: Said) -> None:
    """Let a new model be in use, which says ``said`` of the outlets' articles."""
    newsroom.assessor.model_version = "scripted-2"
    for outlet, word in said.items():
        newsroom.assessor.said[f"http://{outlet}.example/berita"] = word


def done(newsroom: Newsroom, **options: Any) -> RescoreTally:
    return rescore(tools_of(newsroom), **options)


def shown(newsroom: Newsroom, outlet: str) -> Any:
    """Return all that desk and feeds show of the incident of an outlet's article."""
    return incident_item(newsroom.incident(outlet), newsroom.leaving)


@pytest.fixture
def burnt(newsroom: Newsroom, says: Callable[..., Said]) -> Newsroom:
    """Return a newsroom with one incident of severity 3 that nobody has looked at."""
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(severity=3, points=(("pembakaran", 3),)))
    newsroom.assess()
    return newsroom


def reviewed(newsroom: Newsroom) -> None:
    newsroom.store.reviews.add(Review(newsroom.incident("kabar").id, "rina", newsroom.now, reason="sedang ditelepon"))


def judged_otherwise(newsroom: Newsroom) -> None:
    verdict = IncidentStatus.BUKAN_ANCAMAN
    newsroom.store.reviews.add(Review(newsroom.incident("kabar").id, "rina", newsroom.now, verdict))


def claimed(newsroom: Newsroom) -> None:
    newsroom.review(newsroom.incident("kabar"), status=IncidentStatus.VERIFIKASI)


def changed_by_hand(newsroom: Newsroom) -> None:
    newsroom.review(newsroom.incident("kabar"), title="Judul dari analis")


def alerted(newsroom: Newsroom) -> None:
    assert newsroom.publish().raised == 1


def alerted_and_taken_back(newsroom: Newsroom) -> None:
    newsroom.publish()
    newsroom.withdraws("kabar")
    assert newsroom.publish().cancelled == 1


TOUCHES = [reviewed, judged_otherwise, claimed, changed_by_hand, alerted, alerted_and_taken_back]


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_a_person_has_touched_or_has_left_the_house_is_shown_as_it_was(
    burnt: Newsroom, says_nothing: Said, touch: Callable[[Newsroom], None]
) -> None:
    touch(burnt)
    before, saw = burnt.incident("kabar"), shown(burnt, "kabar")
    new_model(burnt, kabar=says_nothing)
    tally = done(burnt)
    assert (tally.rescored, tally.kept, tally.differing, tally.updated) == (1, 1, 1, 0)
    assert burnt.incident("kabar") == before
    assert shown(burnt, "kabar") == saw
    assert burnt.publish().cancelled == 0


def test_the_difference_is_kept_beside_and_noted_in_the_history(burnt: Newsroom, says_nothing: Said) -> None:
    reviewed(burnt)
    new_model(burnt, kabar=says_nothing)
    done(burnt)
    number = burnt.incident("kabar").article_ids[0]
    history = burnt.store.assessments.history(number)
    assert [(one.assessment.model_version, one.assessment.flagged, one.stood_at is not None) for one in history] == [
        ("scripted-1", True, True),
        ("scripted-2", False, False),
    ]
    assert burnt.store.assessments.of(number).model_version == "scripted-1"
    last = burnt.store.incidents.history(burnt.incident("kabar").id)[-1]
    assert last.by == "kentongan"
    stood, said = last.changes["penilaian"]
    assert stood == {
        "artikel": number,
        "model": "scripted-1",
        "ditandai": True,
        "sinyal": ["perusakan"],
        "modalitas": "kejadian",
        "keparahan": 3,
        "urgensi": "P2",
    }
    assert (said["model"], said["ditandai"], said["sinyal"]) == ("scripted-2", False, [])


def test_the_same_judgement_of_a_touched_incident_is_no_news(burnt: Newsroom) -> None:
    reviewed(burnt)
    number = burnt.incident("kabar").id
    changes = burnt.store.incidents.history(number)
    new_model(burnt)
    tally = done(burnt)
    assert (tally.kept, tally.differing) == (1, 0)
    assert burnt.store.incidents.history(number) == changes


def test_an_untouched_incident_is_worked_out_anew(burnt: Newsroom, says: Callable[..., Said]) -> None:
    new_model(burnt, kabar=says(severity=4, signal="kekerasan_intimidasi"))
    tally = done(burnt)
    assert (tally.rescored, tally.updated, tally.kept) == (1, 1, 0)
    incident = burnt.incident("kabar")
    assert (incident.severity, incident.signals) == (4, ("kekerasan_intimidasi",))


def test_an_untouched_incident_that_nothing_speaks_for_sinks_and_stays(burnt: Newsroom, says_nothing: Said) -> None:
    number = burnt.incident("kabar").id
    new_model(burnt, kabar=says_nothing)
    tally = done(burnt)
    assert (tally.unflagged, tally.updated) == (1, 1)
    incident = burnt.store.incidents.get(number)
    assert (incident.severity, incident.urgency, incident.status) == (0, "P4", IncidentStatus.BELUM_DITINJAU)
    # What stood on the desk until now can be looked up.
    assert burnt.store.incidents.history(number)[-1].changes["severity"] == (3, 0)
    assert burnt.publish().raised == 0


def test_what_is_flagged_only_now_opens_an_incident(
    newsroom: Newsroom, says: Callable[..., Said], says_nothing: Said
) -> None:
    newsroom.prints("kabar", "Banjir di bantaran", FLOOD, says_nothing)
    newsroom.assess()
    new_model(newsroom, kabar=says(signal="bencana_cuaca"))
    tally = done(newsroom)
    assert (tally.flagged, tally.opened) == (1, 1)
    assert newsroom.incident("kabar").signals == ("bencana_cuaca",)


def test_what_is_flagged_only_now_joins_an_untouched_incident(
    burnt: Newsroom, says: Callable[..., Said], says_nothing: Said
) -> None:
    burnt.prints("harian", "Posko pemenangan hangus dibakar massa", OWN_WORDS, says_nothing)
    burnt.assess()
    new_model(burnt, harian=says(severity=4))
    tally = done(burnt)
    assert (tally.joined, tally.under, tally.opened) == (1, 0, 0)
    assert (burnt.incident("harian").id, burnt.incident("harian").severity) == (burnt.incident("kabar").id, 4)


def test_what_is_flagged_only_now_is_put_under_a_touched_incident_and_says_nothing_for_it(
    burnt: Newsroom, says: Callable[..., Said], says_nothing: Said
) -> None:
    burnt.prints("harian", "Posko pemenangan hangus dibakar massa", OWN_WORDS, says_nothing)
    burnt.assess()
    reviewed(burnt)
    before = burnt.incident("kabar")
    new_model(burnt, harian=says(severity=4))
    tally = done(burnt)
    assert (tally.joined, tally.under) == (1, 1)
    after = burnt.incident("harian")
    assert after == replace(before, article_ids=after.article_ids, spread=2)
    assert len(after.article_ids) == 2
    # Something new happens: now all of its articles speak.
    burnt.prints("suara", "Posko hangus dibakar", f"{BURNT}, ujar polisi.", says(severity=2))
    burnt.assess()
    assert (burnt.incident("suara").id, burnt.incident("suara").severity) == (before.id, 4)


def test_an_old_event_that_a_new_model_finds_waits_for_a_person(
    newsroom: Newsroom, says: Callable[..., Said], says_nothing: Said
) -> None:
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says_nothing)
    newsroom.assess()
    newsroom.now += timedelta(days=10)
    new_model(newsroom, kabar=says(severity=4))
    assert done(newsroom).opened == 1
    assert newsroom.publish().raised == 0
    newsroom.review(newsroom.incident("kabar"), status=IncidentStatus.TERVERIFIKASI)
    assert newsroom.publish().raised == 1


def test_back_to_the_model_before_is_back_to_what_it_said(burnt: Newsroom, says_nothing: Said) -> None:
    first, word = burnt.incident("kabar"), burnt.assessor.said["http://kabar.example/berita"]
    made_at = burnt.store.assessments.history(first.article_ids[0])[0].at
    new_model(burnt, kabar=says_nothing)
    done(burnt)
    burnt.now += timedelta(hours=1)
    new_model(burnt, kabar=word)
    burnt.assessor.model_version = "scripted-1"
    assert done(burnt).rescored == 1
    back = burnt.incident("kabar")
    assert (back.severity, back.signals) == (first.severity, first.signals)
    history = burnt.store.assessments.history(first.article_ids[0])
    assert [one.assessment.model_version for one in history] == ["scripted-1", "scripted-2"]
    assert history[0].at == made_at


def test_the_newest_come_first_a_bite_at_a_time(newsroom: Newsroom, says_nothing: Said) -> None:
    outlets = ["satu", "dua", "tiga", "empat", "lima"]
    for outlet in outlets:
        newsroom.prints(outlet, f"Kabar {outlet}", f"Isi berita dari {outlet}. " * 9, says_nothing)
    newsroom.assess()
    new_model(newsroom)
    newsroom.assessor.asked.clear()
    tallies = [done(newsroom, limit=2, batch=1) for _ in range(4)]
    assert [(tally.rescored, tally.waiting) for tally in tallies] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert newsroom.assessor.asked == [f"http://{outlet}.example/berita" for outlet in reversed(outlets)]


def test_a_change_of_rules_is_a_change_too(burnt: Newsroom) -> None:
    burnt.assessor.rules_version = "2"
    assert (done(burnt).rescored, done(burnt).rescored) == (1, 0)


def test_new_articles_go_first(burnt: Newsroom, says_nothing: Said) -> None:
    new_model(burnt)
    burnt.prints("harian", "Kabar baru", "Berita yang baru saja masuk pagi ini. " * 9, says_nothing)
    burnt.assessor.asked.clear()
    assert done(burnt) == RescoreTally(waiting=1)
    assert burnt.assessor.asked == []
    burnt.assess()
    assert done(burnt).rescored == 1
    assert burnt.assessor.asked == ["http://harian.example/berita", "http://kabar.example/berita"]


def test_a_rescoring_gives_way_to_an_assessment_pass(burnt: Newsroom) -> None:
    new_model(burnt)
    with held(burnt.store, ASSESS, lambda: burnt.now, timedelta(minutes=1)):
        assert done(burnt) == RescoreTally(waiting=1)
    assert done(burnt).rescored == 1


def test_an_assessment_pass_may_come_between_two_batches(newsroom: Newsroom, says_nothing: Said) -> None:
    for outlet in ("satu", "dua"):
        newsroom.prints(outlet, f"Kabar {outlet}", f"Isi berita dari {outlet}. " * 9, says_nothing)
    newsroom.assess()
    new_model(newsroom)
    store, between = newsroom.store, []
    honest = store.articles.to_rescore

    def asked(*args: Any) -> Any:
        between.append(newsroom.assess().assessed)
        return honest(*args)

    store.articles.to_rescore = asked
    assert done(newsroom, batch=1).rescored == 2
    assert between == [0, 0, 0]


def test_two_rescorings_do_not_run_at_once(burnt: Newsroom) -> None:
    new_model(burnt)
    refused = []

    def meanwhile(_: RescoreTally) -> None:
        with pytest.raises(LeaseError) as caught:
            done(burnt)
        refused.append(caught.value)

    done(burnt, watch=meanwhile)
    assert [error.what for error in refused] == ["rescore"]


def test_a_lease_of_a_living_process_elsewhere_is_left_alone(burnt: Newsroom) -> None:
    new_model(burnt)
    burnt.store.leases.acquire("rescore", this_holder() + "-lain", burnt.now, timedelta(minutes=5))
    with pytest.raises(LeaseError, match="not done twice"):
        done(burnt)


def test_an_article_on_which_a_rule_breaks_does_not_keep_the_others_waiting(
    burnt: Newsroom, says_nothing: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    burnt.prints("ganjil", "Judul ganjil", "Teks yang membuat sebuah aturan gagal membaca. " * 5, says_nothing)
    burnt.assess()
    new_model(burnt)
    honest = burnt.assessor.assess

    def brittle(items: Any) -> Any:
        if any("ganjil" in item.title for item in items):
            raise IndexError("list index out of range")
        return honest(items)

    monkeypatch.setattr(burnt.assessor, "assess", brittle)
    tally = done(burnt)
    assert (tally.rescored, tally.failed, tally.waiting) == (1, 1, 1)


def test_a_text_that_is_revised_while_it_is_judged_is_left_to_the_assessment(
    burnt: Newsroom, says: Callable[..., Said]
) -> None:
    new_model(burnt)
    honest = burnt.assessor.assess

    def slow(items: Any) -> Any:
        made = honest(items)
        burnt.prints("kabar", "Posko dibakar massa", f"{BURNT}, dua orang ditangkap.", says(severity=4))
        return made

    burnt.assessor.assess = slow
    assert done(burnt).rescored == 0
    burnt.assessor.assess = honest
    assert burnt.assess().assessed == 1
    assert burnt.incident("kabar").severity == 4


PASS = """
import importlib.util, sys, time

spec = importlib.util.spec_from_file_location("flows_conftest", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
from data.store import Store
from flows.assess import AssessTools
from flows.rescore import rescore
from flows.tools import utc_now

def tell(tally):
    print("rescored", tally.rescored, flush=True)
    time.sleep(0.01)

assessor = module.true_assessor()
assessor.model_version = "scripted-2"
with Store.open(f"sqlite:///{sys.argv[2]}") as store:
    rescore(AssessTools(store, assessor, {}, utc_now), limit=None, batch=20, watch=tell)
"""


def test_a_killed_rescoring_goes_on_without_doubles(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Any], newsroom: Newsroom
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        assess_pending(AssessTools(store, truthful, sample_sources, lambda: newsroom.now))
        before = store.incidents.list(limit=1000)
    command = [sys.executable, "-c", PASS, str(Path(__file__).with_name("conftest.py")), str(sample_store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("rescored") and int(line.split()[1]) >= 27:  # in the middle of a batch
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.read()
        assert process.wait() == -signal.SIGKILL
    with Store.open(f"sqlite:///{sample_store}") as store:
        left = store.articles.count_to_rescore("scripted-2", truthful.rules_version)
        assert 0 < left <= len(truth()) - 27
        truthful.model_version = "scripted-2"
        # The leases of a dead process are taken over at once.
        last = rescore(AssessTools(store, truthful, sample_sources, lambda: newsroom.now), limit=None)
        assert (last.rescored, last.opened, last.waiting) == (left, 0, 0)
        for article in truth():
            stored = store.articles.by_url(article.url)
            assert stored is not None
            versions = [one.assessment.model_version for one in store.assessments.history(stored.id)]
            assert versions == ["scripted-1", "scripted-2"]
        after = store.incidents.list(limit=1000)
        assert [one.article_ids for one in after] == [one.article_ids for one in before]
        assert store.integrity_check() == []


def test_the_scheduled_run_loads_no_model_where_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import scheduled

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a model was loaded for nothing")

    monkeypatch.setattr(scheduled, "assess_tools", never)
    assert scheduled.rescore_some.fn() == {}


def test_the_scheduled_run_takes_a_bite_of_what_another_model_judged(
    newsroom: Newsroom, says: Callable[..., Said], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import contextmanager

    from flows import scheduled

    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says())
    newsroom.assess()  # by a model that is not the one in use
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", newsroom.store.name)
    new_model(newsroom)

    @contextmanager
    def tools(_: Any) -> Any:
        yield tools_of(newsroom)

    monkeypatch.setattr(scheduled, "assess_tools", tools)
    assert scheduled.rescore_some.fn()["rescored"] == 1
