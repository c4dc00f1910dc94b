"""Settings come from three places, the nearest wins, and what will not do is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import SettingsError
from flows.settings import Settings


def settings(home: Path, **given: str) -> Settings:
    return Settings.from_environ({"KENTONGAN_HOME": str(home), **{f"KENTONGAN_{k}": v for k, v in given.items()}})


def test_without_anything_set_everything_lies_under_the_home(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/kentongan.sqlite3"
    assert (found.warc_dir, found.feeds_dir) == (tmp_path / "warc", tmp_path / "feeds")
    assert found.user_catalogue == tmp_path / "sources.toml"
    assert (found.default_delay_s, found.desk_host, found.exercise) == (2.0, "127.0.0.1", False)
    assert found.allow_private_hosts == frozenset()
    assert list(tmp_path.iterdir()) == []  # asking writes nothing


def test_the_bundled_catalogue_is_there() -> None:
    assert Settings.from_environ({"KENTONGAN_HOME": "/nowhere"}).bundled_catalogue.is_file()


def test_a_home_may_be_written_with_a_tilde_or_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert settings(Path("~/data")).home == tmp_path / "data"
    assert settings(Path("data")).home == tmp_path / "data"


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "kentongan.toml").write_text(
        'contact = "desk@contoh.example"\nworkers = 3\nexercise = true\n'
        'allow_private_hosts = ["a.test", "B.test"]\nconnect_to = ["a.test=127.0.0.1:8000", "b.test=[::1]:8001"]\n',
        encoding="utf-8",
    )
    found = settings(tmp_path, WORKERS="5")
    assert (found.contact, found.workers, found.exercise) == ("desk@contoh.example", 5, True)
    assert found.allow_private_hosts == {"a.test", "b.test"}
    assert found.connect_to == (("a.test", ("127.0.0.1", 8000)), ("b.test", ("::1", 8001)))


def test_an_empty_variable_is_no_setting(tmp_path: Path) -> None:
    assert settings(tmp_path, CONTACT="", PREFECT_PORT="").prefect_port == 4287


def test_the_user_agent_says_who_is_asking(tmp_path: Path) -> None:
    assert settings(tmp_path).user_agent == "Kentongan/0.1.0 (news watch; no contact set)"
    assert settings(tmp_path, CONTACT="https://desk.example").user_agent == "Kentongan/0.1.0 (+https://desk.example)"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WORKERS", "dua", "a whole number"),
        ("WORKERS", "-1", "at least 0"),
        ("DEFAULT_DELAY_S", "cepat", "a number"),
        ("DEFAULT_DELAY_S", "-0.5", "from 0 to 3600"),
        ("DEFAULT_DELAY_S", "nan", "from 0 to 3600"),
        ("DEFAULT_DELAY_S", "inf", "from 0 to 3600"),
        ("EXERCISE", "mungkin", "1 or 0"),
        ("DESK_PORT", "0", "from 1 to 65535"),
        ("DESK_PORT", "70000", "from 1 to 65535"),
        ("PREFECT_PORT", "65536", "from 1 to 65535"),
        ("TIMEZONE", "Jakarta", "Asia/Jakarta"),
        ("TIMEZONE", "/etc/passwd", "Asia/Jakarta"),
        ("CATALOGUES", "/nowhere/sources.toml", "/nowhere/sources.toml is not there"),
        ("CONNECT_TO", "a.test", "host=address:port"),
        ("CONNECT_TO", "a.test=127.0.0.1", "host=address:port"),
        ("CONNECT_TO", "a.test=127.0.0.1:70000", "from 1 to 65535"),
        ("CONNECT_TO", "a.test=127.0.0.1:80", "KENTONGAN_ALLOW_PRIVATE_HOSTS"),
    ],
)
def test_a_value_that_will_not_do_is_named_with_what_would(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"KENTONGAN_{name}: ") as caught:
        settings(tmp_path, **{name: value})
    assert words in str(caught.value)
    assert caught.value.exit_code == 78


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'kontak = "x"\n', 'no such setting "kontak"; did you mean "contact"?'),
        (b"zzz = 1\n", 'no such setting "zzz"; there are allow_private_hosts, '),
        (b"workers = \n", "is not TOML"),
        (b'workers = "dua"\n', "workers"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_file_that_will_not_do_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "kentongan.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"kentongan\.toml") as caught:
        settings(tmp_path)
    assert words in str(caught.value)
