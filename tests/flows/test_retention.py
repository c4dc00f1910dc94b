"""The desk's rules of retention: what they take out, in a run and in a dry run, and one article on request."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from data.errors import InputError, LeaseError
from data.outcomes import Outcome
from data.records import Article, Page, PageRef
from data.store import Store
from flows.leases import held
from flows.retention import (
    LEASE,
    LEASE_NAME,
    RETENTION_KEY,
    RetentionRules,
    RetentionTally,
    RetentionTools,
    erase_article,
    keep_to_rules,
    retention_of,
)
from kentongan import cli
from scrapers.warc import WarcArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
OLD = NOW - timedelta(days=400)


@pytest.fixture
def tools(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[RetentionTools]:
    with Store.open(new_store(tmp_path / "store.sqlite3")) as store:
        yield RetentionTools(store, tmp_path / "warc", lambda: NOW)


def read(tools: RetentionTools, number: int, at: datetime, *, archive: WarcArchive | None = None) -> int:
    url = f"http://kabar.test/{number}"
    body = f"<p>Halaman {number} menyebut Joko.</p>".encode() * 30
    page = Page(url, url, "kabar", at, Outcome.FETCHED, 200, body=body, content_type="text/html")
    text = f"Warga {number} melapor ke camat."
    article = Article("kabar", url, url, f"Berita {number}", text, f"{number:064d}", published=at)
    place = archive.write(page) if archive else None
    ref = PageRef(url, url, "kabar", "feed")
    settled = tools.store.settle(f"r{number}", ref, page, Outcome.FETCHED, article, at, warc=place)
    assert settled.article_id is not None
    return settled.article_id


def rule(tools: RetentionTools, **values: Any) -> None:
    tools.store.desk_settings.put(RETENTION_KEY, values, "admin", NOW, "rapat")


def test_as_installed_nothing_goes_but_old_logins() -> None:
    assert retention_of(None) == RetentionRules(None, None, None, 90)


@pytest.mark.parametrize(
    "setting",
    [
        {"teks_hari": 59},
        {"arsip_hari": 6},
        {"catatan_tahun": 0},
        {"masuk_hari": 0},
        {"kiriman_hari": 59},
        {"teks_hari": "90"},
        {"teks_hari": True},
        {"lama": 1},
        ["teks_hari"],
    ],
)
def test_a_rule_that_would_harm_the_work_is_refused(setting: Any) -> None:
    with pytest.raises(InputError):
        retention_of(setting)


def test_a_dry_run_says_what_a_run_then_does(tools: RetentionTools) -> None:
    with WarcArchive(tools.warc_dir) as archive:
        old = read(tools, 1, OLD, archive=archive)
    (aged,) = tools.warc_dir.glob("*.warc.gz")
    os.utime(aged, (OLD.timestamp(), OLD.timestamp()))
    with WarcArchive(tools.warc_dir) as archive:
        young = read(tools, 2, NOW, archive=archive)
    tools.store.audit.add("sari", "teks_dibaca", "artikel/1", OLD)
    tools.store.login_failures.add({"nama:sari"}, OLD)
    rule(tools, teks_hari=365, arsip_hari=30, catatan_tahun=1, masuk_hari=90)
    expected = RetentionTally(texts=1, files=1, bytes=aged.stat().st_size, entries=1, failures=1)

    assert keep_to_rules(tools, dry_run=True) == expected
    assert aged.exists()
    assert tools.store.articles.get(old).article.text  # type: ignore[union-attr]

    assert keep_to_rules(tools) == expected
    assert not aged.exists()
    assert [bool(tools.store.articles.get(one).article.text) for one in (old, young)] == [False, True]  # type: ignore[union-attr]
    assert [one.warc_file is None for one in tools.store.pages.of_url("http://kabar.test/1")] == [True]
    assert [one.warc_file is None for one in tools.store.pages.of_url("http://kabar.test/2")] == [False]
    assert tools.store.audit.problems() == []
    assert [one.action for one in tools.store.audit.entries()] == ["retensi", "audit_dipotong"]
    assert keep_to_rules(tools) == RetentionTally()


def test_two_runs_at_once_are_kept_apart(tools: RetentionTools) -> None:
    with held(tools.store, LEASE_NAME, lambda: NOW, LEASE), pytest.raises(LeaseError):
        keep_to_rules(tools)


def test_an_erased_article_is_gone_from_store_and_archive(tools: RetentionTools) -> None:
    with WarcArchive(tools.warc_dir) as archive:
        number, other = (read(tools, one, NOW, archive=archive) for one in (1, 2))
    erased = erase_article(tools, number, "sari", "permintaan narasumber")
    assert (erased.names, len(erased.pages)) == (1, 1)
    (path,) = tools.warc_dir.glob("*.warc.gz")
    from scrapers.warc import read_warc

    assert [page.final_url for page in read_warc(path)] == ["http://kabar.test/2"]
    assert tools.store.articles.get(other).article.title == "Berita 2"  # type: ignore[union-attr]
    entry = tools.store.audit.entries(subject=f"artikel/{number}")[0]
    assert (entry.actor, entry.action, entry.detail["alasan"]) == ("sari", "artikel_dihapus", "permintaan narasumber")
    # Not one byte of its words is left in the database's file.
    database = (tools.warc_dir.parent / "store.sqlite3").read_bytes()
    assert b"Warga 1 melapor" not in database
    assert b"kabar.test/1" not in database
    assert b"Warga 2 melapor" in database


@pytest.mark.parametrize(("by", "reason"), [("sari", ""), ("sari", "a b"), (" ", "permintaan narasumber")])
def test_nobody_erases_without_a_name_and_a_reason(tools: RetentionTools, by: str, reason: str) -> None:
    number = read(tools, 1, NOW)
    with pytest.raises(InputError):
        erase_article(tools, number, by, reason)
    assert tools.store.articles.get(number).article.text  # type: ignore[union-attr]


def test_the_command_says_what_would_go_and_erases_one(own_home: Path) -> None:
    with Store.open(f"sqlite:///{own_home / 'kentongan.sqlite3'}") as store:
        read(RetentionTools(store, own_home / "warc", lambda: OLD), 1, OLD)
        store.desk_settings.put(RETENTION_KEY, {"teks_hari": 365}, "admin", NOW, "rapat")

    def run(*words: str) -> str:
        outcome = CliRunner().invoke(cli, ["--lang", "en", "retention", *words], standalone_mode=False)
        assert outcome.exception is None
        return outcome.output

    shown = run("--dry-run")
    assert "full texts (365 days): 1 articles" in shown
    assert "archive (for ever): 0 files" in shown
    assert "Nothing was taken out" in shown
    assert json.loads(run("--dry-run", "--json"))["texts"] == 1
    assert "article 1 is erased: 1 revisions" in run("erase", "1", "--as", "sari", "--reason", "permintaan narasumber")
    assert json.loads(run("--json"))["texts"] == 0
