"""Style and scripts are kept by browsers for as long as they are what they were, and not a minute longer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from desk.static_files import VersionedFiles, version_of
from desk.web import make_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEPT = "public, max-age=31536000, immutable"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files" / "vendor").mkdir(parents=True)
    (tmp_path / "files" / "desk.css").write_text("body{color:black}")
    (tmp_path / "files" / "vendor" / "x.js").write_text("x()")
    return tmp_path / "files"


def files_of(folder: Path) -> tuple[TestClient, str]:
    version = version_of(folder)
    return TestClient(Starlette(routes=[Mount("/static", VersionedFiles(folder, version))])), version


def test_every_file_of_a_page_is_asked_for_by_its_version_and_kept_for_a_year(
    analyst: Any, visit: Callable[..., Any]
) -> None:
    for client, path in ((visit(), "/masuk"), (analyst, "/"), (analyst, "/api/v1/")):
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path).text)
        assert files, path
        for file in files:
            assert re.match(r"/static/[0-9a-f]{16}/", file), file
            answer = client.get(file)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, KEPT), file


def test_a_script_finds_what_it_imports_within_its_version(analyst: Any) -> None:
    queue = next(iter(re.findall(r'src="(/static/[^"]+/queue.js)"', analyst.get("/").text)))
    assert analyst.get(queue.replace("queue.js", "vendor/htmx.min.js")).headers["cache-control"] == KEPT
    scripts = [name for name in re.findall(r'src="(/static/[^"]+)"', analyst.get("/").text) if "vendor" not in name]
    assert not any(re.search(r"""from ['"]/""", analyst.get(name).text) for name in scripts)


def test_a_changed_an_added_and_a_renamed_file_each_make_another_version(folder: Path) -> None:
    seen = {version_of(folder)}
    (folder / "desk.css").write_text("body{color:white}")
    seen.add(version_of(folder))
    (folder / "map.js").write_text("")
    seen.add(version_of(folder))
    (folder / "map.js").rename(folder / "maps.js")
    seen.add(version_of(folder))
    assert len(seen) == 4
    assert version_of(folder) in seen, "the same files have the same version"


def test_what_a_page_from_before_an_update_asks_for_is_there_but_not_kept(folder: Path) -> None:
    client, version = files_of(folder)
    for path in ("/static/0123456789abcdef/desk.css", "/static/desk.css", "/static/vendor/x.js"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache"), path
    tag = client.get("/static/desk.css").headers["etag"]
    again = client.get("/static/desk.css", headers={"if-none-match": tag})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert client.get(f"/static/{version}/vendor/x.js").headers["cache-control"] == KEPT


@pytest.mark.parametrize(
    "path", ["0123456789abcdef", "0123456789abcdef/none.css", "none.css", "../secret", "%2e%2e/secret"]
)
def test_nothing_else_is_there(folder: Path, path: str) -> None:
    (folder.parent / "secret").write_text("x")
    client, version = files_of(folder)
    assert client.get(f"/static/{path}").status_code in {404, 405}
    assert client.get(f"/static/{version}/{path}").status_code in {404, 405}


def test_a_desk_of_other_files_has_other_addresses(tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.frame.version_of", lambda _: "f" * 16)
    page = TestClient(make_desk(tools)).get("/masuk").text
    assert "/static/ffffffffffffffff/desk.css" in page
