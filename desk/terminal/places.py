"""``kentongan places``: what persons say of the places of articles, and the names that come of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from data.gazetteer import Gazetteer
    from data.taught_places import CorrectionKind
    from flows.teaching import Proposal, TeachTools

    Say = Callable[[str, str], str]


@click.group(name="places")
def command() -> None:
    """Correct the places of articles, and teach names of places.

    A correction says what a name means in one article, or where its event happened. It is an example: every name that
    is taught later is tried on it. A name that was corrected can be adopted, for all articles to come: its trial shows
    whether it helps and harms nothing. NAME of a person is whoever decides, the same one each time.
    """


@command.command(name="correct")
@click.argument("article", type=click.IntRange(min=1))
@click.argument("name")
@click.argument("codes", nargs=-1)
@click.option("--none", "not_a_place", is_flag=True, help="The name is no place here.")
@click.option("--as", "person", metavar="NAME", required=True, help="Who says so.")
@click.option("--note", default="", help="Why.")
@click.pass_context
def correct_command(
    ctx: click.Context, article: int, name: str, codes: tuple[str, ...], person: str, note: str, *, not_a_place: bool
) -> None:
    """Say that NAME, as it stands in ARTICLE, means the units of CODES (such as 13.12.03)."""
    if bool(codes) == not_a_place:
        raise click.UsageError("give CODES or --none, one of the two")
    _keep(article, "nama", codes, person, note, speaker_of(ctx), name=name)


@command.command(name="event")
@click.argument("article", type=click.IntRange(min=1))
@click.argument("codes", nargs=-1)
@click.option("--none", "nowhere", is_flag=True, help="The article tells of no event at a place.")
@click.option("--as", "person", metavar="NAME", required=True, help="Who says so.")
@click.option("--note", default="", help="Why.")
@click.pass_context
def event_command(
    ctx: click.Context, article: int, codes: tuple[str, ...], person: str, note: str, *, nowhere: bool
) -> None:
    """Say that the event of ARTICLE happened in CODES, the finest units that are known."""
    if bool(codes) == nowhere:
        raise click.UsageError("give CODES or --none, one of the two")
    _keep(article, "kejadian", codes, person, note, speaker_of(ctx))


def _keep(
    article: int, kind: CorrectionKind, codes: Sequence[str], person: str, note: str, say: Say, *, name: str = ""
) -> None:
    from data.errors import UnknownItemError
    from data.taught_places import PlaceCorrection

    with _tools() as tools:
        for code in codes:
            tools.locator.gazetteer.unit(code)  # raises where there is none
        stored = tools.store.articles.get(article)
        if stored is None:
            raise UnknownItemError("article", article)
        tools.store.place_corrections.add(
            PlaceCorrection(article, stored.revision, person, tools.clock(), kind, tuple(codes), name, note)
        )
        told = _units(codes, tools.locator.gazetteer)
    nothing = say("bukan tempat", "no place") if kind == "nama" else say("tanpa tempat kejadian", "no event place")
    click.echo(say(f"dicatat untuk artikel {article}: ", f"kept for article {article}: ") + (told or nothing))


@command.command(name="corrections")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line per correction.")
@click.pass_context
def corrections_command(ctx: click.Context, *, as_json: bool) -> None:
    """List the corrections that count, those of reviews included."""
    say = speaker_of(ctx)
    with _tools() as tools:
        found = tools.store.place_corrections.all()
        units = {one: _units(one.codes, tools.locator.gazetteer) for one in found}
    if as_json:
        write_json([_facts(one) for one in found])
        return
    show(
        [
            {
                say("artikel", "article"): one.article_id,
                say("tentang", "about"): one.name or say("tempat kejadian", "event place"),
                say("tempat", "place"): units[one] or "–",
                say("oleh", "by"): one.person,
                say("pada", "at"): f"{one.at:%Y-%m-%d %H:%M}",
                say("catatan", "note"): one.note,
            }
            for one in found
        ],
        columns=None if found else [say("artikel", "article"), say("tempat", "place")],
    )


@command.command(name="proposals")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def proposals_command(ctx: click.Context, *, as_json: bool) -> None:
    """Try every corrected name and show what it would help and harm."""
    from flows.teaching import proposals

    say = speaker_of(ctx)
    with _tools() as tools:
        found = proposals(tools)
        units = [_units(one.codes, tools.locator.gazetteer) for one in found]
    if as_json:
        write_json([_proposal_facts(one) for one in found])
        return
    if not found:
        click.echo(say("tidak ada usulan", "there are no proposals"))
        return
    show([_proposal_row(one, unit, say) for one, unit in zip(found, units, strict=True)])


@command.command(name="adopt")
@click.argument("name")
@click.argument("codes", nargs=-1)
@click.option("--as", "person", metavar="NAME", required=True, help="Who decides.")
@click.pass_context
def adopt_command(ctx: click.Context, name: str, codes: tuple[str, ...], person: str) -> None:
    """Take a corrected NAME into use for all articles, if its trial speaks for it.

    CODES are its units, where they are to be others than the corrections say. What was judged before is judged anew
    in the background.
    """
    from flows.teaching import adopt

    say = speaker_of(ctx)
    with _tools() as tools:
        for code in codes:
            tools.locator.gazetteer.unit(code)
        decision = adopt(tools, name, person, codes or None)
        told = _units(decision.codes, tools.locator.gazetteer)
    meaning = told or say("bukan tempat tanpa kata wilayah", "no place without an administrative word")
    click.echo(say(f'"{decision.name}" dipakai: ', f'"{decision.name}" is in use: ') + meaning)
    click.echo(reword(say, decision.why))


@command.command(name="withdraw")
@click.argument("name")
@click.option("--as", "person", metavar="NAME", required=True, help="Who decides.")
@click.option("--reason", default="", help="Why.")
@click.pass_context
def withdraw_command(ctx: click.Context, name: str, person: str, reason: str) -> None:
    """Take a taught NAME out of use again."""
    from flows.teaching import withdraw

    say = speaker_of(ctx)
    with _tools() as tools:
        decision = withdraw(tools, name, person, reason)
    click.echo(say(f'"{decision.name}" tidak dipakai lagi', f'"{decision.name}" is no longer in use'))


@command.command(name="taught")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def taught_command(ctx: click.Context, *, as_json: bool) -> None:
    """List the names that were taught, with every decision on them."""
    from flows.teaching import decisions

    say = speaker_of(ctx)
    with _tools() as tools:
        found = decisions(tools)
        units = [_units(one.codes, tools.locator.gazetteer) for one in found]
    if as_json:
        write_json(
            [
                {
                    "name": one.name,
                    "codes": one.codes,
                    "state": one.state,
                    "by": one.by,
                    "at": one.at.isoformat(),
                    "why": one.why,
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo(say("belum ada nama yang diajarkan", "no names were taught yet"))
        return
    show(
        [
            {
                say("nama", "name"): one.name,
                say("tempat", "place"): unit or "–",
                say("keputusan", "decision"): one.state,
                say("oleh", "by"): one.by,
                say("pada", "at"): f"{one.at:%Y-%m-%d %H:%M}",
                say("alasan", "why"): reword(say, one.why),
            }
            for one, unit in zip(found, units, strict=True)
        ]
    )


@command.command(name="export")
@click.pass_context
def export_command(ctx: click.Context) -> None:  # noqa: ARG001  # click hands it to every command
    """Write the corrected articles to standard output, a line of JSON each: examples for learning and for tests."""
    import json

    with _tools() as tools:
        from flows.teaching import examples

        for row in examples(tools):
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _tools() -> AbstractContextManager[TeachTools]:
    from flows.settings import Settings
    from flows.tools import teach_tools

    return teach_tools(Settings.from_environ())


def _units(codes: Sequence[str], gazetteer: Gazetteer) -> str:
    return ", ".join(f"{gazetteer.name(code)} ({code})" if code in gazetteer else code for code in codes)


def _facts(one: Any) -> dict[str, Any]:
    return {
        "article": one.article_id,
        "revision": one.revision,
        "kind": one.kind,
        "name": one.name,
        "codes": one.codes,
        "person": one.person,
        "at": one.at.isoformat(),
        "note": one.note,
    }


def _proposal_facts(one: Proposal) -> dict[str, Any]:
    trial = one.trial
    return {
        "name": one.name,
        "codes": one.codes,
        "articles": one.articles,
        "persons": one.persons,
        "helped": trial.helped,
        "harmed": trial.harmed,
        "met": trial.met,
        "moved": trial.moved,
        "lower": trial.lower,
        "provinced": trial.provinced,
        "elsewhere": trial.elsewhere,
        "objections": one.objections,
    }


def _proposal_row(one: Proposal, units: str, say: Say) -> dict[str, Any]:
    trial = one.trial
    verdict = "; ".join(reword(say, sentence) for sentence in one.objections)
    return {
        say("nama", "name"): one.name,
        say("tempat", "place"): units or say("bukan tempat", "no place"),
        say("artikel", "articles"): one.articles,
        say("orang", "persons"): one.persons,
        say("membantu", "helps"): len(trial.helped),
        say("merusak", "harms"): len(trial.harmed),
        say("artikel lain", "other articles"): trial.met,
        say("keberatan", "objections"): verdict or say("tidak ada: dapat dipakai", "none: it can be adopted"),
    }
