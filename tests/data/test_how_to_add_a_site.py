"""The guide's examples are tried: what a newcomer copies from it must work."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent

import pytest

from data.catalogue import load_catalogue
from data.cms import IMPLIED, KINDS, OPTIONS
from data.errors import CatalogueError
from scrapers.profiles import Profile

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "how-to-add-a-site.md").read_text("utf-8")
BLOCKS = [dedent(block) for block in re.findall(r"(?:^ {4}.*\n(?:\s*\n(?= {4}))?)+", GUIDE, re.MULTILINE)]


def block(begins: str) -> str:
    return next(text for text in BLOCKS if text.lstrip().startswith(begins))


def test_the_entry_and_the_finders_of_the_guide_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    entry = next(text for text in BLOCKS if text.startswith("[[source]]") and "profile" in text)
    path.write_text(entry, encoding="utf-8")
    (source,) = load_catalogue([path])
    assert (source.id, source.regencies, len(source.finders)) == ("kabar-lembah", ("13.75", "13.06"), 3)

    path.write_text(entry + block("finders = ["), encoding="utf-8")
    (source,) = load_catalogue([path])
    assert [finder.kind for finder in source.finders] == ["feed", "listing", "sitemap"]


def test_the_error_that_the_guide_shows_is_the_one_that_comes(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    entry = next(text for text in BLOCKS if text.startswith("[[source]]") and "profile" in text)
    path.write_text("\n\n\n" + entry.replace('["13"]', '["97"]'), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue([path])
    shown = (
        block("kentongan: /home/desk").strip().removesuffix("…").replace("/home/desk/kentongan/sources.toml", str(path))
    )
    assert f"kentongan: {caught.value}".startswith(shown.strip())


def test_the_guide_tells_of_every_profile_kind_and_option() -> None:
    rows = dict(re.findall(r"^\| `(\w+)`(?: \([^|]*\))? \| ([^|]+) \|", GUIDE, re.MULTILINE))
    for profile in IMPLIED:
        assert f"`{profile}`" in GUIDE
    assert set(KINDS) <= set(rows)
    for kind, options in OPTIONS.items():
        line = [line for line in GUIDE.splitlines() if line.startswith(f"| `{kind}` |")][-1]  # the second table's
        assert set(re.findall(r"`(\w+)`", line)) - {kind, "news"} == options


def test_the_file_for_an_odd_site_is_python_and_holds_a_profile() -> None:
    code = block('"""Kabar Lembah:')
    ast.parse(code)
    names: dict[str, object] = {}
    exec(code, names)
    assert isinstance(names["PROFILE"], Profile)


def test_commands_of_the_guide_are_known() -> None:
    from desk.terminal.sources import command

    for name in re.findall(r"kentongan sources (\w+)", GUIDE):
        assert name in command.commands
