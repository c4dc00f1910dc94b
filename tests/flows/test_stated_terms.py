"""What an installation states of its feeds stands in all of them; what it does not say is said in our own words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feeds import CORRECTIONS, RIGHTS, Channel
from flows.settings import Settings
from flows.tools import stated_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2024, 11, 27, tzinfo=UTC)


def test_terms_and_contact_are_settings(tmp_path: Path) -> None:
    settings = Settings(
        tmp_path,
        "sqlite://",
        feeds_title="Peringatan Kota Pariaman",
        feeds_rights="CC BY 4.0",
        feeds_rights_url="https://licence.example/by/4.0",
        feeds_contact="koreksi@desk.example",
    )
    channel = Channel("desk.example", NOW, **stated_of(settings))
    assert (channel.title, channel.rights) == ("Peringatan Kota Pariaman", "CC BY 4.0")
    assert (channel.rights_url, channel.email) == ("https://licence.example/by/4.0", "koreksi@desk.example")
    assert channel.corrections == CORRECTIONS


def test_without_settings_the_words_are_ours(tmp_path: Path) -> None:
    assert stated_of(Settings(tmp_path, "sqlite://")) == {}
    assert Channel("desk.example", NOW).rights == RIGHTS
