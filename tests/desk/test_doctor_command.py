"""``kentongan doctor``: what a newcomer set wrongly is named, in the language of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk.terminal.doctor import Finding, unknown_variables
from desk.terminal.speech import speaker
from flows.settings import HOLDER, KNOWN_VARIABLES
from flows.up import MARK
from kentongan import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("variable", "mend"),
    [
        ("KENTONGAN_CONTACTT", "did you mean KENTONGAN_CONTACT?"),
        ("KENTONGAN_DATABSE_URL", "did you mean KENTONGAN_DATABASE_URL?"),
        ("KENTONGAN_QQQQ", "there are KENTONGAN_ALLOW_PRIVATE_HOSTS, KENTONGAN_CATALOGUES"),
    ],
)
def test_a_variable_that_nothing_reads_is_named_with_the_nearest(variable: str, mend: str) -> None:
    (found,) = unknown_variables({variable: "x", "HOME": "/root", "KENTONGAN_HOME": "/k"}, speaker("en"))
    assert found.what == variable
    assert found.level == "warning"
    assert found.mend.startswith(mend)


def test_a_mistyped_variable_is_named_in_indonesian_too() -> None:
    assert unknown_variables({"KENTONGAN_WORKER": "2"}, speaker("id")) == [
        Finding("KENTONGAN_WORKER", "warning", "setelan ini tidak dikenal", "mungkin maksudnya KENTONGAN_WORKERS?")
    ]


def test_every_variable_that_is_read_is_known() -> None:
    assert unknown_variables(dict.fromkeys(KNOWN_VARIABLES, "x"), speaker("en")) == []
    assert HOLDER == MARK


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("id", "[    salah] setelan: KENTONGAN_DESK_PORT: harus dari 1 sampai 65535"),
        ("en", "[    error] settings: KENTONGAN_DESK_PORT: must be from 1 to 65535"),
    ],
)
def test_a_port_that_there_is_not_is_a_wrong_setting(
    lang: str, lines: str, own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KENTONGAN_DESK_PORT", "70000")
    with pytest.raises(SystemExit) as end:
        main(["--lang", lang, "doctor"])
    assert end.value.code == 1
    assert lines in capsys.readouterr().out


def test_a_broken_catalogue_and_a_missing_model_are_told_of_in_indonesian(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_home / "sources.toml").write_text('[[source]]\nid = "x"\nnama = "X"\n', encoding="utf-8")
    monkeypatch.setenv("KENTONGAN_MODEL_DIR", str(own_home / "tidak-ada"))
    with pytest.raises(SystemExit) as end:
        main(["--lang", "id", "doctor"])
    shown = capsys.readouterr().out
    assert end.value.code == 1
    assert 'sources.toml, baris 1, sumber "x": kunci "nama" tidak dikenal; mungkin maksudnya "name"?' in shown
    assert "tidak ada model di sini (berkas atau folder tidak ada); sebut folder yang berisi" in shown
