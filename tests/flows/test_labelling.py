"""From the articles of the store to a queue, and from labels (typed, or in files) to what they come to."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from data.errors import InputError, LeaseError, UnknownItemError
from data.exchange import FORMATS
from data.records import Label, Modality
from data.store import Store
from data.taxonomy import load_taxonomy
from flows.exchange import export_labels, import_labels
from flows.labelling import (
    LabelTools,
    fill_queue,
    give_label,
    label_agreement,
    missed_share,
    trained_counts,
)
from flows.leases import held
from models.judge import Judgement

TAXONOMY = load_taxonomy()
QUIET = Modality.TIDAK_RELEVAN


@dataclass
class ScriptedJudge:
    """Says of each title what it was told to; unsure of nothing else."""

    said: dict[str, Judgement] = field(default_factory=dict)
    model_version: str = "scripted-1"

    def judge(self, documents):
        return [self.said.get(document.title, judgement()) for document in documents]


def judgement(signals=(), score=0.01, modality=QUIET, kinds=None, probabilities=None):
    return Judgement(
        signals=probabilities if probabilities is not None else dict.fromkeys(signals, 0.9),
        flagged_signals=tuple(signals),
        modality=modality,
        modality_probabilities=kinds or {modality: 1.0},
        negasi=False,
        historis=False,
        flag_score=score,
        evidence=(),
    )


@pytest.fixture
def judge():
    return ScriptedJudge()


@pytest.fixture
def tools(newsroom, judge):
    counts = dict.fromkeys(TAXONOMY.slugs, 100) | {"sara_kebencian": 10}
    return LabelTools(newsroom.store, lambda: newsroom.now, TAXONOMY, lambda: judge, lambda: counts, seed=5)


@pytest.fixture
def prints(newsroom, says_nothing):
    """Return what lets outlets print so many unflagged articles of their own, judged; it returns them."""

    def printing(count, said=says_nothing, prefix="Berita"):
        with newsroom.store.transaction():  # one commit, not hundreds
            stored = [
                newsroom.prints(
                    f"media{number % 5}",
                    f"{prefix} {number}",
                    text_of(f"{prefix}{number}"),
                    said,
                    slug=f"{prefix}-{number}",
                )
                for number in range(count)
            ]
            newsroom.assess()
        return stored

    return printing


def text_of(seed):
    """Return a text that is no copy of one of another seed."""
    return " ".join(f"kata{seed}{number}" for number in range(60)) + "."


def test_a_queue_is_filled_with_what_teaches_and_a_fifth_by_lot(tools, prints, judge):
    stored = prints(60)
    for one in stored[:20]:
        judge.said[one.article.title] = judgement(score=0.5)
    for one in stored[20:30]:
        judge.said[one.article.title] = judgement(probabilities={"sara_kebencian": 0.4})
    for one in stored[30:40]:
        judge.said[one.article.title] = judgement(["perusakan"], score=0.9, modality=Modality.KEJADIAN)
    filled = fill_queue(tools, 20)
    assert filled.open == 20
    assert filled.added["acak"] == 4
    assert set(filled.added) == {"ragu", "beda_isyarat", "sinyal_langka", "acak"}
    queued = {one.task.article_id: one.task for one in tools.store.label_tasks.queue()}
    assert {one.wanted for one in queued.values()} == {2}
    why = {one.reason: one.detail for one in queued.values()}
    assert why["acak"] == "diundi dari 60 artikel yang tidak ditandai"
    assert why["ragu"] == "model ragu: skor tanda 0,50"
    assert why["sinyal_langka"] == "mungkin sara_kebencian (0,40), yang baru punya 10 contoh"
    assert why["beda_isyarat"] == "model menyatakan perusakan tanpa satu pun isyarat (0,90)"


def test_a_full_queue_is_left_as_it_is(tools, prints):
    prints(10)
    before = fill_queue(tools, 2)
    assert fill_queue(tools, 2).added == {}
    assert fill_queue(tools, 0).open == before.open


def test_two_who_fill_a_queue_at_once_do_not_draw_from_one_frame_twice(tools, prints):
    prints(3)
    with held(tools.store, "label_queue", tools.clock, timedelta(minutes=1)), pytest.raises(LeaseError):
        fill_queue(tools, 5)
    assert tools.store.label_tasks.rounds() == []


def test_the_lot_is_drawn_once_a_day_and_each_article_is_in_one_frame(tools, prints, newsroom):
    first = prints(10)
    fill_queue(tools, 5)
    [one] = tools.store.label_tasks.rounds()
    assert (one.frame, one.drawn, one.since, one.model_version) == (10, 1, None, "scripted-1")
    second = prints(12, prefix="Kabar")
    newsroom.now = one.until + timedelta(hours=19)
    fill_queue(tools, 40)
    assert len(tools.store.label_tasks.rounds()) == 1
    newsroom.now = one.until + timedelta(hours=21)
    fill_queue(tools, 40)
    later = tools.store.label_tasks.rounds()[1]
    assert (later.frame, later.since) == (12, one.until)
    drawn = {entry.article_id: entry for entry in tools.store.label_tasks.draws()}
    assert {number for number, entry in drawn.items() if entry.round_id == later.id} <= {entry.id for entry in second}
    assert {number for number, entry in drawn.items() if entry.round_id == one.id} <= {entry.id for entry in first}
    assert drawn[next(iter(drawn))].inclusion == 0.1


def test_a_copy_that_is_drawn_counts_by_the_label_of_its_text_and_is_not_read_twice(tools, newsroom, says_nothing):
    for outlet in ("satu", "dua", "tiga"):
        newsroom.prints(outlet, "Rilis yang sama", text_of("rilis"), says_nothing)
    newsroom.assess()
    fill_queue(tools, 15)
    draws = tools.store.label_tasks.draws()
    assert len(draws) == 3
    assert len({(entry.task_article_id, entry.task_revision) for entry in draws}) == 1
    assert len(tools.store.label_tasks.queue()) == 1


def test_what_was_missed_is_estimated_from_the_lot_alone(tools, prints, newsroom):
    prints(40)
    fill_queue(tools, 50)  # ten by lot
    assert missed_share(tools) is None
    drawn = sorted({entry.task_article_id for entry in tools.store.label_tasks.draws()})
    assert len(drawn) == 10
    for number in drawn[:8]:
        for who in ("sari", "budi"):
            signals = ["perusakan"] if number == drawn[0] else []
            modality = "kejadian" if number == drawn[0] else "tidak_relevan"
            give_label(tools, number, who, {"modality": modality, "signals": signals})
    # Labels that differ wait for their adjudication.
    give_label(tools, drawn[8], "sari", {"modality": "kejadian", "signals": ["perusakan"]})
    give_label(tools, drawn[8], "budi", {"modality": "opini"})
    found = missed_share(tools)
    assert (found.frame, found.drawn, found.labelled, found.missed) == (40, 10, 8, 1)
    assert found.count.value == 5.0  # 1 of 8, times 40
    give_label(tools, drawn[8], "tono", {"modality": "kejadian", "signals": ["perusakan"]}, kind="adjudication")
    assert missed_share(tools).missed == 2


def test_agreement_is_of_blind_labels(tools, prints):
    numbers = [one.id for one in prints(3)]
    for number in numbers:
        give_label(tools, number, "sari", {"modality": "kejadian", "signals": ["perusakan"]})
        give_label(tools, number, "budi", {"modality": "dugaan" if number == numbers[0] else "kejadian"})
    found = label_agreement(tools)
    assert found.persons == ("budi", "sari")
    assert found.pairs[0].modality.raw == pytest.approx(2 / 3)


def test_what_training_has_is_what_its_card_says_and_what_the_desk_added(tools, prints):
    [one] = prints(1)
    give_label(tools, one.id, "sari", {"modality": "kejadian", "signals": ["perusakan"]})
    counts = trained_counts(
        {"per_label": {"perusakan": 59, "kejadian": 681}}, TAXONOMY.slugs, tools.store.labels.examples()
    )
    assert (counts["perusakan"], counts["politik_uang"]) == (60, 0)
    assert "kejadian" not in counts
    assert trained_counts({}, ("perusakan",), []) == {"perusakan": 0}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"modality": "kejadian", "signals": ["perusakn"]}, 'no such signal "perusakn"; did you mean "perusakan"?'),
        ({"modality": "kejadin"}, 'no such modality "kejadin"; did you mean "kejadian"?'),
        ({"modality": "kejadian", "severity": 9}, 'severity "9" is not from 0 to 4'),
    ],
)
def test_a_typed_label_that_will_not_do_is_refused_with_the_nearest(tools, prints, answer, why):
    [one] = prints(1)
    with pytest.raises(InputError) as error:
        give_label(tools, one.id, "sari", answer)
    assert str(error.value) == why
    with pytest.raises(UnknownItemError, match="see kentongan label queue"):
        give_label(tools, 999, "sari", {"modality": "kejadian"})


def test_a_typed_label_is_of_the_present_text(tools, newsroom, prints, says_nothing):
    [one] = prints(1)
    fill_queue(tools, 5)
    newsroom.prints("media0", "Berita 0, diperbarui", text_of("baru"), says_nothing, slug="Berita-0")
    assert give_label(tools, one.id, "sari", {"modality": "opini"}).revision == 2
    assert tools.store.label_tasks.queue()[0].persons == 0, "the task is of the text that was there before"


def lines(*fields):
    return "\n".join(json.dumps({"modality": "kejadian", "signals": []} | one) for one in fields).encode()


def test_every_line_of_a_file_is_taken_known_or_refused(tools, prints, newsroom):
    [one] = prints(1)
    at = newsroom.now.isoformat()
    raw = (
        lines(
            {"article": one.id, "signals": ["perusakan"], "labelled_at": at},
            {"article": 999},
            {"article": one.id, "revision": 7},
            {"article": one.id, "labelled_at": (newsroom.now + timedelta(days=1)).isoformat()},
            {"article": one.id, "modality": "tidak_relevan", "signals": ["perusakan"]},
            {"article": one.id, "annotator": "  "},
        )
        + b"\nno json"
    )
    found = import_labels(tools, raw, "jsonl", "sari")
    assert (found.read, found.taken, found.known) == (7, 1, 0)
    assert [(wrong.line, wrong.why.split(";")[0]) for wrong in found.refused] == [
        (2, 'no such article "999"'),
        (3, f'no such article "{one.id}"'),
        (4, f"was labelled in the future ({(newsroom.now + timedelta(days=1)).isoformat()})"),
        (5, "perusakan cannot stand beside tidak_relevan: what has a signal is relevant"),
        (6, "a person's name has 1 to 80 letters"),
        (7, "is no JSON"),
    ]
    assert "kentongan train FILE" in found.refused[0].why
    assert import_labels(tools, raw, "jsonl", "sari").known == 1
    assert tools.store.labels.count() == 1


def test_labels_without_a_time_are_idempotent_too_and_may_not_contradict_one_another(tools, prints):
    one, other = prints(2)
    raw = lines({"article": one.id, "signals": ["perusakan"]}, {"article": other.id}, {"article": one.id})
    found = import_labels(tools, raw, "jsonl", "sari")
    assert (found.taken, found.known) == (2, 0)
    assert found.refused[0].why == f"article {one.id} was labelled in line 1 already, and no time says which counts"
    again = import_labels(tools, raw, "jsonl", "SARI")
    assert (again.taken, again.known, len(again.refused)) == (0, 2, 1)


def test_an_adjudication_is_taken_wherever_it_stands_in_the_file(tools, prints):
    [one] = prints(1)
    raw = lines(
        {"article": one.id, "annotator": "tono", "kind": "adjudication"},
        {"article": one.id, "annotator": "sari", "signals": ["perusakan"]},
        {"article": one.id, "annotator": "budi", "modality": "opini"},
    )
    assert import_labels(tools, raw, "jsonl", "x").taken == 3
    assert tools.store.labels.examples()[0].basis == "adjudication"


def test_a_file_that_is_none_changes_nothing(tools):
    with pytest.raises(InputError, match="is no list of tasks"):
        import_labels(tools, b"{}", "label-studio", "sari")
    with pytest.raises(UnknownItemError, match="there are label-studio"):
        import_labels(tools, b"{}", "brat", "sari")


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_of_the_queue_has_no_label_and_is_logged_as_not_for_publication(tools, prints, name):
    prints(5)
    fill_queue(tools, 5)
    begun = tools.store.label_tasks.queue()[0].task
    give_label(tools, begun.article_id, "sari", {"modality": "opini", "note": "pendapat sari"})
    with capture_logs() as logs:
        raw = export_labels(tools, name, "queue").decode()
    assert "pendapat sari" not in raw
    assert '"sari"' not in raw
    assert "kataBerita" in raw
    [entry] = [one for one in logs if one["event"] == "labels_exported"]
    assert (entry["log_level"], entry["what"], entry["publish"], entry["texts"]) == ("warning", "queue", False, 1)
    assert begun.detail.encode() not in export_labels(tools, name, "queue", annotator="sari", by="rina")
    if name == "label-studio":
        assert '"predictions"' in raw
        assert b'"predictions"' not in export_labels(tools, name, "queue", blind=True)
        return
    notes = [run.note for run in tools.store.runs.recent("label_export")]
    assert all(note.startswith(f"queue as {name}: ") for note in notes)
    assert sorted(note.rpartition("by ")[2] for note in notes) == ["?", "rina"]
    entry = tools.store.audit.entries(action="label_diekspor")[0]
    assert (entry.actor.partition(":")[0], entry.detail["isi"], entry.detail["format"]) == ("cli", "queue", name)


def test_the_examples_are_one_line_an_article_and_training_reads_them(tools, prints, tmp_path):
    from models.examples import read_examples

    one, other, third = prints(3)
    for who in ("sari", "budi"):
        give_label(tools, one.id, who, {"modality": "kejadian", "signals": ["perusakan"], "severity": 2})
    give_label(tools, other.id, "sari", {"modality": "opini"})
    give_label(tools, third.id, "sari", {"modality": "opini"})
    give_label(tools, third.id, "budi", {"modality": "kejadian"})
    path = tmp_path / "contoh.jsonl"
    path.write_bytes(export_labels(tools, "jsonl", "examples"))
    found = read_examples(path)
    assert [(example.id, sorted(example.signals), example.modality, example.severity) for example in found] == [
        (f"artikel-{one.id}", ["perusakan"], Modality.KEJADIAN, 2),
        (f"artikel-{other.id}", [], Modality.OPINI, None),
    ]


def test_examples_that_come_back_are_known_and_a_changed_one_is_the_word_of_whoever_brings_it(tools, prints):
    one, other = prints(2)
    for who in ("sari", "budi"):
        give_label(tools, one.id, who, {"modality": "kejadian", "signals": ["perusakan"], "severity": 2})
    give_label(tools, other.id, "sari", {"modality": "opini"})
    raw = export_labels(tools, "jsonl", "examples")
    found = import_labels(tools, raw, "jsonl", "rina")
    assert (found.taken, found.known, found.refused) == (0, 2, ())
    changed = raw.replace(b'"opini"', b'"kejadian"')
    assert import_labels(tools, changed, "jsonl", "rina").taken == 1
    assert [label.annotator for label in tools.store.labels.of_article(other.id)] == ["sari", "rina"]


@pytest.fixture
def two_stores(prints, newsroom, tmp_path):
    """Return ids of articles, and what opens fresh copies of a store that holds them."""
    ids = [one.id for one in prints(3)]
    newsroom.store.checkpoint()
    source, numbers = tmp_path / "newsroom.sqlite3", iter(range(10_000))

    def fresh():
        path = tmp_path / f"copy-{next(numbers)}.sqlite3"
        shutil.copy(source, path)
        return Store.open(f"sqlite:///{path}")

    return ids, fresh


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_export_of_all_labels_and_its_import_elsewhere_lose_nothing(two_stores, tools, name, data):
    ids, fresh = two_stores
    begin = datetime(2024, 11, 1, tzinfo=UTC)
    made = data.draw(
        st.lists(
            st.builds(
                Label,
                article_id=st.sampled_from(ids),
                revision=st.just(1),
                annotator=st.sampled_from(["sari", "Budi", "=tono", "a@b.example"]),
                at=st.integers(0, 500_000).map(lambda seconds: begin + timedelta(seconds=seconds)),
                signals=st.lists(st.sampled_from(["perusakan", "politik_uang"]), unique=True).map(tuple),
                modality=st.sampled_from([Modality.KEJADIAN, Modality.OPINI]),
                optional=st.lists(st.sampled_from(["sara_kebencian"]), unique=True).map(tuple),
                severity=st.none() | st.integers(0, 4),
                negasi=st.booleans(),
                historis=st.booleans(),
                note=st.sampled_from(["", "cek", "=1+1", "baris\nbaru", "'", "a,b;c"]),
            ),
            max_size=6,
        )
    )
    with fresh() as here, fresh() as there:
        mine, theirs = (replace(tools, store=store) for store in (here, there))
        for label in made:
            here.labels.add(label)
        raw = export_labels(mine, name, "labels")
        found = import_labels(theirs, raw, name, "siapa")
        assert found.refused == ()
        assert set(there.labels.since()) == set(here.labels.since())
        assert import_labels(theirs, raw, name, "siapa").taken == 0
        assert export_labels(theirs, name, "labels") == raw or len(set(made)) < len(made)
