"""Every page can be used by everybody: axe-core finds nothing of WCAG 2.2 A and AA, the HTML is valid, pages are light.

The pages are those of `tests.desk.web.pages`; they stand on the desk that is shown (`scripts.shown_desk`), which has
incidents in every state. axe-core and html-validate are Node packages (`make install-dev` puts them beside this file).
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from desk.web import make_desk
from scripts.shown_desk import LINK, PASSWORD, PEOPLE, shown_desk
from tests.desk.web.conftest import serving
from tests.desk.web.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NODE = Path(__file__).parent / "node"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""Rules whose answer the theme can change: it is colours alone, so the other rules need not be asked twice."""
WIDTHS = {"wide": (1280, 900), "narrow": (360, 740)}
HEAVIEST = 150_000
"""Bytes of a first view: the page, its style and its scripts, packed; what a slow link waits for."""


PARTS = {
    "/antrean/kabar": "news as JSON",
    "/antrean/wilayah": "a part of the queue",
    "/kejadian/{number:int}/peta": "a part of the incident's page",
    "/wilayah": "a part of the picker of places",
    "/kata-pantau/jumlah": "a part of the watch-words",
    "/laporan/{number:int}/{format}": "a file",
    "/model/{version}/gambar/{name}.svg": "a picture",
    "/model/{version}": "a version of the registry, which is empty here",
    "/masuk/kode": "asked for by a second factor only",
    "/kejadian/{number:int}/gabung/tinjau": "the same page as merging, with another incident beside it",
    "/feeds/{name:path}": "feeds",
    "/sehat": "for programs",
}
"""What answers to GET and is no page of its own, with why."""


@pytest.fixture
def package(require: Callable[[str, str], None]) -> Callable[[str], Path]:
    """Return what finds a Node package of the tests; the test is left out where it is not installed."""

    def find(name: str) -> Path:
        folder = NODE / "node_modules" / name
        if not folder.exists():
            require("Node packages", "make install-dev installs them where npm is there")
        return folder

    return find


class Shown:
    """The desk that is shown, served, and a session for each role."""

    def __init__(self, app: Any, address: str, incident: int, article: int) -> None:
        self.app, self.address, self.incident, self.article = app, address, incident, article
        self.clients: dict[str, TestClient] = {}

    def path(self, line: Any) -> str:
        return str(line.path).format(
            incident=self.incident, article=self.article, source="kabarnagari", token=LINK, recipient=1
        )

    def client(self, role: str) -> TestClient:
        """Return a client that is logged in under a role; "" for a stranger."""
        if role not in self.clients:
            client = self.clients[role] = TestClient(self.app, base_url=self.address, raise_server_exceptions=False)
            if role:
                name = next(name for name, _, its in PEOPLE if its == role)
                answer = client.post("/masuk", data={"nama": name, "sandi": PASSWORD}, follow_redirects=False)
                assert answer.status_code == 303, role
        return self.clients[role]

    def cookies(self, role: str) -> list[dict[str, str]]:
        """Return the session of a role as a browser takes it."""
        jar = self.client(role).cookies.jar
        return [{"name": one.name, "value": one.value or "", "url": self.address} for one in jar]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown_desk(tmp_path_factory.mktemp("shown")) as desk:
        app = make_desk(desk.tools)
        incident = desk.tools.store.incidents.list(limit=1)[0]
        with serving(app) as address:
            served = Shown(app, address, incident.id, incident.article_ids[0])
            yield served
            for client in served.clients.values():
                client.close()


def test_every_page_of_the_desk_is_on_the_list(shown: Shown) -> None:
    paths = [shown.path(line).partition("?")[0] for line in PAGES]
    routes = [
        one
        for one in shown.app.routes
        if isinstance(one, Route) and "GET" in (one.methods or ()) and one.path not in PARTS
    ]
    missing = [
        one.path for one in routes if not one.path.startswith("/api/") and not any(map(one.path_regex.match, paths))
    ]
    assert missing == []


def findings(page: Any) -> list[str]:
    """Return what axe-core finds on a page as it stands, light and dark, a line for each element."""
    page.emulate_media(color_scheme="light")
    light = _asked(page, "tag", RULES)
    page.emulate_media(color_scheme="dark")
    return light + [f"dark: {one}" for one in _asked(page, "rule", OF_COLOUR)]


def _asked(page: Any, kind: str, values: tuple[str, ...]) -> list[str]:
    run = "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
    found = page.evaluate(run, {"type": kind, "values": list(values)})["violations"]
    return [
        f"{one['id']}: {node['target']} {' '.join(node['failureSummary'].split())[:240]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", list(WIDTHS))
def test_no_page_breaks_a_rule_of_wcag(chromium: Any, shown: Shown, package: Callable[[str], Path], width: str) -> None:
    axe = (package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    wrong: list[str] = []
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = chromium.new_context(locale="id-ID", viewport=size, reduced_motion="reduce")
    page = context.new_page()
    try:
        for line in PAGES:
            where = f"{line.path} as {line.role or 'a stranger'}"
            context.clear_cookies()
            context.add_cookies(shown.cookies(line.role))
            answer = page.goto(shown.address + shown.path(line))
            if answer.status != line.status:
                wrong.append(f"{where}: answers {answer.status}")
                continue
            page.evaluate(axe)
            wrong += [f"{where}: {one}" for one in findings(page)]
            wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wider > 0:
                wrong.append(f"{where}: the page is {wider} px wider than its window (WCAG 1.4.10)")
            for opener in line.opens:
                page.locator(opener).first.click()
                wrong += [f"{where}, after {opener}: {one}" for one in findings(page)]
    finally:
        context.close()
    assert wrong == []


def test_a_colour_that_only_the_dark_theme_gets_wrong_is_found(
    chromium: Any, shown: Shown, package: Callable[[str], Path]
) -> None:
    page = chromium.new_page(bypass_csp=True)
    try:
        page.goto(f"{shown.address}/masuk")
        page.add_style_tag(content="@media (prefers-color-scheme: dark) { h1 { color: #202020; background: #000 } }")
        page.evaluate((package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
        (found,) = findings(page)
        assert found.startswith("dark: color-contrast: ")
    finally:
        page.close()


def test_a_rule_that_is_broken_is_found(chromium: Any, shown: Shown, package: Callable[[str], Path]) -> None:
    page = chromium.new_page()
    try:
        page.goto(f"{shown.address}/masuk")
        page.evaluate((package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
        page.evaluate(
            "document.querySelector('input[name=sandi]').closest('label').replaceWith(document.createElement('input'))"
        )
        assert any(one.startswith("label: ") for one in findings(page))
    finally:
        page.close()


def test_the_html_of_every_page_is_valid(
    shown: Shown, package: Callable[[str], Path], node_path: str, tmp_path: Path
) -> None:
    # What .htmlvalidate.json takes from html-validate's own taste: a button may be a submit without saying so, a region
    # that scrolls around a table need not be a <section>, and a list may have a name (ARIA 1.2 lets it).
    for number, line in enumerate(PAGES):
        answer = shown.client(line.role).get(shown.path(line))
        assert answer.status_code == line.status, line.path
        name = re.sub(r"\W+", "-", f"{number}-{line.role}-{line.path}")
        (tmp_path / f"{name}.html").write_text(answer.text, encoding="utf-8")
    program = package("html-validate") / "bin" / "html-validate.mjs"
    config = NODE / ".htmlvalidate.json"
    # To a file: into a pipe Node writes only as much as fits before it ends.
    report = tmp_path / "report.json"
    with report.open("w", encoding="utf-8") as output:
        told = subprocess.run(
            [node_path, program, "--config", config, "--formatter", "json", *sorted(tmp_path.glob("*.html"))],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert told.returncode in {0, 1}, told.stderr
    wrong = [
        f"{Path(file['filePath']).stem} {one['line']}: {one['ruleId']}: {one['message']}"
        for file in json.loads(report.read_text(encoding="utf-8") or "[]")
        for one in file["messages"]
    ]
    assert wrong == []
    assert told.returncode == 0


def test_a_first_view_is_light_enough_for_a_slow_link(shown: Shown) -> None:
    heavy = {}
    for line in PAGES:
        client = shown.client(line.role)
        page = client.get(shown.path(line)).text
        files = re.findall(r'<(?:script src|link rel="(?:stylesheet|icon)"[^>]*? ?href|img src)="(/[^"]+)"', page)
        assert files, line.path
        bodies = [page.encode(), *(client.get(file).content for file in [*files, *_imported(client, files)])]
        weight = sum(len(gzip.compress(body, 5)) for body in bodies)
        if weight > HEAVIEST:
            heavy[line.path] = weight
    assert heavy == {}


def _imported(client: TestClient, files: list[str]) -> set[str]:
    """Return what the scripts among the files load beside themselves."""
    texts = [client.get(file).text for file in files if file.endswith(".js") and "/vendor/" not in file]
    return {f"/static/{name}" for text in texts for name in re.findall(r"""from ['"]\./([\w./-]+)['"]""", text)}
