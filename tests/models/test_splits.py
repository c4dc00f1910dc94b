"""Who learns and who measures: copies never straddle, the newest of the desk measure, what was held out stays so."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from data.records import Modality
from models.examples import Example, Learned, learn
from models.features import Row
from models.matrix import read_matrix, write_matrix
from models.splits import merge, split, thinned, with_stories
from models.stories import prints_of, sketch, stories, stories_of

STORY = "Massa pendukung paslon mendatangi kantor KPU dan meminta penghitungan ulang di delapan TPS pada hari Rabu"
OTHER = "Gempa mengguncang kota pagi ini dan warga berlarian keluar rumah tetapi tidak ada yang dilaporkan terluka"


def example(name: str, text: str, *, day: int = 0, part: str = "train", family: str = "") -> Example:
    """Return an example; ``day`` of January 2026 is when the desk labelled it, 0 for what the desk did not label."""
    at = datetime(2026, 1, day, 8, tzinfo=UTC) if day else None
    return Example(
        name,
        "Judul",
        text,
        frozenset(),
        frozenset(),
        Modality.KEJADIAN,
        labelled_at=at,
        family=family,
        part="holdout" if part == "holdout" else "train",
    )


def bare(name: str, *, day: int = 0, part: str = "train", story: str = "") -> Learned:
    nothing = np.zeros(0)
    row = Row(nothing.astype(np.int64), nothing.astype(np.float32), nothing.astype(np.int8), nothing, nothing)
    at = datetime(2026, 1, day, 8, tzinfo=UTC) if day else None
    kind = "holdout" if part == "holdout" else "train"
    return Learned(name, frozenset(), frozenset(), Modality.OPINI, row, labelled_at=at, part=kind, story=story or name)


def ids(examples: tuple[Learned, ...]) -> list[str]:
    return [one.id for one in examples]


def test_copies_of_a_held_out_article_neither_train_nor_measure() -> None:
    together = with_stories(
        learn(
            [
                example("uji", STORY + " siang", part="holdout"),
                example("salinan", "PADANG - " + STORY + " sore"),
                example("label", STORY + " malam", day=3),
                example("lain", OTHER),
            ]
        )
    )
    found = split(together)
    assert (ids(found.fixed), ids(found.kept_out), ids(found.train)) == (["uji"], ["salinan", "label"], ["lain"])
    assert found.recent == ()


def test_the_newest_fifth_of_the_desks_stories_measures() -> None:
    found = split([bare("gold"), *(bare(f"d{day}", day=day) for day in (3, 1, 5, 2, 4))])
    assert ids(found.recent) == ["d5"]
    assert ids(found.train) == ["gold", "d3", "d1", "d2", "d4"]
    assert ids(found.holdout) == ["d5"]


def test_few_labels_hold_nothing_back() -> None:
    found = split([bare(f"d{day}", day=day) for day in (1, 2, 3, 4)])
    assert found.recent == ()
    assert len(found.train) == 4


def test_a_story_is_as_old_as_its_first_label_and_stays_whole() -> None:
    # The copy came last, but its story was labelled first: a model may have learned from it already.
    labels = [bare("tua", day=1, story="s"), *(bare(f"d{day}", day=day) for day in (2, 3, 4, 5, 6))]
    found = split([*labels, bare("salinan", day=9, story="s")])
    assert ids(found.recent) == ["d6"]
    assert "salinan" in ids(found.train)


def test_a_desk_article_that_is_a_copy_of_a_training_article_trains() -> None:
    labels = [bare(f"d{day}", day=day) for day in (1, 2, 3, 4)]
    found = split([bare("gold", story="s"), *labels, bare("salinan", day=9, story="s")])
    assert found.recent == ()


def test_what_the_champion_has_learned_is_not_measured_with() -> None:
    labels = [bare(f"d{day}", day=day) for day in range(1, 11)]
    assert ids(split(labels).recent) == ["d9", "d10"]
    assert ids(split(labels, seen={"d9"}).recent) == ["d10"]


def test_the_border_only_moves_forward() -> None:
    days = list(range(1, 21))
    trained: set[str] = set()
    for count in range(5, 21):
        found = split([bare(f"d{day}", day=day) for day in days[:count]])
        assert not trained & set(ids(found.recent))
        trained |= set(ids(found.train))


def test_a_later_source_overrides_by_id_but_not_what_is_held_out() -> None:
    first = [bare("a"), bare("b", part="holdout")]
    later = [bare("b"), bare("a", day=2), bare("c")]
    found = merge([first, later])
    assert [(one.id, one.part, one.labelled_at is not None) for one in found] == [
        ("a", "train", True),
        ("b", "holdout", False),
        ("c", "train", False),
    ]


def test_the_digest_pins_labels_not_their_order() -> None:
    one, other = bare("a", part="holdout"), bare("b", part="holdout")
    assert split([one, other]).fixed_digest == split([other, one]).fixed_digest
    assert split([one]).fixed_digest != split([other]).fixed_digest


def test_a_copy_of_an_article_whose_text_is_not_kept_is_known(tmp_path: Path) -> None:
    long = " ".join(f"{STORY} dan kata ke {number} menyusul" for number in range(12))
    write_matrix(tmp_path, with_stories(learn([example("m1", long), example("m2", OTHER)])))
    desk = learn(
        [example("d1", "Padang - " + long + " Demikian.", day=1), example("d2", "Pasar ramai hari ini.", day=2)]
    )
    together = with_stories((*read_matrix(tmp_path), *desk))
    assert [one.story for one in together] == ["m1", "m2", "m1", "d2"]


def test_a_set_phrase_alone_makes_no_story() -> None:
    words = [f"kata{number}" for number in range(400)]
    phrase = ["di", "tempat", "pemungutan", "suara", "pada", "hari", "itu", "juga"]
    long = sketch(prints_of(" ".join(words + phrase)))
    short = prints_of(" ".join(phrase + [f"lain{number}" for number in range(30)]))
    assert stories_of([long, short]).tolist() == [0, 1]


def test_a_family_is_one_story_whatever_its_words() -> None:
    together = with_stories(
        learn([example("a", STORY, family="f"), example("b", OTHER, family="f"), example("c", "x")])
    )
    assert [one.story for one in together] == ["a", "a", "c"]


@pytest.mark.parametrize("shared", [3, 40])
def test_two_texts_are_one_story_from_a_share_of_their_runs_on(shared: int) -> None:
    first = [f"a{number}" for number in range(60)] + [f"s{number}" for number in range(shared)]
    second = [f"b{number}" for number in range(60)] + [f"s{number}" for number in range(shared)]
    # 40 words have 35 runs of six, of 95 in each text: 0.37; 3 words have none.
    assert stories([" ".join(first), " ".join(second)]).tolist() == ([0, 0] if shared == 40 else [0, 1])


def test_the_desks_oldest_plain_examples_make_room_and_what_ships_stays() -> None:
    plain = [replace(bare(f"biasa-{day}", day=day), modality=Modality.TIDAK_RELEVAN) for day in (1, 2)]
    examples = (bare("bawaan"), *plain, bare("lama", day=3), bare("baru", day=4))
    assert ids(thinned(examples, 5)) == ids(examples)
    assert ids(thinned(examples, 4)) == ["bawaan", "biasa-2", "lama", "baru"]
    assert ids(thinned(examples, 2)) == ["bawaan", "baru"]
