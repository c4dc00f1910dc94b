"""The sources catalogue: what is read, what is implied, and what each mistake is told as."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from data.catalogue import load_catalogue, source_for_url, zones
from data.cms import IMPLIED, KINDS, OPTIONS
from data.errors import CatalogueError
from data.records import Finder, FinderKind, Source
from scrapers.profiles import profile_names

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "reference" / "sources.toml"

GOOD = """
[[source]]
id = "kabar-lembah"
name = "Kabar Lembah"
home = "https://kabarlembah.example/"
provinces = ["13"]
profile = "wordpress"
"""


def written(folder: Path, text: str, name: str = "sources.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_says_little_and_the_rest_is_implied_by_its_cms_and_province(tmp_path: Path) -> None:
    assert load_catalogue([written(tmp_path, GOOD)]) == (
        Source(
            id="kabar-lembah",
            name="Kabar Lembah",
            home="https://kabarlembah.example/",
            timezone="Asia/Jakarta",
            profile="wordpress",
            finders=(
                Finder("feed", "https://kabarlembah.example/feed/"),
                Finder("wp_rest", "https://kabarlembah.example/wp-json/wp/v2/posts"),
                Finder("sitemap", "https://kabarlembah.example/sitemap.xml"),
            ),
            provinces=("13",),
        ),
    )


def test_everything_can_be_said(tmp_path: Path) -> None:
    text = """
    [[source]]
    id = "warta-teluk"
    name = "Warta Teluk"
    home = "https://wartateluk.example/daerah"
    provinces = ["91"]
    regencies = ["91.71"]
    timezone = "Asia/Jayapura"
    profile = "auto"
    finders = [
      { kind = "feed", url = "/rss" },
      { kind = "listing", url = "https://indeks.wartateluk.example/", options = { links = "h2 a", max_pages = 3 } },
    ]
    tier = 2
    network = "Grup-Teluk"
    delay_s = 5
    enabled = false
    verified = true
    max_new_per_run = 20
    note = "dibuat-buat"
    """
    (source,) = load_catalogue([written(tmp_path, text)])
    assert source == Source(
        id="warta-teluk",
        name="Warta Teluk",
        home="https://wartateluk.example/daerah",
        timezone="Asia/Jayapura",
        profile="auto",
        finders=(
            Finder("feed", "https://wartateluk.example/rss"),
            Finder("listing", "https://indeks.wartateluk.example/", {"links": "h2 a", "max_pages": "3"}),
        ),
        provinces=("91",),
        regencies=("91.71",),
        tier=2,
        network="grup-teluk",
        delay_s=5.0,
        enabled=False,
        verified=True,
        max_new_per_run=20,
        note="dibuat-buat",
    )


def test_a_zone_follows_the_province_unless_it_is_said(tmp_path: Path) -> None:
    text = "".join(
        f'[[source]]\nid = "s{code}"\nname = "S"\nhome = "https://s{code}.example/"\nprovinces = ["{code}"]\n'
        for code in ("13", "51", "91")
    )
    found = load_catalogue([written(tmp_path, text)])
    assert [source.timezone for source in found] == ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


def test_a_later_file_changes_only_the_keys_it_names(tmp_path: Path) -> None:
    first = written(tmp_path, GOOD, "a.toml")
    second = written(
        tmp_path,
        '[[source]]\nid = "kabar-lembah"\nenabled = false\n\n[[source]]\nid = "baru"\nname = "Baru"\nhome = "https://baru.example/"\n',
        "b.toml",
    )
    one, other = load_catalogue([first, second])
    assert (one.id, one.name, one.enabled, one.provinces) == ("kabar-lembah", "Kabar Lembah", False, ("13",))
    assert (other.id, other.enabled) == ("baru", True)


MISTAKES = {
    'home = "kabarlembah.example"': ("home", "does not begin with https://"),
    'home = "https://user:pw@kabarlembah.example/"': ("home", "user name or password"),
    'home = "ftp://kabarlembah.example/"': ("home", "does not begin with https://"),
    'provinces = ["97"]': ("provinces", "there is no unit '97'"),
    "provinces = [13]": ("provinces", "codes in quotes"),
    'provinces = "13"': ("provinces", "must be a list"),
    'regencies = ["13"]': ("regencies", "13.75"),
    'timezone = "WIB"': ("timezone", "Asia/Jakarta (WIB)"),
    "tier = 5": ("tier", "from 1 to 4"),
    'tier = "2"': ("tier", "whole number"),
    'enabled = "yes"': ("enabled", "true or false"),
    "delay_s = -1": ("delay_s", "seconds"),
    "finders = []": ("finders", "at least one"),
    'finders = [{ kind = "rss", url = "/feed/" }]': ("finders", "none of feed, news_sitemap"),
    'finders = [{ kind = "feed" }]': ("finders", "has no url"),
    'finders = [{ kind = "feed", url = "mailto:a@b.example" }]': ("finders", "does not begin with https://"),
    'finders = [{ kind = "feed", url = "/f", options = { link = "a" } }]': ("finders", 'no option "link"'),
    'finders = [{ kind = "listing", url = "/f", options = { pages = "?p=2" } }]': ("finders", "must hold {page}"),
    'finders = [{ kind = "listing", url = "/f", options = { include = "(" } }]': ("finders", "no regular expression"),
    'finders = [{ kind = "listing", url = "/f", options = { max_pages = "x" } }]': ("finders", "whole number"),
    'profile = "Joomla!"': ("profile", "CMS profiles are"),
    'profile = "joomla"': ("finders", "implies none"),
    'name = ""': ("name", "text in quotes"),
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_wrong_value_is_told_with_file_line_source_and_key(tmp_path: Path, line: str) -> None:
    key, message = MISTAKES[line]
    kept = [old for old in GOOD.strip().splitlines() if not old.startswith(f"{line.partition(' ')[0]} ")]
    path = written(tmp_path, "# a comment\n\n" + "\n".join([*kept, line]) + "\n")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue([path])
    assert caught.value.where == f'{path}, line 3, source "kabar-lembah", {key}'
    assert message in str(caught.value)
    assert caught.value.exit_code == 78


BROKEN = {
    "[[source]\n": "is not TOML",
    '[[source]]\nname = "A"\n': "line 1: has no id",
    '[[source]]\nid = "A b"\n': "lower-case letters, digits and hyphens",
    GOOD + GOOD: "the id is used twice (first in line 2)",
    GOOD + 'provincies = ["13"]\n': 'unknown key "provincies"; did you mean "provinces"?',
    '[source]\nid = "a"\n': "with two brackets",
    '[[sources]]\nid = "a"\n': 'unknown table or key "sources"',
    '[[source]]\nid = "kabar-lembah"\nenabled = false\n': "it changes a source that is declared nowhere",
    '[[source]]\nid = "a"\nname = "A"\n': "home: is missing; write home = ",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_told_with_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue([path])
    assert BROKEN[text] in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_or_not_utf8_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue([tmp_path / "nowhere.toml"])
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[[source]]\nname = "caf\xe9"\n')
    with pytest.raises(CatalogueError, match=r"is not UTF-8 \(byte 22\)"):
        load_catalogue([path])


def test_a_mistake_in_an_overriding_file_is_laid_at_the_right_door(tmp_path: Path) -> None:
    first = written(tmp_path, GOOD, "first.toml")
    second = written(tmp_path, '[[source]]\nid = "kabar-lembah"\ntier = 9\n', "second.toml")
    with pytest.raises(CatalogueError, match=r"second\.toml, line 1"):
        load_catalogue([first, second])
    third = written(tmp_path, GOOD + "tier = 9\n", "third.toml")
    harmless = written(tmp_path, '[[source]]\nid = "kabar-lembah"\nenabled = false\n', "harmless.toml")
    with pytest.raises(CatalogueError, match=r"third\.toml, line 2"):
        load_catalogue([third, harmless])


def test_a_url_belongs_to_the_longest_host_and_then_to_the_longest_path(tmp_path: Path) -> None:
    homes = {
        "induk": "https://www.induk.example/",
        "anak": "https://anak.induk.example/",
        "bagian": "https://www.bagian.example/sumut",
    }
    text = "".join(f'[[source]]\nid = "{name}"\nname = "{name}"\nhome = "{home}"\n' for name, home in homes.items())
    sources = load_catalogue([written(tmp_path, text)])

    def owner(url: str) -> str | None:
        found = source_for_url(sources, url)
        return found.id if found else None

    assert owner("https://induk.example/berita/satu-dua") == "induk"
    assert owner("http://ANAK.induk.example:80/berita") == "anak"
    assert owner("https://m.anak.induk.example/x") == "anak"
    assert owner("https://www.bagian.example/sumut/berita/d-1") == "bagian"
    assert owner("https://www.bagian.example/sumutera") is None
    assert owner("https://bukaninduk.example/") is None
    assert owner("https://induk.example.evil.example/") is None


def test_implied_finders_and_options_are_of_known_kinds() -> None:
    assert set(KINDS) == set(get_args(FinderKind)) == set(OPTIONS)
    for finders in IMPLIED.values():
        for kind, _path, options in finders:
            assert kind in KINDS
            assert set(options) <= OPTIONS[kind]


def test_every_profile_that_is_named_can_read_pages() -> None:
    named = {source.profile for source in load_catalogue([BUNDLED])} | set(IMPLIED)
    assert named - {"auto"} <= set(profile_names())


def test_the_bundled_catalogue_covers_the_country_and_west_sumatra_best() -> None:
    sources = load_catalogue([BUNDLED])
    provinces = {code for code in zones() if len(code) == 2}
    assert len(provinces) == 38
    assert {code for source in sources for code in source.provinces} == provinces
    assert len(sources) >= 90
    assert sum("13" in source.provinces for source in sources) >= 40
    assert not any(source.verified for source in sources), "nobody could try them online"
    assert all(source.enabled for source in sources if source.provinces)
    homes = [source.home for source in sources]
    assert len(set(homes)) == len(homes)
