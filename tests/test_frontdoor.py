"""The front door: light, complete, and clear about what went wrong."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from kentongan import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "prefect",
    "sklearn",
    "spacy",
    "sqlalchemy",
    "httpx",
    "trafilatura",
    "lxml",
    "numpy",
    "starlette",
    "rich",
    "dateparser",
}


def kentongan(*arguments: str, home: Path, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KENTONGAN_HOME": str(home), "LC_ALL": "C.UTF-8", **settings}
    command = [sys.executable, "-m", "kentongan", *arguments]
    return subprocess.run(
        command, env=environment, input=stdin, capture_output=True, text=True, timeout=120, check=False, cwd=home
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_there_and_explains_itself(name: str) -> None:
    command = import_module(COMMANDS[name][0]).command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("lang", ["id", "en"])
def test_help_lists_every_command_and_loads_nothing_heavy(lang: str, tmp_path: Path) -> None:
    program = (
        "import sys, kentongan\n"
        f"try:\n    kentongan.main(['--lang', '{lang}', '--help'])\nexcept SystemExit as end:\n    code = end.code\n"
        "print(code, sorted(set(sys.modules) & set(sys.argv[1].split(','))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, ",".join(HEAVY)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "0 []"
    assert all(name in done.stdout for name in COMMANDS)


def test_the_front_door_imports_its_own_floors_only_when_a_command_is_called() -> None:
    tree = ast.parse((ROOT / "kentongan.py").read_text("utf-8"))
    at_import = {name for node in tree.body for name in _imported(node)}
    assert at_import <= {"__future__", "sys", "typing", "click"}


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [str(node.module).split(".")[0]] if isinstance(node, ast.ImportFrom) else []


def test_a_mistyped_command_names_the_nearest(tmp_path: Path) -> None:
    done = kentongan("crwal", home=tmp_path)
    assert done.returncode == 2
    assert 'Did you mean "crawl"?' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "words"),
    [
        (["crawl", "--once"], {"KENTONGAN_DEFAULT_DELAY_S": "cepat"}, 78, "KENTONGAN_DEFAULT_DELAY_S"),
        (["crawl", "--once", "langam"], {}, 66, 'did you mean "langgam"'),
        (["incidents", "7"], {}, 66, "kentongan incidents"),
        (["export", "gopher"], {}, 66, "atom, rss, jsonfeed"),
        (["incidents", "--signal", "politik_duit"], {}, 66, "politik_uang"),
        (["incidents"], {"KENTONGAN_DATABASE_URL": "mysql://x/y"}, 78, "postgresql+psycopg"),
        (["crawl", "--once"], {"KENTONGAN_CATALOGUES": "/nowhere/sources.toml"}, 78, "/nowhere/sources.toml"),
    ],
)
def test_bad_input_gets_a_sentence_that_names_it_and_the_mend(
    arguments: list[str], settings: dict[str, str], code: int, words: str, tmp_path: Path
) -> None:
    done = kentongan(*arguments, home=tmp_path, **settings)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "sources.toml"
    broken.write_text('[[source]]\nid = "x"\nname = \n', encoding="utf-8")
    done = kentongan("crawl", "--once", home=tmp_path)
    assert done.returncode == 78
    assert f"{broken}" in done.stderr
    assert "line 3" in done.stderr


def test_an_unreadable_warc_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(b"this is no archive at all, but long enough to look")
    done = kentongan("replay", str(path), home=tmp_path)
    assert done.returncode == 65
    assert "broken.warc.gz" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kentongan.sqlite3"
    path.write_bytes(b"not a database" * 100)
    done = kentongan("incidents", home=tmp_path)
    assert done.returncode == 74
    assert str(path) in done.stderr
    assert path.read_bytes() == b"not a database" * 100


def test_the_language_is_as_asked_or_as_the_locale_says(tmp_path: Path) -> None:
    asked = kentongan("--lang", "id", "incidents", home=tmp_path)
    english = kentongan("incidents", home=tmp_path)
    by_locale = kentongan("incidents", home=tmp_path, LC_ALL="id_ID.UTF-8")
    assert "Tidak ada kejadian" in asked.stdout
    assert "No incident" in english.stdout
    assert "Tidak ada kejadian" in by_locale.stdout


def test_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    done = kentongan("doctor", "--json", home=tmp_path)
    assert '"contact"' in done.stdout
    assert "KENTONGAN_CONTACT" in done.stdout
    wrong = kentongan("doctor", home=tmp_path, KENTONGAN_DATABASE_URL="sqlite:////proc/nowhere/x.sqlite3")
    assert wrong.returncode == 1
    assert "[" in wrong.stdout


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"`kentongan {name}" in readme for name in COMMANDS)


def test_commands_are_sorted_by_use_and_not_by_name() -> None:
    assert cli.list_commands(click.Context(cli)) == list(COMMANDS)
