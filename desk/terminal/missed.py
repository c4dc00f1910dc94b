"""``kentongan missed``: single cases of what may have been missed, to be looked at by analysts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from classifiers.missed import Absence, Story
    from data.gazetteer import Gazetteer
    from data.records import Incident

    Say = Callable[[str, str], str]


@click.command(name="missed")
@click.option("--days", type=click.IntRange(1, 30), default=3, show_default=True, help="The last days that count.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="At most so many stories.")
@click.option("--queue", is_flag=True, help="Put these stories into the labelling queue, for two persons each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, days: int, limit: int, *, queue: bool, as_json: bool) -> int:
    """List stories that several outlets report and nobody flagged, and incidents that a source did not report.

    A story counts where three independent outlets or more tell it, each in its own words, of one kabupaten or kota; the
    ones nearest to being flagged and with the most words of danger stand first. Meetings and sport are to be expected
    further down. A source is named where three others report an incident from a region that it covers, and it answers.

    The share of what was missed is estimated by kentongan label audit, from articles drawn by lot; here are single
    cases.
    """
    from datetime import timedelta

    from data.gazetteer import load_gazetteer
    from data.taxonomy import load_taxonomy
    from flows.missed import MissedTools, missed_stories, queue_stories, silent_sources
    from flows.settings import Settings
    from flows.tools import load_sources, open_store, utc_now

    settings, say, now = Settings.from_environ(), speaker_of(ctx), utc_now()
    sources = {source.id: source for source in load_sources(settings)}
    with open_store(settings) as store:
        tools = MissedTools(store, sources, load_gazetteer(), load_taxonomy())
        found = missed_stories(tools, now - timedelta(days=days), now)[:limit]
        silent, incidents = silent_sources(tools, now - timedelta(days=days), now)
        queued = queue_stories(tools, found, now) if queue else 0
    if as_json:
        write_json(
            {
                "stories": [_story_record(one) for one in found],
                "sources": [
                    {"source": one.source_id, "missed": list(one.missed), "expected": one.expected} for one in silent
                ],
                "queued": queued,
            }
        )
        return 0
    _show_stories(found, tools.gazetteer, say)
    _show_silent(silent, incidents, say)
    click.echo(
        say(
            f"{len(found)} cerita tidak ditandai, {len(silent)} sumber tidak memberitakan kejadian di wilayahnya",
            f"{len(found)} stories not flagged, {len(silent)} sources that did not report an incident of their region",
        )
    )
    if queue:
        click.echo(say(f"{queued} masuk antrean label", f"{queued} are new in the labelling queue"))
    return 0


def _story_record(one: Story) -> dict[str, Any]:
    return {
        "region": one.region,
        "title": one.title,
        "article": one.best,
        "articles": list(one.article_ids),
        "sources": list(one.source_ids),
        "voices": one.voices,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "flag_score": round(one.flag_score, 4),
        "danger": round(one.danger, 2),
        "score": round(one.score, 4),
    }


def _show_stories(found: Sequence[Story], gazetteer: Gazetteer, say: Say) -> None:
    rows = [
        {
            say("artikel", "article"): one.best,
            say("wilayah", "region"): gazetteer.name(one.region) if one.region in gazetteer else one.region,
            say("judul", "title"): one.title,
            say("media", "outlets"): one.voices,
            say("skor tanda", "flag score"): f"{one.flag_score:.2f}",
            say("kata bahaya", "danger words"): f"{one.danger:.1f}",
            say("sumber", "sources"): one.source_ids,
        }
        for one in found
    ]
    if rows:
        show(rows, title=say("Diberitakan beberapa media, tidak ditandai", "Reported by several outlets, not flagged"))


def _show_silent(silent: Sequence[Absence], incidents: Mapping[int, Incident], say: Say) -> None:
    rows = [
        {
            say("sumber", "source"): one.source_id,
            say("terlewat", "missed"): f"{len(one.missed)}/{one.expected}",
            say("kejadian", "incidents"): "; ".join(f"{number} {incidents[number].title}" for number in one.missed[:3]),
        }
        for one in silent
    ]
    if rows:
        show(
            rows,
            title=say(
                "Tiga media lain memberitakan, sumber ini tidak", "Three others reported it, this source did not"
            ),
        )
