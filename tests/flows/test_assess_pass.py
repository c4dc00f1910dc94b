"""An assessment pass over the sample network: all of it once, one incident per event, whatever the order and whoever kills
it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import LeaseError
from data.outcomes import Outcome
from data.records import Modality, Page, PageRef
from data.samples.truth import truth
from data.store import Store
from flows.assess import LEASE_NAME, AssessTally, AssessTools, assess_pending
from flows.holders import this_holder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    # tests/flows/conftest.py has them; conftest modules cannot be imported.
    from typing import Any as Newsroom
    from typing import Any as ScriptedAssessor

    from data.records import Source

NOW = datetime(2024, 12, 20, tzinfo=UTC)
EVENTS = {article.url: article.event for article in truth() if article.event is not None}
BURNT = (
    "Massa tak dikenal membakar posko pemenangan di Kelurahan Kampung Perak pada Selasa dini hari dan dua relawan luka"
)


def pass_over(store: Store, assessor: ScriptedAssessor, sources: Mapping[str, Source]) -> AssessTally:
    return assess_pending(AssessTools(store, assessor, sources, lambda: NOW))


def incidents_by_url(store: Store, urls: Sequence[str]) -> dict[str, int]:
    found = {}
    for url in urls:
        stored = store.articles.by_url(url)
        assert stored is not None, url
        incident = store.incidents.of_article(stored.id)
        assert incident is not None, url
        found[url] = incident.id
    return found


def b_cubed(found: Mapping[str, object], true: Mapping[str, object]) -> float:
    """Return F1 of B-cubed (Bagga and Baldwin 1998): per item, how much of its cluster and of its class is shared."""
    precision = recall = 0.0
    for item in true:
        cluster = {other for other in true if found[other] == found[item]}
        same = {other for other in true if true[other] == true[item]}
        precision += len(cluster & same) / len(cluster)
        recall += len(cluster & same) / len(same)
    precision, recall = precision / len(true), recall / len(true)
    return 2 * precision * recall / (precision + recall)


def rand_index(one: Mapping[str, object], other: Mapping[str, object]) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985) of two groupings of the same items."""
    cells = Counter((one[item], other[item]) for item in one)
    both = sum(comb(count, 2) for count in cells.values())
    ours = sum(comb(count, 2) for count in Counter(one.values()).values())
    theirs = sum(comb(count, 2) for count in Counter(other[item] for item in one).values())
    by_chance = ours * theirs / comb(len(one), 2)
    most = (ours + theirs) / 2
    return 1.0 if most == by_chance else (both - by_chance) / (most - by_chance)


def test_the_measures_say_what_they_should() -> None:
    true = {"a": 1, "b": 1, "c": 2, "d": 2}
    assert b_cubed(true, true) == 1.0
    assert b_cubed({"a": 1, "b": 1, "c": 1, "d": 1}, true) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert rand_index(true, {"a": 9, "b": 9, "c": 8, "d": 8}) == 1.0
    assert rand_index(true, {"a": 1, "b": 2, "c": 1, "d": 2}) == pytest.approx(-0.5)


def test_everything_is_judged_once_and_a_second_pass_does_nothing(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        first = pass_over(store, truthful, sample_sources)
        flagged = sum(article.labels.flagged for article in truth())
        assert (first.assessed, first.flagged) == (len(truth()), flagged)
        assert first.opened + first.joined == flagged
        assert Counter(truthful.asked) == Counter(article.url for article in truth())
        before = store.incidents.list(limit=1000)
        assert pass_over(store, truthful, sample_sources) == AssessTally()
        assert len(truthful.asked) == len(truth())
        assert store.incidents.list(limit=1000) == before


def test_a_new_model_leaves_what_was_judged_to_the_rescoring(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        pass_over(store, truthful, sample_sources)
        truthful.model_version = "scripted-2"
        assert pass_over(store, truthful, sample_sources) == AssessTally()
        assert len(store.articles.to_rescore("scripted-2", truthful.rules_version, 1000)) == len(truth())


def test_incidents_are_the_events_that_the_pieces_tell_of(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        pass_over(store, truthful, sample_sources)
        found = incidents_by_url(store, list(EVENTS))
        assert b_cubed(found, EVENTS) >= 0.95
        # What is not flagged opens nothing; the aid after the landslide may stand under the landslide.
        name_of = {found[url]: event for url, event in EVENTS.items()}
        strangers = []
        for article in (one for one in truth() if one.event is None):
            stored = store.articles.by_url(article.url)
            assert stored is not None
            incident = store.incidents.of_article(stored.id)
            if incident is not None and name_of.get(incident.id) != article.incident:
                strangers.append(article.url)
        assert strangers == []


def test_a_copy_on_another_host_is_the_same_incident_and_no_witness(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    copies = [article for article in truth() if article.copy_of is not None and article.event is not None]
    assert len(copies) >= 5
    with Store.open(f"sqlite:///{sample_store}") as store:
        pass_over(store, truthful, sample_sources)
        for copy in copies:
            assert copy.copy_of is not None
            found = incidents_by_url(store, [copy.url, copy.copy_of])
            assert found[copy.url] == found[copy.copy_of], copy.url
            incident = store.incidents.get(found[copy.url])
            assert incident is not None
            assert incident.independent_sources < incident.spread


def test_arrest_and_trial_join_the_deed_and_do_not_undo_it(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        pass_over(store, truthful, sample_sources)
        mine = [url for url, event in EVENTS.items() if event == "posko-kasang"]
        assert len(mine) == 5  # two reports, a copy, the arrest after a week, the file at the prosecutor's after three
        found = incidents_by_url(store, mine)
        assert len(set(found.values())) == 1
        incident = store.incidents.get(found[mine[0]])
        assert incident is not None
        assert (incident.modality, incident.spread) == (Modality.KEJADIAN, 5)


def test_the_order_of_arrival_does_not_matter(
    sample_store: Path,
    truthful: ScriptedAssessor,
    sample_sources: dict[str, Source],
    new_store: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    with Store.open(f"sqlite:///{sample_store}") as store:
        articles = [store.articles.by_url(url) for url in EVENTS]
    groupings = []
    for number in range(3):
        shuffled = sorted(articles, key=lambda stored: stored.id)  # type: ignore[union-attr]
        random.Random(number).shuffle(shuffled)
        with Store.open(new_store(tmp_path / f"order{number}.sqlite3")) as store:
            run = store.runs.start("crawl", NOW)
            for minute, stored in enumerate(shuffled):
                assert stored is not None
                article, at = stored.article, NOW + timedelta(minutes=minute)
                page = Page(article.url, article.url, article.source_id, at, Outcome.FETCHED, 200)
                ref = PageRef(article.url, article.canonical_url, article.source_id, "feed")
                store.settle(run, ref, page, Outcome.FETCHED, article, at)
            pass_over(store, truthful, sample_sources)
            groupings.append(incidents_by_url(store, list(EVENTS)))
    for one, other in combinations(groupings, 2):
        assert rand_index(one, other) >= 0.98


def test_a_revision_that_tells_of_nothing_lowers_its_incident(
    newsroom: Newsroom, says: Callable[..., Any], says_nothing: Any
) -> None:
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(severity=4))
    newsroom.prints("harian", "Api hanguskan posko", f"{BURNT}, kata seorang saksi mata.", says(severity=2))
    newsroom.assess()
    assert newsroom.incident("kabar").id == newsroom.incident("harian").id
    assert newsroom.incident("kabar").severity == 4
    revision = newsroom.incident("kabar").revision

    newsroom.prints("kabar", "Ralat: posko tidak dibakar", "Redaksi meralat berita sebelumnya. " * 9, says_nothing)
    assert newsroom.assess().updated == 1
    assert newsroom.incident("kabar").severity == 2
    assert newsroom.incident("kabar").revision > revision

    newsroom.prints("harian", "Ralat: posko tidak dibakar", "Kami meralat berita tadi pagi. " * 9, says_nothing)
    newsroom.assess()
    assert newsroom.incident("harian").severity == 0
    assert len(newsroom.store.incidents.list(limit=10)) == 1


def test_a_revision_that_is_flagged_at_last_opens_an_incident(
    newsroom: Newsroom, says: Callable[..., Any], says_nothing: Any
) -> None:
    newsroom.prints("kabar", "Warga berkumpul", "Warga berkumpul di depan posko sejak pagi tadi. " * 6, says_nothing)
    assert newsroom.assess().opened == 0
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says())
    assert newsroom.assess().opened == 1


def test_one_article_on_which_a_rule_breaks_does_not_keep_the_others_waiting(
    newsroom: Newsroom, says: Callable[..., Any], says_nothing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.prints("ganjil", "Judul ganjil", "Teks yang membuat sebuah aturan gagal membaca. " * 5, says_nothing)
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says())
    honest = newsroom.assessor.assess

    def brittle(items: Sequence[Any]) -> Any:
        if any("ganjil" in item.title for item in items):
            raise IndexError("list index out of range")
        return honest(items)

    with monkeypatch.context() as patched:
        patched.setattr(newsroom.assessor, "assess", brittle)
        for _ in range(2):
            tally = newsroom.assess()
            assert tally.failed == 1
        assert newsroom.incident("kabar").severity == 3
    # Nothing was said of it that is not so: it waits, and is judged once the rule is mended.
    assert (newsroom.assess().assessed, newsroom.assess().assessed) == (1, 0)


def test_a_text_that_is_revised_while_it_is_judged_is_judged_as_it_stands(
    newsroom: Newsroom, says: Callable[..., Any], says_nothing: Any
) -> None:
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(severity=2))
    newsroom.assess()
    newsroom.prints("kabar", "Posko dibakar massa", f"{BURNT} berat.", says(severity=3))
    honest, revised = newsroom.assessor.assess, []

    def slow(items: Sequence[Any]) -> Any:
        made = honest(items)
        if not revised:
            revised.append(newsroom.prints("kabar", "Posko dibakar", f"{BURNT} dan tewas.", says(severity=4)))
        return made

    newsroom.assessor.assess = slow
    assert newsroom.assess().assessed == 1
    assert newsroom.incident("kabar").severity == 4
    history = newsroom.store.assessments.history(revised[0].id)
    assert [(judged.revision, judged.assessment.severity) for judged in history] == [(1, 2), (3, 4)]


def test_two_passes_of_one_process_do_not_run_at_once(newsroom: Newsroom, says: Callable[..., Any]) -> None:
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says())
    refused = []

    def meanwhile(_: AssessTally) -> None:
        with pytest.raises(LeaseError) as caught:
            newsroom.assess()
        refused.append(caught.value)

    assess_pending(
        AssessTools(newsroom.store, newsroom.assessor, newsroom.sources, lambda: newsroom.now), watch=meanwhile
    )
    assert len(refused) == 1
    assert newsroom.assess() == AssessTally()  # and it is free again


def test_a_pass_of_another_living_process_is_left_alone(newsroom: Newsroom, says: Callable[..., Any]) -> None:
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says())
    somebody = this_holder().replace(f":{os.getpid()}:", f":{os.getppid()}:").rpartition(":")[0] + ":0"
    newsroom.store.leases.acquire(LEASE_NAME, somebody, newsroom.now, timedelta(minutes=10))
    with pytest.raises(LeaseError, match="not done twice"):
        newsroom.assess()
    assert newsroom.assessor.asked == []
    newsroom.now += timedelta(minutes=11)  # it never came back
    assert newsroom.assess().opened == 1


PASS = """
import importlib.util, sys, time
from pathlib import Path

spec = importlib.util.spec_from_file_location("flows_conftest", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
from data.store import Store
from flows.assess import AssessTools, assess_pending
from flows.tools import utc_now

def tell(tally):
    print("assessed", tally.assessed, flush=True)
    time.sleep(0.01)

with Store.open(f"sqlite:///{sys.argv[2]}") as store:
    assess_pending(AssessTools(store, module.true_assessor(), {}, utc_now), batch=20, watch=tell)
"""


def test_a_killed_pass_goes_on_without_doubles(
    sample_store: Path, truthful: ScriptedAssessor, sample_sources: dict[str, Source]
) -> None:
    conftest = Path(__file__).with_name("conftest.py")
    command = [sys.executable, "-c", PASS, str(conftest), str(sample_store)]
    killed_at = []
    for after in (7, 31):  # in the middle of a batch
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("assessed") and int(line.split()[1]) >= after:
                    process.send_signal(signal.SIGKILL)
                    break
            process.stdout.read()
            assert process.wait() == -signal.SIGKILL
        with Store.open(f"sqlite:///{sample_store}") as store:
            waiting = store.articles.to_assess(1000)
            killed_at.append(len(truth()) - len(waiting))
    assert 7 <= killed_at[0] < killed_at[1] < len(truth())
    with Store.open(f"sqlite:///{sample_store}") as store:
        # The lease of a dead process is taken over at once, whatever its clock says.
        last = pass_over_now(store, truthful, sample_sources)
        assert last.assessed == len(truth()) - killed_at[1]
        assert b_cubed(incidents_by_url(store, list(EVENTS)), EVENTS) >= 0.95
        assert store.integrity_check() == []
        for article in truth():
            stored = store.articles.by_url(article.url)
            assert stored is not None
            assert len(store.assessments.history(stored.id)) == 1


def pass_over_now(store: Store, assessor: ScriptedAssessor, sources: Mapping[str, Source]) -> AssessTally:
    return assess_pending(AssessTools(store, assessor, sources, lambda: datetime.now(UTC)))
