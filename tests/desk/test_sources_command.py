"""``kentongan sources`` from the outside: arguments in, words, files and exit codes out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from data.catalogue import load_catalogue
from data.errors import CatalogueError, InputError, UnknownItemError
from data.samples.server import SampleServer
from data.store import Store
from flows.settings import Settings
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

SMALL = """
[[source]]
id = "kabar-lembah"
name = "Kabar Lembah"
home = "http://kabarlembah.test/"
provinces = ["13"]
profile = "wordpress"

[[source]]
id = "warta-teluk"
name = "Warta Teluk"
home = "http://wartateluk.test/"
provinces = ["91"]
profile = "blogspot"
enabled = false
verified = true
"""


@pytest.fixture
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return this installation's home, with a catalogue of two sources in the bundled one's place."""
    (own_home / "small.toml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setenv("KENTONGAN_CATALOGUES", str(own_home / "small.toml"))
    monkeypatch.setenv("KENTONGAN_WORKERS", "0")
    return own_home


@pytest.fixture
def run(home: Path) -> Callable[..., Any]:
    """Return what runs the command and gives back its exit code and output; our errors are raised."""

    def call(*words: str, lang: str = "en") -> tuple[int, str]:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "sources", *words], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome.return_value, outcome.output

    return call


def test_the_list_is_filtered_by_province_and_status(run: Callable[..., Any]) -> None:
    def ids(*words: str) -> list[str]:
        code, output = run("list", "--json", *words)
        assert code == 0
        return [record["id"] for record in json.loads(output)]

    assert ids() == ["kabar-lembah", "warta-teluk"]
    assert ids("--province", "91") == ["warta-teluk"]
    assert ids("--status", "enabled") == ["kabar-lembah"]
    assert ids("--status", "unverified") == ["kabar-lembah"]
    assert ids("--province", "13", "--status", "disabled") == []


def test_the_table_speaks_both_languages(run: Callable[..., Any]) -> None:
    assert "2 of 2 sources" in run("list")[1]
    indonesian = run("list", lang="id")[1]
    assert "2 dari 2 sumber" in indonesian
    assert "terbukti" in indonesian


def test_a_code_that_is_none_is_told_with_how_one_looks(run: Callable[..., Any]) -> None:
    with pytest.raises(click.BadParameter, match='"97" is no such Kemendagri code; one looks like 13'):
        run("list", "--province", "97")


def test_a_source_is_switched_off_and_on_in_the_users_file_only(run: Callable[..., Any], home: Path) -> None:
    assert run("disable", "kabar-lembah") == (0, "kabar-lembah: disabled\n")
    assert (home / "sources.toml").read_text("utf-8").endswith('[[source]]\nid = "kabar-lembah"\nenabled = false\n')
    assert run("enable", "kabar-lembah", "warta-teluk", lang="id") == (
        0,
        "kabar-lembah: diaktifkan\nwarta-teluk: diaktifkan\n",
    )
    sources = load_catalogue([home / "small.toml", home / "sources.toml"])
    assert [source.enabled for source in sources] == [True, True]
    assert (home / "small.toml").read_text("utf-8") == SMALL


def test_enabling_also_undoes_what_the_store_had_switched_off(run: Callable[..., Any]) -> None:
    with Store.open(Settings.from_environ().database_url) as store:
        store.sources.save(replace(store.sources.state("kabar-lembah"), enabled=False))
    run("enable", "kabar-lembah")
    with Store.open(Settings.from_environ().database_url) as store:
        assert store.sources.state("kabar-lembah").enabled


def test_an_unknown_source_is_told_with_the_nearest_and_nothing_is_written(run: Callable[..., Any], home: Path) -> None:
    with pytest.raises(UnknownItemError, match='no such source "kabar-lemba"; did you mean "kabar-lembah"'):
        run("disable", "kabar-lemba")
    with pytest.raises(UnknownItemError):
        run("check", "entah")
    assert not (home / "sources.toml").exists()


def test_a_broken_catalogue_is_told(run: Callable[..., Any], home: Path) -> None:
    (home / "small.toml").write_text(SMALL + "tier = 9\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r'small\.toml, line 9, source "warta-teluk", tier: 9 must be'):
        run("list")


def test_health_shows_what_was_never_read_and_hides_what_is_switched_off(run: Callable[..., Any]) -> None:
    code, output = run("health", "--json")
    assert code == 0
    assert [(line["source"], line["health"]) for line in json.loads(output)] == [("kabar-lembah", "belum_dibaca")]
    assert "warta-teluk" in run("health", "--all", lang="id")[1]


def test_health_shows_when_a_source_answered_last_on_the_desks_clock(run: Callable[..., Any]) -> None:
    moment = datetime(2020, 1, 1, 17, 30, tzinfo=UTC)
    with Store.open(Settings.from_environ().database_url) as store:
        state = store.sources.state("kabar-lembah")
        store.sources.save(replace(state, last_run=moment, last_ok=moment, last_new=moment, failures=0))
    code, output = run("health")
    assert code == 0
    assert "tertinggal" in output
    assert "2020-01-02 00:30" in output


@pytest.fixture
def sample_web(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleServer]:
    """Yield the sample network on loopback, reachable by this installation; no test of it sends a packet elsewhere."""
    hosts = ("kabarnagari.test", "suararantau.test", "kosong.test")
    with SampleServer() as server:
        address, port = server.address
        monkeypatch.setenv("KENTONGAN_ALLOW_PRIVATE_HOSTS", ",".join(hosts))
        monkeypatch.setenv("KENTONGAN_CONNECT_TO", ",".join(f"{host}={address}:{port}" for host in hosts))
        monkeypatch.setenv("KENTONGAN_DEFAULT_DELAY_S", "0")
        yield server


@pytest.mark.usefixtures("sample_web")
def test_a_site_is_added_by_its_homepage_then_checked_and_verified(run: Callable[..., Any], home: Path) -> None:
    code, output = run("add", "http://kabarnagari.test/", "--province", "13", "--tier", "2")
    assert code == 0
    assert "+ profile wordpress" in output
    assert "Next: kentongan sources check kabarnagari" in output
    added = load_catalogue([home / "small.toml", home / "sources.toml"])[-1]
    assert (added.id, added.profile, added.provinces, added.tier) == ("kabarnagari", "wordpress", ("13",), 2)
    assert {"feed", "wp_rest"} <= {finder.kind for finder in added.finders}
    assert added.verified is False

    code, output = run("check", "kabarnagari", "--json")
    (seen,) = json.loads(output)
    assert (code, seen["verdict"], seen["reasons"]) == (0, "ok", [])
    assert seen["title"]
    assert load_catalogue([home / "small.toml", home / "sources.toml"])[-1].verified is True
    with Store.open(Settings.from_environ().database_url) as store:
        assert store.sources.state("kabarnagari").verified_at is not None

    with pytest.raises(InputError, match='is source "kabarnagari" already'):
        run("add", "http://kabarnagari.test/")


@pytest.mark.usefixtures("sample_web")
def test_a_dry_run_writes_nothing(run: Callable[..., Any], home: Path) -> None:
    code, output = run("add", "http://suararantau.test", "--dry-run", "--json", "--id", "rantau", "--name", "Rantau")
    assert code == 0
    shown = json.loads(output)
    assert (shown["source"]["id"], shown["source"]["name"], shown["written"]) == ("rantau", "Rantau", False)
    assert shown["source"]["profile"] == "blogspot"
    assert not (home / "sources.toml").exists()


@pytest.mark.usefixtures("sample_web")
def test_a_site_that_does_not_answer_as_declared_is_told_and_mended(run: Callable[..., Any], home: Path) -> None:
    (home / "sources.toml").write_text(
        """
[[source]]
id = "rantau"
name = "Rantau"
home = "http://suararantau.test/"
profile = "blogspot"
finders = [{ kind = "feed", url = "/tidak-ada" }, { kind = "blogspot", url = "/feeds/posts/default" }]
""",
        encoding="utf-8",
    )
    code, output = run("check", "rantau")
    assert code == 0
    assert "partly    rantau: " in output
    assert "- feed http://suararantau.test/tidak-ada: gone, HTTP 404" in output
    assert load_catalogue([home / "small.toml", home / "sources.toml"])[-1].verified is False

    run("check", "rantau", "--mend")
    mended = load_catalogue([home / "small.toml", home / "sources.toml"])[-1]
    assert [finder.kind for finder in mended.finders] == ["blogspot"]
    assert mended.verified is True


@pytest.mark.usefixtures("sample_web")
def test_a_site_that_cannot_be_reached_fails_the_check_and_is_not_added(run: Callable[..., Any], home: Path) -> None:
    # kosong.test reaches the server, which knows no such site.
    with pytest.raises(InputError, match="nothing was written"):
        run("add", "http://kosong.test/")
    (home / "sources.toml").write_text(
        '[[source]]\nid = "kosong"\nname = "Kosong"\nhome = "http://kosong.test/"\n', encoding="utf-8"
    )
    code, output = run("check", "kosong", lang="id")
    assert code == 1
    assert "GAGAL     kosong: 0 berita" in output
    assert "0 sesuai, 0 sebagian, 1 gagal" in output


def test_an_address_that_is_none_is_told(run: Callable[..., Any]) -> None:
    with pytest.raises(click.BadParameter, match="begin with https://"):
        run("add", "ftp://kabar.test/")
