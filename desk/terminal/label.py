"""``kentongan label``: articles to persons, their labels back, and what these come to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.label_files import export_command, import_command
from desk.terminal.label_reports import agreement, audit, conflicts, drift
from desk.terminal.label_words import (
    REASONS,
    answer_options,
    answered,
    ask,
    fields_of,
    label_line,
    print_text,
    text_facts,
)
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import LabelTask
    from flows.labelling import LabelTools

    Say = Callable[[str, str], str]

SIZE = 20
"""The same as `flows.labelling.SIZE`, which help must not import."""


@click.group(name="label")
def command() -> None:
    """Label articles: what is to be labelled, who says what, and what it comes to.

    Two persons label each text, neither seeing what the other said; where they differ a third decides with adjudicate.
    What is decided trains the model (see kentongan model retrain). NAME is whoever labels, the same one each time.
    """


@command.command(name="queue")
@click.option("--size", type=click.IntRange(0, 1000), default=SIZE, show_default=True, help="Texts to have open.")
@click.option("--persons", type=click.IntRange(1, 5), default=2, show_default=True, help="How many label each new one.")
@click.option("--as", "annotator", metavar="NAME", help="Show only what NAME has not labelled or passed over.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def queue_command(ctx: click.Context, size: int, persons: int, annotator: str | None, *, as_json: bool) -> int:
    """Fill the queue and show it, each text with why it was chosen.

    Chosen are texts of which the model is unsure, on which cues and model differ, and which may have a rare signal; a
    fifth is drawn by lot from what was not flagged, to know what is missed (see audit). --size 0 only shows. The
    reasons say what the model thinks: whoever labels had better not read them first.
    """
    from flows.labelling import fill_queue

    say = speaker_of(ctx)
    with _tools() as tools:
        filled = fill_queue(tools, size, wanted=persons)
        waiting = tools.store.label_tasks.queue(annotator)
        titles = {one.id: one.article for one in tools.store.articles.many([one.task.article_id for one in waiting])}
    if as_json:
        write_json(
            {
                "added": dict(filled.added),
                "open": filled.open,
                "tasks": [
                    {
                        "article": one.task.article_id,
                        "revision": one.task.revision,
                        "reason": one.task.reason,
                        "detail": one.task.detail,
                        "score": one.task.score,
                        "created": one.task.created.isoformat(),
                        "wanted": one.task.wanted,
                        "persons": one.persons,
                        "skipped": one.skipped,
                        "title": titles[one.task.article_id].title,
                        "source": titles[one.task.article_id].source_id,
                    }
                    for one in waiting
                ],
            }
        )
        return 0
    rows = [
        {
            say("artikel", "article"): one.task.article_id,
            say("alasan", "reason"): say(*REASONS[one.task.reason]),
            say("keterangan", "detail"): one.task.detail,
            say("orang", "persons"): f"{one.persons}/{one.task.wanted}",
            say("judul", "title"): titles[one.task.article_id].title,
            say("sumber", "source"): titles[one.task.article_id].source_id,
        }
        for one in waiting
    ]
    if rows:
        show(rows)
    new = sum(filled.added.values())
    click.echo(
        say(
            f"{len(rows)} teks menunggu label, {new} di antaranya baru",
            f"{len(rows)} texts wait for labels, {new} of them new",
        )
    )
    return 0


@command.command(name="next")
@click.option("--as", "annotator", metavar="NAME", required=True, help="Who labels.")
@answer_options
@click.option("--skip", is_flag=True, help="Pass over the text that was shown; it is not shown to NAME again.")
@click.option("--ask/--no-ask", default=None, help="Ask for the label here (default: where a person sits).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def next_command(
    ctx: click.Context, /, annotator: str, *, skip: bool, ask: bool | None, as_json: bool, **answer: Any
) -> int:
    """Show the next text to NAME and take her label of it.

    Asks one thing after the other; or shows the text, and a second call with --modality (and the rest), or --skip,
    answers for the text that was shown. What others said of it is not shown. Ends with 1 where nothing is left.
    """
    from data.errors import InputError

    say = speaker_of(ctx)
    with _tools() as tools:
        if skip or answer["modality"] is not None:
            task = tools.store.label_tasks.shown(annotator)
            if task is None:
                raise InputError(
                    f'nothing was shown to "{annotator}" yet; first call kentongan label next without a label'
                )
            if skip and answered(answer):
                raise click.UsageError("--skip and a label exclude one another", ctx)
            _settle(tools, task, annotator, None if skip else answer, say, as_json=as_json)
            return 0
        if answered(answer):
            raise click.UsageError("a label needs --modality", ctx)
        asking = not as_json and (sys.stdin.isatty() if ask is None else ask)
        return _show_next(tools, annotator, say, asking=asking, as_json=as_json)


@command.command(name="add")
@click.argument("article", type=click.IntRange(min=1))
@click.option("--as", "annotator", metavar="NAME", required=True, help="Who labels.")
@answer_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def add_command(ctx: click.Context, /, article: int, annotator: str, *, as_json: bool, **answer: Any) -> int:
    """Label ARTICLE, whether it is in the queue or not; NAME's last word on it counts."""
    return _label(ctx, article, annotator, answer, "label", as_json=as_json)


@command.command(name="adjudicate")
@click.argument("article", type=click.IntRange(min=1))
@click.option("--as", "annotator", metavar="NAME", required=True, help="Who decides: none of those who labelled it.")
@answer_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def adjudicate_command(ctx: click.Context, /, article: int, annotator: str, *, as_json: bool, **answer: Any) -> int:
    """Decide between the labels of ARTICLE that differ; without --modality the text and the labels are shown."""
    from data.errors import InputError
    from data.resolution import person_of

    say = speaker_of(ctx)
    if answer["modality"] is not None:
        return _label(ctx, article, annotator, answer, "adjudication", as_json=as_json)
    if answered(answer):
        raise click.UsageError("a label needs --modality", ctx)
    with _tools() as tools:
        found = next((one for one in tools.store.labels.conflicts() if one.article_id == article), None)
        if found is None:
            raise InputError(f"nothing is in dispute about article {article}; see kentongan label conflicts")
        if person_of(annotator) in {person_of(one.annotator) for one in found.resolution.labels}:
            raise InputError(
                f'"{annotator}" has labelled this article; a third person decides between the labels of two'
            )
        stored = _stored(tools, article, found.revision)
        if as_json:
            write_json(text_facts(stored) | {"labels": [fields_of(one) for one in found.resolution.labels]})
            return 0
        print_text(stored, say)
        for one in found.resolution.labels:
            click.echo(f"{one.annotator}: {label_line(one, say)}")
    return 0


for _one in (agreement, conflicts, audit, drift, import_command, export_command):
    command.add_command(_one)


def _tools() -> Any:
    from flows.labelling import label_tools
    from flows.settings import Settings

    return label_tools(Settings.from_environ())


def _stored(tools: LabelTools, article: int, revision: int | None = None) -> Any:
    from flows.labelling import stored_text

    return stored_text(tools.store, article, revision)


def _label(
    ctx: click.Context, article: int, annotator: str, answer: dict[str, Any], kind: str, *, as_json: bool
) -> int:
    from flows.labelling import give_label

    if answer["modality"] is None:
        raise click.UsageError("a label needs --modality", ctx)
    say = speaker_of(ctx)
    with _tools() as tools:
        # An adjudication is of the text that is in dispute, which may not be the newest.
        disputed = [one.revision for one in tools.store.labels.conflicts() if one.article_id == article]
        revision = disputed[-1] if disputed and kind == "adjudication" else None
        label = give_label(tools, article, annotator, answer, revision=revision, kind=kind)
    if as_json:
        write_json(fields_of(label))
    else:
        click.echo(say(f"artikel {article}: ", f"article {article}: ") + label_line(label, say))
    return 0


def _settle(
    tools: LabelTools, task: LabelTask, annotator: str, answer: dict[str, Any] | None, say: Say, *, as_json: bool
) -> None:
    """Take the answer to a task that was shown; None passes it over."""
    from flows.labelling import give_label

    if answer is None:
        tools.store.label_tasks.skip(task, annotator, tools.clock())
        if as_json:
            write_json({"article": task.article_id, "skipped": True})
        else:
            click.echo(say(f"artikel {task.article_id} dilewati", f"article {task.article_id} passed over"))
        return
    label = give_label(tools, task.article_id, annotator, answer, revision=task.revision)
    if as_json:
        write_json(fields_of(label))
    else:
        click.echo(say(f"artikel {task.article_id}: ", f"article {task.article_id}: ") + label_line(label, say))


def _show_next(tools: LabelTools, annotator: str, say: Say, *, asking: bool, as_json: bool) -> int:
    shown = 0
    while (task := tools.store.label_tasks.next(annotator, tools.clock())) is not None:
        shown += 1
        stored = _stored(tools, task.article_id, task.revision)
        if as_json:
            write_json(text_facts(stored))
            return 0
        print_text(stored, say)
        if not asking:
            click.echo(
                say(
                    f"\nJawab dengan: kentongan label next --as {annotator} --modality … --signals … (atau --skip)",
                    f"\nAnswer with: kentongan label next --as {annotator} --modality … --signals … (or --skip)",
                )
            )
            return 0
        answer = ask(tools.taxonomy, say)
        if answer == "stop":
            return 0
        _settle(tools, task, annotator, None if answer == "skip" else answer, say, as_json=False)
    click.echo(say("Tidak ada lagi yang perlu Anda beri label.", "Nothing is left for you to label."), err=as_json)
    return 0 if shown else 1
