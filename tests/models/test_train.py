"""Learning from labelled examples: deterministic, copies kept together, optional labels without a say."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from classifiers.text import read_document
from data.errors import InputError
from data.records import Modality
from models.embedding import read_embedding
from models.judge import BASELINE, Judge
from models.linear import fit_each, fit_one_of, sigmoid, soft_maximum
from models.train import Example, folds, prepare, read_examples, save, stored_judge, stories, targets, train
from models.weights import read_model

GOLD = Path(__file__).parents[2] / "data" / "gold"
SPACE = read_embedding(read_model(BASELINE).arrays)


def example(
    name: str, text: str, *signals: str, modality: Modality = Modality.KEJADIAN, optional: tuple[str, ...] = ()
) -> Example:
    return Example(name, "Judul", text, frozenset(signals), frozenset(optional), modality)


def test_an_optional_signal_has_no_say_on_its_label_nor_on_the_flag() -> None:
    corpus = prepare([example("a", "Hujan turun.", optional=("bencana_cuaca",), modality=Modality.TIDAK_RELEVAN)])
    wanted = targets(corpus)
    at = corpus.taxonomy.slugs.index("bencana_cuaca")
    assert wanted.label_weights[0, at] == 0
    assert wanted.label_weights[0, -1] == 0
    assert wanted.label_weights[0, :-1].sum() == 13


def test_copies_of_one_story_share_a_fold() -> None:
    story = "Massa pendukung paslon mendatangi kantor KPU dan meminta penghitungan ulang di delapan TPS pada hari Rabu"
    corpus = prepare(
        [
            example("a", story + " siang."),
            example("b", "Gempa mengguncang Padang pagi ini."),
            example("c", "Padang - " + story + " sore."),
        ]
    )
    assert corpus.stories.tolist() == [0, 1, 0]
    fold = folds(corpus)
    assert fold[0] == fold[2]


def test_a_signal_without_examples_is_never_asserted() -> None:
    corpus = prepare(read_examples(GOLD / "public_order.jsonl")[::3])
    unseen = set(corpus.taxonomy.slugs) - {signal for entry in corpus.examples for signal in entry.signals}
    machine, second, _ = train(corpus, space=SPACE)
    judged = stored_judge(corpus, machine, second, name="uji").judge(
        [read_document(entry.title, entry.text) for entry in corpus.examples]
    )
    assert unseen
    assert {signal for found in judged for signal in found.flagged_signals} & unseen == set()


def test_texts_without_common_runs_are_stories_of_their_own() -> None:
    assert stories(["satu dua tiga", "", "empat lima enam"]).tolist() == [0, 1, 2]


TABLE = sparse.csr_matrix(np.array([[1.0, 0, 1], [1, 0.2, 1], [0, 1, 1], [0.1, 1, 1]]))


def test_a_fitted_line_separates_what_can_be_separated() -> None:
    truth = np.array([[1.0], [1], [0], [0]])
    said = sigmoid(np.asarray(TABLE @ fit_each(TABLE, truth, np.ones((4, 1)), strength=100.0)))
    assert said[:2].min() > 0.8
    assert said[2:].max() < 0.2


def test_rows_of_weight_0_do_not_train_an_output() -> None:
    truth = np.array([[1.0], [0], [0], [0]])
    found = fit_each(TABLE, truth, np.array([[1.0], [0], [1], [1]]), strength=100.0)
    assert sigmoid(np.asarray(TABLE @ found))[1, 0] > 0.8, "its label says no, but has no say"


def test_an_output_whose_rows_are_all_alike_says_what_they_say() -> None:
    truth = np.array([[1.0, 0], [1, 0], [1, 0], [1, 0]])
    said = sigmoid(np.asarray(TABLE @ fit_each(TABLE, truth, np.ones((4, 2)), strength=100.0)))
    assert said[:, 0].min() > 0.99
    assert said[:, 1].max() < 0.01


@pytest.mark.parametrize("truth", [[2, 2, 0, 0], [2, 1, 0, 0], [1, 1, 1, 1]])
def test_one_of_several_kinds_is_chosen_and_a_kind_never_seen_is_not(truth: list[int]) -> None:
    found = fit_one_of(TABLE, np.array(truth), np.ones(4), strength=1000.0, kinds=4)
    said = soft_maximum(np.asarray(TABLE @ found))
    assert said.argmax(axis=1).tolist() == truth
    assert said[:, 3].max() < 0.001


def test_a_line_that_is_no_labelled_article_is_named_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    good = {"id": "1", "title": "t", "text": "x", "signals": [], "modality": "opini"}
    path.write_text(json.dumps(good) + "\n\n" + json.dumps({**good, "modality": "ramai"}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl:3"):
        read_examples(path)


def test_an_unknown_signal_among_the_examples_is_named() -> None:
    with pytest.raises(InputError, match="ramai_ramai"):
        prepare([example("a", "x", "ramai_ramai")])


def test_the_same_examples_give_the_same_model_to_the_byte_and_it_loads(tmp_path: Path) -> None:
    examples = read_examples(GOLD / "offences.jsonl")[::2]
    digests = []
    for name in ("first", "second"):
        corpus = prepare(examples)
        machine, second, _ = train(corpus, space=SPACE, jobs=1 if name == "first" else 2)
        digests.append(save(tmp_path / name, corpus, machine, second, {"name": "uji"}))
    assert digests[0] == digests[1]
    assert Judge.load(tmp_path / "first").model_version == f"uji-{digests[0][:8]}"


def test_made_up_examples_are_well_formed_and_know_the_law() -> None:
    seen: set[str] = set()
    for path in sorted(GOLD.glob("*.jsonl")):
        for entry in read_examples(path):
            assert entry.id not in seen, entry.id
            seen.add(entry.id)
            assert entry.title.strip(), entry.id
            assert len(entry.text.split()) >= 15, entry.id
            assert not entry.signals & entry.optional, entry.id
            if entry.modality is Modality.TIDAK_RELEVAN:
                assert not entry.signals, entry.id
