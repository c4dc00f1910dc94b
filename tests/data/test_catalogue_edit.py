"""The user's own catalogue file, edited line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.catalogue import load_catalogue
from data.catalogue_edit import add_source, set_finders, set_value, toml_of
from data.errors import CatalogueError
from data.records import Finder, Source

if TYPE_CHECKING:
    from pathlib import Path

MINE = """# my notes
[[source]]
id = "kabar-lembah"
name = "Kabar Lembah"  # the valley's paper
home = "https://kabarlembah.example/"
enabled = true  # since May

[[source]]
# this one is odd
id = "warta-teluk"
name = "Warta Teluk"
home = "https://wartateluk.example/"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_a_key_is_changed_where_it_stands_and_comments_stay(mine: Path) -> None:
    set_value(mine, "kabar-lembah", "enabled", False)
    assert mine.read_text("utf-8") == MINE.replace("enabled = true  # since May", "enabled = false  # since May")


def test_a_missing_key_is_added_to_the_right_table(mine: Path) -> None:
    set_value(mine, "warta-teluk", "verified", True)
    first, second = load_catalogue([mine])
    assert (first.verified, second.verified) == (False, True)
    assert "# this one is odd" in mine.read_text("utf-8")


def test_a_source_that_is_only_bundled_gets_a_table_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sources.toml"
    set_value(path, "langgam", "enabled", False)
    assert path.read_text("utf-8").endswith('\n\n[[source]]\nid = "langgam"\nenabled = false\n')
    assert path.read_text("utf-8").startswith("# Your sources")
    assert [entry.name for entry in path.parent.iterdir()] == ["sources.toml"], "no half-written file is left"


def test_finders_are_set_whole(mine: Path) -> None:
    set_finders(mine, "warta-teluk", [Finder("listing", "https://wartateluk.example/", {"links": 'a[rel="x"]'})])
    _, teluk = load_catalogue([mine])
    assert teluk.finders == (Finder("listing", "https://wartateluk.example/", {"links": 'a[rel="x"]'}),)


def test_an_added_source_reads_back_as_it_was(tmp_path: Path) -> None:
    source = Source(
        id="suara-bukit",
        name='Suara "Bukit" \\ Lembah',
        home="https://suarabukit.example/",
        timezone="Asia/Makassar",
        profile="auto",
        finders=(Finder("feed", "https://suarabukit.example/umpan"), Finder("listing", "https://suarabukit.example/")),
        provinces=("73",),
        regencies=("73.71",),
        tier=2,
        network="bukit",
        delay_s=4.0,
        enabled=False,
        note="satu\nbaris",
    )
    path = tmp_path / "sources.toml"
    add_source(path, source)
    assert load_catalogue([path]) == (source,)
    with pytest.raises(CatalogueError, match="already"):
        add_source(path, source)


def test_what_the_profile_implies_is_not_written_down() -> None:
    source = Source(
        id="a",
        name="A",
        home="https://a.example/",
        timezone="Asia/Jakarta",
        profile="blogspot",
        finders=(
            Finder("blogspot", "https://a.example/feeds/posts/default"),
            Finder("sitemap", "https://a.example/sitemap.xml"),
        ),
    )
    assert "finders" not in toml_of(source)


def test_a_value_over_several_lines_is_replaced_whole(mine: Path) -> None:
    several = 'finders = [\n  { kind = "feed", url = "/a" }, # old\n]  # to be looked at'
    mine.write_text(MINE.replace("enabled = true  # since May", several), encoding="utf-8")
    set_finders(mine, "kabar-lembah", [Finder("feed", "https://kabarlembah.example/b")])
    one = 'finders = [{ kind = "feed", url = "https://kabarlembah.example/b" }]'
    assert mine.read_text("utf-8") == MINE.replace("enabled = true  # since May", one)


def test_a_line_of_a_longer_text_is_not_taken_for_the_key(mine: Path) -> None:
    note = 'note = """\nenabled = true\n"""'
    mine.write_text(MINE.replace("enabled = true  # since May", note), encoding="utf-8")
    set_value(mine, "kabar-lembah", "enabled", False)
    first, _ = load_catalogue([mine])
    assert (first.enabled, first.note) == (False, "enabled = true")


def test_a_file_that_is_written_in_another_shape_is_left_alone_and_told(mine: Path) -> None:
    text = 'source = [{ id = "kabar-lembah", name = "K", home = "https://k.example/" }]\n'
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"put enabled = false into it yourself"):
        set_value(mine, "kabar-lembah", "enabled", False)
    assert mine.read_text("utf-8") == text


def test_a_broken_file_is_not_overwritten(mine: Path) -> None:
    mine.write_text("[[source]\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="is not TOML"):
        set_value(mine, "langgam", "enabled", False)
    assert mine.read_text("utf-8") == "[[source]\n"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(CatalogueError, match="cannot be"):
        set_value(tmp_path / "blocked" / "sources.toml", "langgam", "enabled", False)
