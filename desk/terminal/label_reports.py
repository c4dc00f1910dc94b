"""What labels come to: agreement, disputes, what the flag misses, and drift."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.label_words import fields_of, label_line
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import DriftLook
    from models.agreement import Figure, Pair
    from models.measurement import Interval

    Say = Callable[[str, str], str]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def agreement(ctx: click.Context, *, as_json: bool) -> int:
    """Show how far the persons agree: Cohen's kappa and raw agreement, by modality and signal, with 95 % intervals.

    With more than two persons also Krippendorff's alpha over all of them. Kappa from 0.6 on counts as substantial.
    """
    from flows.labelling import label_agreement

    say = speaker_of(ctx)
    with _tools() as tools:
        found = label_agreement(tools)
    if as_json:
        write_json(_finite(asdict(found)))
        return 0
    if not found.pairs:
        click.echo(say("Belum ada teks yang diberi label oleh dua orang.", "No text was labelled by two persons yet."))
        return 0
    for pair in found.pairs:
        rows = [_agreement_row(say("modalitas", "modality"), pair.modality, say)]
        rows += [_agreement_row(slug, figure, say) for slug, figure in pair.signals.items()]
        title = say(f"{pair.first} dan {pair.second}: {pair.n} teks", f"{pair.first} and {pair.second}: {pair.n} texts")
        show(rows, title=title)
        _show_confusion(pair, say)
    if found.alpha:
        rows = [
            {say("hal", "subject"): name, "alpha": _interval(value), "n": value.n}
            for name, value in found.alpha.items()
        ]
        show(rows, title=say("Krippendorff alpha, semua orang", "Krippendorff's alpha, all persons"))
    else:
        click.echo(
            say(
                "Hanya dua orang: kappa sudah cukup, alpha tidak dihitung.",
                "Only two persons: kappa says it all, alpha is not computed.",
            )
        )
    return 0


def _agreement_row(name: str, figure: Figure, say: Say) -> dict[str, Any]:
    return {
        say("hal", "subject"): name,
        "n": figure.n,
        say("sepakat", "agree"): f"{figure.raw:.0%}",
        "kappa": _interval(figure.kappa),
        say("menyatakan", "assert"): f"{figure.first} / {figure.second}" if figure.first or figure.second else "",
    }


def _show_confusion(pair: Pair, say: Say) -> None:
    from data.records import Modality

    kinds = [str(kind) for kind in Modality]
    used = [at for at in range(len(kinds)) if any(pair.confusion[at]) or any(row[at] for row in pair.confusion)]
    rows = [
        {f"{pair.first} ↓ {pair.second} →": kinds[at], **{kinds[to]: pair.confusion[at][to] for to in used}}
        for at in used
    ]
    show(rows, title=say("Modalitas yang satu terhadap yang lain", "One's modality against the other's"))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def conflicts(ctx: click.Context, *, as_json: bool) -> int:
    """Show the articles whose labels differ and that nobody has decided; they train nothing until then."""
    say = speaker_of(ctx)
    with _tools() as tools:
        found = tools.store.labels.conflicts()
        titles = {one.id: one.article.title for one in tools.store.articles.many([one.article_id for one in found])}
    if as_json:
        write_json(
            [
                {
                    "article": one.article_id,
                    "revision": one.revision,
                    "title": titles[one.article_id],
                    "labels": [fields_of(label) for label in one.resolution.labels],
                }
                for one in found
            ]
        )
        return 0
    rows = [
        {
            say("artikel", "article"): one.article_id,
            say("judul", "title"): titles[one.article_id],
            say("label", "labels"): "\n".join(
                f"{label.annotator}: {label_line(label, say)}" for label in one.resolution.labels
            ),
        }
        for one in found
    ]
    if rows:
        show(rows)
        hint = "kentongan label adjudicate ARTICLE --as NAME --modality …"
        click.echo(say(f"Orang ketiga memutuskan: {hint}", f"A third person decides: {hint}"))
    else:
        click.echo(say("Tidak ada label yang bertentangan.", "No labels are in dispute."))
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def audit(ctx: click.Context, *, as_json: bool) -> int:
    """Estimate what was missed: the share of unflagged articles that should have been flagged, with its interval.

    From the texts of the queue that were drawn by lot, each weighted by its chance (Horvitz and Thompson).
    """
    from flows.labelling import missed_share

    say = speaker_of(ctx)
    with _tools() as tools:
        found = missed_share(tools)
    if as_json:
        write_json(None if found is None else _finite(asdict(found)))
        return 0
    if found is None:
        click.echo(
            say(
                "Belum ada teks undian yang berlabel: isi antrean dengan kentongan label queue, lalu beri label.",
                "No text drawn by lot is labelled yet: fill the queue with kentongan label queue, then label.",
            )
        )
        return 0
    count, recall = found.count, found.recall
    part, most = _percents(found.share, say), _percents(recall, say)
    click.echo(
        say(
            f"{found.labelled} dari {found.drawn} teks undian sudah diputuskan; {found.missed} seharusnya ditandai.",
            f"{found.labelled} of {found.drawn} texts drawn by lot are decided; {found.missed} should be flagged.",
        )
    )
    click.echo(
        say(
            f"Terlewat: {part[0]} dari {found.covered} artikel yang tidak ditandai (95 %: {part[1]} "
            f"sampai {part[2]}), kira-kira {count.value:.0f} artikel ({count.low:.0f} sampai {count.high:.0f}).",
            f"Missed: {part[0]} of {found.covered} unflagged articles (95 %: {part[1]} to "
            f"{part[2]}), that is about {count.value:.0f} articles ({count.low:.0f} to {count.high:.0f}).",
        )
    )
    if recall.known:
        click.echo(
            say(
                f"Bila ke-{found.flagged} yang ditandai semuanya benar, {most[0]} dari yang penting ditemukan "
                f"({most[1]} sampai {most[2]}).",
                f"If all {found.flagged} that were flagged are right, {most[0]} of what matters was found "
                f"({most[1]} to {most[2]}).",
            )
        )
    if found.covered < found.frame:
        click.echo(
            say(
                f"Dari {found.frame - found.covered} artikel lain belum ada teks undian yang diputuskan.",
                f"Of {found.frame - found.covered} other articles no text drawn by lot is decided yet.",
            )
        )
    return 0


@click.command()
@click.option("--now", "look_now", is_flag=True, help="Take a look now (the flow drift takes one a week).")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=1, show_default=True, help="The last looks, at most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def drift(ctx: click.Context, limit: int, *, look_now: bool, as_json: bool) -> int:
    """Show whether the news, the model's scores and the desk's corrections are as they were.

    The last week, and the last four together, are held against twelve weeks before of the same stage of the election.
    An alarm needs a change that is beyond chance and large enough to matter; news that has not changed raises one in
    fewer than one of a hundred looks. Ends with 1 where the last look has an alarm.
    """
    from flows.drift import drift_tools, rows_of, take_look
    from flows.settings import Settings
    from flows.tools import open_store

    say, settings = speaker_of(ctx), Settings.from_environ()
    if look_now:
        with drift_tools(settings) as tools:
            take_look(tools)
    with open_store(settings) as store:
        looks = store.drift.recent(limit)
    if as_json:
        write_json([asdict(look) | {"alarm": look.alarm} for look in looks])
        return 1 if looks and looks[0].alarm else 0
    if not looks:
        click.echo(
            say(
                "Belum pernah dilihat: kentongan label drift --now melihat sekarang.",
                "No look was taken yet: kentongan label drift --now takes one.",
            )
        )
        return 0
    for look in looks:
        show(rows_of(look), title=_look_title(look, say))
        if look.stage_changed:
            click.echo(
                say(
                    "Tahapan pemilihan berganti: masukan dan skor boleh berbeda, dan tidak menyalakan tanda waspada.",
                    "The stage of the election has changed: inputs and scores may differ, and raise no alarm.",
                )
            )
    return 1 if looks[0].alarm else 0


def _look_title(look: DriftLook, say: Say) -> str:
    stage = look.stage or say("di luar tahapan", "outside all stages")
    state = say("seperti biasa", "as usual")
    if look.alarm:
        state = say("WASPADA", "ALARM")
    elif all(finding.p_value is None for finding in look.findings):
        state = say("belum cukup data, tidak ada yang diuji", "too little to go by, nothing was tested")
    days = f"{look.since:%Y-%m-%d} – {look.until:%Y-%m-%d}"
    weeks = say(f"terhadap {look.weeks} pekan", f"against {look.weeks} weeks")
    return f"{days} {weeks}, {stage}, model {look.model_version}: {state}"


def _tools() -> Any:
    from flows.labelling import label_tools
    from flows.settings import Settings

    return label_tools(Settings.from_environ())


def _interval(interval: Interval) -> str:
    if not interval.known:
        return "–"
    if math.isnan(interval.low):
        return f"{interval.value:.2f}"
    return f"{interval.value:.2f} ({interval.low:.2f} … {interval.high:.2f})"


def _percents(interval: Interval, say: Say) -> tuple[str, str, str]:
    """Return a share and the ends of its interval in percent, written as the language writes numbers."""
    shown = [f"{100 * value:.1f} %" for value in (interval.value, interval.low, interval.high)]
    value, low, high = [say(text.replace(".", ","), text) for text in shown]
    return value, low, high


def _finite(value: Any) -> Any:
    """Return a value with None for what is no number: JSON has none for it."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
