"""The first stage: near articles decide, no fold sees its own labels, and what a word pulls adds up."""

from dataclasses import replace

import numpy as np
import pytest

from classifiers.cues import CueFinder
from classifiers.text import read_document
from data.errors import ModelError
from data.taxonomy import load_taxonomy
from models.embedding import learn_embedding, read_embedding, stored_embedding
from models.features import Row, read_row
from models.judge import cue_labels
from models.kernel import Targets, learn_first, read_machine, stored_machine
from models.linear import weighted

FLOODS = ["Banjir di rumah warga", "Banjir bandang di desa", "Rumah di desa banjir", "Warga desa, rumah bandang"]
GOALS = ["Gol penyerang menit akhir", "Penyerang cetak gol", "Menit akhir, gol pelatih", "Pelatih cetak penyerang"]
PLAIN = [
    "Harga cabai naik",
    "Konser musik malam",
    "Resep soto ayam",
    "Jadwal kereta pagi",
    "Kurs rupiah turun",
    "Film baru tayang",
]
TAXONOMY = load_taxonomy()
FINDER = CueFinder(TAXONOMY)


def row(text: str) -> Row:
    document = read_document(text, text)
    return read_row(document, FINDER.find(document), cue_labels(TAXONOMY))


ROWS = [row(text) for text in FLOODS + GOALS]
# Every stem must be in ten documents at least, and in less than a third: each text is read several times over.
UNLABELLED = [*ROWS, *(row(text) for text in PLAIN)] * 10
SPACE = learn_embedding(UNLABELLED, dimensions=8)


def targets(weights: list[float] | None = None, label_weights: list[float] | None = None) -> Targets:
    truth = np.array([[1.0]] * len(FLOODS) + [[0.0]] * len(GOALS))
    own = np.ones(len(ROWS)) if weights is None else np.array(weights)
    counted = own[:, None] if label_weights is None else np.array(label_weights)[:, None]
    return Targets(truth, counted, np.hstack([truth, 1 - truth]), own)


def test_words_of_one_subject_lie_nearer_to_each_other_than_to_those_of_another() -> None:
    flood, also_flood, goal = SPACE.points([row("Banjir bandang"), row("Rumah warga"), row("Gol penyerang")])
    assert flood @ also_flood > flood @ goal


def test_a_text_of_unknown_words_stands_nowhere() -> None:
    assert SPACE.point(row("Xyzzy plugh")).tolist() == [0.0] * SPACE.dimensions


def test_an_article_is_judged_like_those_near_it() -> None:
    machine, _ = learn_first(ROWS, targets(), space=SPACE)
    flood, goal = machine.scores([row("Warga desa mengungsi dari banjir"), row("Pelatih memuji gol itu")])[:, 0]
    assert flood > 0 > goal


def test_scores_out_of_fold_know_nothing_of_the_folds_own_labels() -> None:
    fold = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    _, honest = learn_first(ROWS, targets(), fold, space=SPACE)
    turned = targets()
    turned.labels[fold == 0] = 1 - turned.labels[fold == 0]
    _, other = learn_first(ROWS, turned, fold, space=SPACE)
    assert other[fold == 0, 0] == pytest.approx(honest[fold == 0, 0])
    assert other[fold == 1, 0] != pytest.approx(honest[fold == 1, 0])


def test_a_row_without_weight_teaches_nothing() -> None:
    wrong = targets([1.0] * 7 + [0.0])
    wrong.labels[7] = 1
    machine, _ = learn_first(ROWS, wrong, space=SPACE)
    right, _ = learn_first(ROWS[:7], targets().part(np.arange(8) < 7), space=SPACE)
    assert machine.shares[7].tolist() == [0.0, 0.0, 0.0]
    assert machine.shares[:7, 0] == pytest.approx(right.shares[:, 0], abs=0.05), "but for document frequencies"


def test_an_optional_label_says_less_than_a_no() -> None:
    sure, _ = learn_first(ROWS, targets(), space=SPACE)
    unsure = targets(label_weights=[1.0] * 4 + [0.0] * 4)
    open_, _ = learn_first(ROWS, unsure, space=SPACE)
    here = [row("Penyerang mencetak gol")]
    assert open_.scores(here)[0, 0] > sure.scores(here)[0, 0]


def test_two_threads_make_the_weights_of_one() -> None:
    fold = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    one, first = learn_first(ROWS, targets(), fold, space=SPACE, jobs=1)
    two, second = learn_first(ROWS, targets(), fold, space=SPACE, jobs=2)
    assert one.shares.tobytes() == two.shares.tobytes()
    assert one.linear.weights.tobytes() == two.linear.weights.tobytes()
    assert first.tobytes() == second.tobytes()


def test_what_a_word_pulls_is_what_the_score_loses_without_it() -> None:
    machine, _ = learn_first(ROWS, targets(), space=SPACE)
    whole = row("Banjir merendam rumah warga desa")
    placed = machine.place([whole])
    pulls = machine.pulls(whole, [0], machine.slopes(placed, [(0, 0)]))[0]
    values = weighted(whole, machine.linear.idf)
    entries, _ = SPACE.parts(whole)
    for at in entries.tolist():
        less = whole.values.copy()
        less[at] *= 1 - 1e-3
        # The linear part is normalised by block; only the Gaussian part is held against its slope.
        moved = machine.place([replace(whole, values=less)]).near @ machine.shares - placed.near @ machine.shares
        gaussian_pull = pulls[at] - values[at] * machine.linear.weights[whole.buckets[at], 0]
        assert -moved[0, 0] * 1e3 == pytest.approx(gaussian_pull, abs=0.02)


def test_a_stored_machine_says_what_it_said() -> None:
    machine, _ = learn_first(ROWS, targets(), space=SPACE)
    arrays = stored_machine(machine)
    again = read_machine(arrays, dense=len(ROWS[0].dense), outputs=3)
    assert again.scores(ROWS) == pytest.approx(machine.scores(ROWS), abs=0.01)


@pytest.mark.parametrize("name", ["anchors", "shares", "idf", "dense"])
def test_a_machine_of_other_shapes_is_refused(name: str) -> None:
    machine, _ = learn_first(ROWS, targets(), space=SPACE)
    arrays = stored_machine(machine)
    arrays[name] = arrays[name][:-1]
    with pytest.raises(ModelError, match="other cues or features"):
        read_machine(arrays, dense=len(ROWS[0].dense), outputs=3)


def test_a_space_is_the_same_for_the_same_texts_and_after_storing() -> None:
    again = learn_embedding(UNLABELLED, dimensions=8)
    assert again.vectors.tobytes() == SPACE.vectors.tobytes()
    stored = read_embedding(stored_embedding(SPACE))
    assert stored.points(ROWS) == pytest.approx(SPACE.points(ROWS), abs=1e-3)


def test_a_space_cannot_be_learned_where_no_word_comes_back() -> None:
    with pytest.raises(ModelError, match="more unlabelled texts"):
        learn_embedding(ROWS)


def test_a_space_that_does_not_fit_is_refused() -> None:
    arrays = stored_embedding(SPACE)
    arrays["space_buckets"] = arrays["space_buckets"] + (1 << 20)
    with pytest.raises(ModelError, match="word space"):
        read_embedding(arrays)
    del arrays["space_scales"]
    with pytest.raises(ModelError, match="space_scales"):
        read_embedding(arrays)
