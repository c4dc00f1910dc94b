"""The signals as reference files: what is shipped, and what a person is told whose file is wrong."""

from pathlib import Path

import pytest

from data.errors import SettingsError, UnknownItemError
from data.taxonomy import load_taxonomy

SLUGS = [
    "politik_uang",
    "netralitas_aparatur",
    "penyalahgunaan_wewenang",
    "pelanggaran_kampanye",
    "perusakan",
    "kekerasan_intimidasi",
    "konflik_massa",
    "sara_kebencian",
    "hoaks_disinformasi",
    "data_pemilih",
    "logistik_tps",
    "integritas_penyelenggara",
    "sengketa_tahapan",
    "bencana_cuaca",
]

MODALITY = """
[contexts]
pemilihan = ["pilkada", "kpu"]

[[cues]]
id = "diduga"
label = "dugaan"
phrases = ["diduga"]
"""
SIGNAL = """
order = 1
slug = "politik_uang"
name = "Politik uang"
name_en = "Vote buying"
definition = "Uang untuk suara."
definition_en = "Money for votes."
hooks = ["UUP Ps 73"]
cues = [{ id = "amplop", phrases = ["amplop"], weight = 2, elsewhere = ["@pemilihan"], why = "amplop" }]
"""


def reference(folder: Path, signal: str = SIGNAL, modality: str = MODALITY, name: str = "politik_uang") -> Path:
    (folder / "signals").mkdir()
    (folder / "signals" / f"{name}.toml").write_text(signal, encoding="utf-8")
    (folder / "modality.toml").write_text(modality, encoding="utf-8")
    return folder


def test_fourteen_signals_ship_in_the_order_of_the_law() -> None:
    assert list(load_taxonomy().slugs) == SLUGS


def test_every_shipped_signal_has_both_names_a_definition_cues_and_legal_hooks() -> None:
    for signal in load_taxonomy().signals:
        assert signal.name, signal.slug
        assert signal.name_en, signal.slug
        assert len(signal.definition) > 30, signal.slug
        assert len(signal.cues) >= 5, signal.slug
        assert signal.hooks, signal.slug


def test_a_context_is_opened_in_a_cue_that_names_it(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(reference(tmp_path))
    assert taxonomy.signal("politik_uang").cues[0].elsewhere == ("pilkada", "kpu")


def test_the_digest_changes_with_any_reference_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = load_taxonomy(reference(tmp_path / "a")).digest
    second = load_taxonomy(reference(tmp_path / "b", modality=MODALITY.replace("diduga", "dugaan"))).digest
    assert first != second


def test_an_unknown_signal_names_those_there_are() -> None:
    with pytest.raises(UnknownItemError, match="politik_uang"):
        load_taxonomy().signal("cuaca_politik")


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (SIGNAL.replace('name_en = "Vote buying"\n', ""), '"name_en" is missing'),
        (SIGNAL.replace("order = 1", 'order = "one"'), '"order" must be a whole number'),
        (SIGNAL.replace('["amplop"]', "[]"), '"phrases" must name at least one'),
        (SIGNAL.replace("weight = 2", 'weight = "2"'), '"weight" must be a number'),
        (SIGNAL.replace('slug = "politik_uang"', 'slug = "uang"'), "must be the same"),
        (SIGNAL + "\nslug =", "is no TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, signal: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load_taxonomy(reference(tmp_path, signal))
    assert "politik_uang.toml" in str(caught.value)


def test_a_folder_without_signals_says_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"signals/<slug>\.toml"):
        load_taxonomy(tmp_path)
