"""``kentongan user`` and ``kentongan audit`` from the outside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from data.errors import InputError, UnknownItemError
from data.store import Store
from data.store.desk_tables import audit_entries
from flows.settings import Settings
from kentongan import cli

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")


@pytest.fixture(autouse=True)
def _home(own_home: Path) -> None:
    """Work in a home of this test's own."""


def run(*words: str, typed: str | None = None) -> tuple[int, str]:
    outcome = CliRunner().invoke(cli, ["--lang", "id", *words], standalone_mode=False, input=typed)
    if outcome.exception is not None:
        raise outcome.exception
    code = outcome.return_value if isinstance(outcome.return_value, int) else outcome.exit_code
    return code, outcome.output


def test_the_first_admin_is_made_with_a_password_that_is_shown_once() -> None:
    _, told = run("user", "add", "Sari", "--role", "admin", "--region", "13")
    first, second = told.splitlines()
    assert first == "sari (admin) boleh masuk"
    assert second.startswith("kata sandi, hanya sekali ini: ")
    (row,) = json.loads(run("user", "list", "--json")[1])
    assert (row["name"], row["role"], row["regions"], row["disabled_at"]) == ("sari", "admin", ["13"], None)
    with Store.open(Settings.from_environ().database_url) as store:
        user = store.users.by_name("sari")
        assert user is not None
        assert user.must_change
        assert second.rpartition(" ")[2] not in store.users.password_of(user.id)


def test_a_password_may_come_by_a_pipe_and_weak_ones_are_refused() -> None:
    assert run("user", "add", "sari", "--password-stdin", typed="batu hijau terbang malam\n")[1] == (
        "sari (analis) boleh masuk\n"
    )
    with pytest.raises(InputError, match="a password has 12 to 200 characters"):
        run("user", "add", "budi", "--password-stdin", typed="pendek\n")
    with pytest.raises(InputError, match='there is a user "sari" already'):
        run("user", "add", "Sari")


def test_role_and_entry_are_changed_and_kept_in_the_log() -> None:
    run("user", "add", "sari")
    assert run("user", "role", "sari", "verifikator")[1] == "sari (verifikator) boleh masuk\n"
    assert run("user", "disable", "sari")[1] == "sari tidak boleh masuk lagi\n"
    assert run("user", "enable", "sari")[1] == "sari (verifikator) boleh masuk\n"
    entries = [json.loads(line) for line in run("audit", "show", "--subject", "orang/sari")[1].splitlines()]
    assert [entry["action"] for entry in entries] == ["orang_diubah"] * 3 + ["orang_ditambah"]
    assert entries[2]["detail"] == {"peran": ["analis", "verifikator"]}
    assert all(entry["actor"].startswith("cli:") for entry in entries)
    with pytest.raises(InputError, match='there is no role "raja"'):
        run("user", "role", "sari", "raja")
    with pytest.raises(UnknownItemError, match="user"):
        run("user", "role", "budi", "analis")


def test_a_log_that_was_changed_ends_the_check_with_one() -> None:
    run("user", "add", "sari")
    code, told = run("audit", "verify")
    assert code == 0
    assert told.startswith("utuh: 1 catatan, terakhir ")
    with Store.open(Settings.from_environ().database_url) as store, store._database.write() as connection:
        connection.execute(update(audit_entries).values(actor="budi"))
    code, told = run("audit", "verify")
    assert code == 1
    assert "catatan 1 diubah setelah ditulis" in told
