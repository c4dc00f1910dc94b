"""``kentongan doctor``: what is misconfigured, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from data.errors import KentonganError
from desk.terminal.speech import reword, speaker, speaker_of
from desk.terminal.tables import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from flows.settings import Settings

LEAST_PYTHON, MOST_PYTHON = (3, 11), (3, 13)
MARKS = {"ok": "baik", "warning": "perhatian", "error": "salah"}
NAMES = {
    "settings": "setelan",
    "home": "folder data",
    "contact": "kontak",
    "database": "basis data",
    "catalogue": "katalog",
    "gazetteer": "gazetir",
    "recipients": "penerima",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and for what is not well what to do."""

    what: str
    level: Literal["ok", "warning", "error"]
    seen: str
    mend: str = ""


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Look at settings, disk, database, catalogue, model, ports; end with 1 where something is wrong."""
    from flows.settings import Settings

    say = speaker("en") if as_json else speaker_of(ctx)  # machines compare it
    try:
        settings = Settings.from_environ()
    except KentonganError as error:
        findings = [
            Finding("settings", "error", reword(say, str(error)), say("perbaiki setelan itu", "mend that setting"))
        ]
    else:
        findings = list(examine(settings, say))
    findings += unknown_variables(os.environ, say)
    if as_json:
        write_json([{"what": one.what, "level": one.level, "seen": one.seen, "mend": one.mend} for one in findings])
    else:
        for one in findings:
            mark, what = say(MARKS[one.level], one.level), say(NAMES.get(one.what, one.what), one.what)
            click.echo(f"[{mark:>9}] {what}: {one.seen}" + (f"\n{'':12}-> {one.mend}" if one.mend else ""))
    return 1 if any(one.level == "error" for one in findings) else 0


def examine(settings: Settings, say: Callable[[str, str], str]) -> Iterator[Finding]:
    """Yield a finding for everything that an installation needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = LEAST_PYTHON <= sys.version_info[:2] <= MOST_PYTHON
    yield Finding(
        "Python",
        "ok" if fits else "error",
        version,
        "" if fits else say("pakai Python 3.11–3.13", "use Python 3.11 to 3.13"),
    )
    yield _home(settings.home, settings.min_free_mb, say)
    yield _contact(settings, say)
    yield _checked("database", settings.database_url.rpartition("@")[2], lambda: _open(settings), say)
    yield _checked("catalogue", str(settings.user_catalogue), lambda: _catalogue(settings), say)
    yield _checked("model", str(settings.model_dir or say("yang dipakai", "in use")), lambda: _model(settings), say)
    yield _checked("gazetteer", say("bawaan", "shipped"), _gazetteer, say)
    yield from recipients_checked(settings, os.environ, say)
    for name, host, port in (
        ("desk", settings.desk_host, settings.desk_port),
        ("Prefect", "127.0.0.1", settings.prefect_port),
    ):
        yield _port(name, host, port, say)
    if settings.desk_host not in {"127.0.0.1", "localhost", "::1"}:
        yield Finding(
            "desk",
            "warning",
            say(f"dapat dibuka dari jaringan ({settings.desk_host})", f"open to the network ({settings.desk_host})"),
            say(
                "kata sandi jangan lewat jaringan terbuka; pasang HTTPS di depannya, atau biarkan di 127.0.0.1",
                "passwords must not cross a network in the clear; put HTTPS before it, or leave it on 127.0.0.1",
            ),
        )


def recipients_checked(
    settings: Settings, environ: Mapping[str, str], say: Callable[[str, str], str]
) -> Iterator[Finding]:
    """Yield what keeps alerts from those who are to get them; nothing where nobody is."""
    from data.delivering import ENV, is_reference
    from flows.tools import open_store

    try:
        with open_store(settings) as store:
            recipients, parked = store.recipients.all(), store.deliveries.counts().get("parked", 0)
    except KentonganError:
        return  # the line of the database says it
    if not recipients:
        return
    yield Finding("recipients", "ok", str(len(recipients)))
    mailed = sum(one.channel == "surel" and one.active for one in recipients)
    if mailed and not settings.mail_server:
        seen = say(f"{mailed} lewat surel, tanpa server surel", f"{mailed} by mail, and there is no mail server")
        mend = say("setel", "set") + " KENTONGAN_MAIL_SERVER, KENTONGAN_MAIL_FROM"
        yield Finding("recipients", "error", seen, mend)
    values = [value for one in recipients if one.active for value in (one.target, one.secret) if is_reference(value)]
    for name in sorted({value.removeprefix(ENV) for value in values}):
        if not environ.get(name):
            seen = say(f"variabel {name} belum disetel", f"the variable {name} is not set")
            mend = say(
                "setel di lingkungan `kentongan up`, atau simpan nilainya dengan kentongan recipient edit",
                "set it where `kentongan up` runs, or keep the value with kentongan recipient edit",
            )
            yield Finding("recipients", "error", seen, mend)
    if parked:
        seen = say(f"{parked} kiriman tidak sampai dan diparkir", f"{parked} deliveries were given up and are parked")
        mend = say("lihat kentongan deliver parked", "see kentongan deliver parked")
        yield Finding("recipients", "warning", seen, mend)


def unknown_variables(environ: Mapping[str, str], say: Callable[[str, str], str]) -> list[Finding]:
    """Return a warning for each KENTONGAN_* variable that nothing reads: a typing error is silent otherwise."""
    from difflib import get_close_matches

    from flows.settings import HOLDER, KNOWN_VARIABLES, PREFIX

    endings = [name.removeprefix(PREFIX) for name in sorted(KNOWN_VARIABLES - {HOLDER})]
    names = ", ".join(PREFIX + ending for ending in endings)
    found = []
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in KNOWN_VARIABLES):
        near = get_close_matches(name.removeprefix(PREFIX), endings, n=1)  # the prefix alone would be near to any
        mend = (
            say(f"mungkin maksudnya {PREFIX}{near[0]}?", f"did you mean {PREFIX}{near[0]}?")
            if near
            else say(f"yang ada: {names}", f"there are {names}")
        )
        found.append(Finding(name, "warning", say("setelan ini tidak dikenal", "no such setting"), mend))
    return found


def _home(home: Path, least_mb: int, say: Callable[[str, str], str]) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(
            "home",
            "error",
            reword(say, f"{home}: {error.strerror}"),
            say("setel KENTONGAN_HOME ke folder yang boleh ditulis", "set KENTONGAN_HOME to a folder you may write"),
        )
    free = shutil.disk_usage(home).free // 1_000_000
    if free < least_mb:
        mend = say("kosongkan ruang; di bawah itu tidak ada yang dibaca", "make room; below that nothing is read")
        return Finding("home", "error", reword(say, f"{home}: {free} MB free, {least_mb} needed"), mend)
    return Finding("home", "ok", reword(say, f"{home} ({free:,} MB free)"))


def _contact(settings: Settings, say: Callable[[str, str], str]) -> Finding:
    if settings.contact:
        return Finding("contact", "ok", settings.user_agent)
    return Finding(
        "contact",
        "warning",
        say("situs tidak tahu siapa yang membaca mereka", "sites cannot tell who reads them"),
        say(
            "setel KENTONGAN_CONTACT ke alamat surel atau situs desk Anda",
            "set KENTONGAN_CONTACT to your desk's mail address or site",
        ),
    )


def _checked(what: str, where: str, look: Callable[[], str], say: Callable[[str, str], str]) -> Finding:
    """Return what ``look`` says, or the sentence of its error, which says what to do."""
    try:
        seen = look()
    except KentonganError as error:
        return Finding(what, "error", reword(say, str(error)))
    return Finding(what, "ok", f"{where}: {reword(say, seen)}")


def _open(settings: Settings) -> str:
    from data.errors import StoreSchemaError
    from flows.tools import open_store

    with open_store(settings) as store:
        problems = store.integrity_check()
        if problems:
            raise StoreSchemaError("; ".join(problems[:3]))
        return f"{store.articles.count()} articles"


def _catalogue(settings: Settings) -> str:
    from flows.tools import load_sources

    sources = load_sources(settings)
    return f"{len(sources)} sources, {sum(source.enabled for source in sources)} enabled"


def _model(settings: Settings) -> str:
    from data.errors import StoreError
    from flows.tools import desk_calendar, load_assessor

    try:
        calendar = desk_calendar(settings)
    except StoreError:
        calendar = None  # the line of the database says what is wrong with it; the model is looked at all the same
    assessor = load_assessor(settings, calendar=calendar)
    return f"{assessor.model_version}, rules {assessor.rules_version}"


def _gazetteer() -> str:
    from data.gazetteer import load_gazetteer

    return f"{len(load_gazetteer()):,} units"


def _port(name: str, host: str, port: int, say: Callable[[str, str], str]) -> Finding:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            seen = reword(say, f"{host}:{port}: {error.strerror or error}")
            mend = say(
                "mungkin `kentongan up` sedang berjalan; kalau tidak, ganti port",
                "maybe `kentongan up` is running; if not, take another port",
            )
            return Finding(f"port {name}", "warning", seen, mend)
    return Finding(f"port {name}", "ok", reword(say, f"{host}:{port} free"))
