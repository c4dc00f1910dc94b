"""Timeline, 5W1H and what was seen when of one incident, as lines and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from feeds.items import AlertItem
    from flows.incident_view import IncidentView

    Say = Callable[[str, str], str]

KINDS: Final = {
    "laporan_pertama": ("laporan pertama", "first report"),
    "salinan": ("salinan", "copy"),
    "konfirmasi": ("laporan sumber lain yang independen", "report of another independent source"),
    "laporan_lain": ("laporan lain", "further report"),
    "ralat": ("ralat", "correction"),
    "klarifikasi": ("klarifikasi atau bantahan", "clarification or denial"),
    "penangkapan": ("perkembangan: penangkapan", "follow-up: arrest"),
    "tersangka": ("perkembangan: penetapan tersangka", "follow-up: suspect named"),
    "pemeriksaan": ("perkembangan: pemeriksaan", "follow-up: inquiry"),
    "sidang": ("perkembangan: sidang", "follow-up: hearing"),
    "putusan": ("perkembangan: putusan", "follow-up: verdict"),
    "penghentian": ("perkembangan: dihentikan", "follow-up: discontinued"),
    "penanganan": ("perkembangan: penanganan", "follow-up: handling"),
    "konteks": ("konteks", "context"),
}
QUESTIONS: Final = {
    "siapa": ("Siapa", "Who"),
    "apa": ("Apa", "What"),
    "di_mana": ("Di mana", "Where"),
    "bilamana": ("Bilamana", "When"),
    "mengapa": ("Mengapa", "Why"),
    "bagaimana": ("Bagaimana", "How"),
}
STEPS: Final = {
    "terbit": ("terbit", "published"),
    "terlihat": ("pertama terbaca", "first read"),
    "ditandai": ("ditandai mesin", "flagged"),
    "dibuka": ("kejadian dibuka", "incident opened"),
    "ditinjau": ("pertama ditinjau", "first reviewed"),
    "diperingatkan": ("peringatan dikirim", "alert raised"),
}


def print_view(view: IncidentView, item: AlertItem, say: Say) -> None:
    """Print what is known of an incident beyond its alert."""
    click.echo(say("\n5W1H (sejauh disebut berita):", "\n5W1H (as far as the articles say):"))
    for question, answers in view.answers.items():
        name = say(*QUESTIONS[question])
        if not answers:
            click.echo(f"  {name}: " + say("tidak disebut", "not said"))
            continue
        cited = sorted({answer.article_id for answer in answers})
        where = say("artikel ", "article ") + ", ".join(map(str, cited))
        click.echo(f"  {name}: {'; '.join(answer.text for answer in answers)} [{where}]")
    click.echo(
        say(
            f"\nGaris waktu ({len(view.steps)} artikel, {view.copies} salinan, {view.witnesses} sumber independen):",
            f"\nTimeline ({len(view.steps)} articles, {view.copies} copies, {view.witnesses} independent sources):",
        )
    )
    for step in view.steps:
        kind = say(*KINDS[step.kind])
        of = say(f" dari artikel {step.of}", f" of article {step.of}") if step.of is not None else ""
        gone = say(" (ditarik)", " (withdrawn)") if step.withdrawn else ""
        outlet = view.outlets.get(step.article_id, step.source_id)
        click.echo(f"  {item.shown(step.at)}  [{step.article_id}] {outlet}: {kind}{of}{gone}")
    click.echo(say("\nApa terlihat kapan:", "\nWhat was seen when:"))
    first = "terbit" if view.seen.terbit is not None else "terlihat"
    click.echo(f"  {item.shown(getattr(view.seen, first))}  {say(*STEPS[first])}")
    for leg in view.legs:
        since = say(*STEPS[leg.since])
        click.echo(
            f"  {item.shown(leg.at)}  {say(*STEPS[leg.until])}: "
            + say(f"{took(leg.took, say)} sejak {since}", f"{took(leg.took, say)} since {since}")
        )
    if view.merged:
        numbers = ", ".join(map(str, view.merged))
        click.echo(say(f"\nKejadian yang digabung ke sini: {numbers}", f"\nIncidents merged into this: {numbers}"))


def took(length: timedelta, say: Say) -> str:
    """Return a duration in its two greatest units; one below zero is an error of a clock or zone, and says so."""
    seconds = round(abs(length.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        (days, say("hari", "d")),
        (hours, say("jam", "h")),
        (minutes, say("menit", "min")),
        (seconds, say("detik", "s")),
    ]
    shown = [f"{count} {unit}" for count, unit in parts if count][:2] or [say("0 detik", "0 s")]
    wrong = say(" lebih awal (jam atau zona keliru)", " earlier (a clock or zone is wrong)")
    return " ".join(shown) + (wrong if length.total_seconds() < 0 else "")


def view_facts(view: IncidentView) -> dict[str, Any]:
    """Return what is known of an incident beyond its alert, as JSON has it; durations in seconds."""
    return {
        "5w1h": {question: [asdict(answer) for answer in answers] for question, answers in view.answers.items()},
        "garis_waktu": [
            {
                "artikel": step.article_id,
                "sumber": step.source_id,
                "pada": step.at.isoformat(),
                "jenis": step.kind.value,
                "dari": step.of,
                "isyarat": step.cue,
                "ditarik": step.withdrawn,
            }
            for step in view.steps
        ],
        "salinan": view.copies,
        "sumber_independen": view.witnesses,
        "terlihat": {
            step: moment.isoformat() if (moment := getattr(view.seen, step)) is not None else None for step in STEPS
        },
        "lama": [
            {"dari": leg.since, "sampai": leg.until, "detik": round(leg.took.total_seconds(), 3)} for leg in view.legs
        ],
        "gabungan_dari": list(view.merged),
    }
