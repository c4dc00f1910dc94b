"""Labelling in the desk: fill the queue, hand out, take in, pass over, decide between two; each is in the audit log."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from data.errors import InputError, UnknownItemError
from data.resolution import person_of
from desk.permissions import Permission
from flows.labelling import LabelTools, fill_queue, give_label, stored_text, trained_counts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.records import Label, LabelTask, StoredArticle
    from data.store import Conflict, Queued, Store
    from desk.permissions import Actor
    from flows.desk import DeskTools
    from flows.labelling import Filled


def label_tools_of(tools: DeskTools) -> LabelTools:
    """Return what labelling needs, made of the desk's tools; the model is loaded only where it is asked for."""
    from models.judge import Judge
    from models.weights import read_model

    def folder() -> Any:
        return tools.settings.model_dir or tools.registry.current()

    def trained() -> Mapping[str, int]:
        return trained_counts(read_model(folder()).card, tools.taxonomy.slugs, tools.store.labels.examples())

    return LabelTools(
        store=tools.store,
        clock=tools.clock,
        taxonomy=tools.taxonomy,
        judge=lambda: Judge.load(folder()),
        trained=trained,
        seed=secrets.randbits(62),
    )


def fill(tools: LabelTools, actor: Actor) -> Filled:
    """Bring the queue to its usual size. Raises LeaseError where somebody else is filling it just now."""
    actor.require(Permission.LABEL)
    filled = fill_queue(tools)
    tools.store.audit.add(
        actor.name, "antrean_label_diisi", "label", tools.clock(), {"baru": sum(filled.added.values())}
    )
    return filled


def waiting(store: Store, actor: Actor, *, mine: bool = True) -> list[Queued]:
    """Return the texts of the person's regions that still want labels; ``mine``: without what they have dealt with."""
    actor.require(Permission.LABEL)
    found = store.label_tasks.queue(actor.name if mine else None)
    return [one for one in found if _sees(store, actor, one.task.article_id)]


def next_task(store: Store, actor: Actor, now: datetime) -> LabelTask | None:
    """Return what the person is to label now, of their regions; None where nothing is left for them."""
    actor.require(Permission.LABEL)
    if not actor.user.regions:
        return store.label_tasks.next(actor.name, now)
    return store.label_tasks.next(actor.name, now, {one.task.article_id for one in waiting(store, actor)})


def task_of(store: Store, actor: Actor, article_id: int, revision: int) -> LabelTask:
    """Return the task of a text, whoever it was handed to.

    Raises UnknownItemError where it has none, or is not of the person's regions.
    """
    actor.require(Permission.LABEL)
    task = store.label_tasks.get(article_id, revision)
    if task is None or not _sees(store, actor, article_id):
        raise UnknownItemError("task", f"{article_id}/{revision}")
    return task


def own_label(store: Store, actor: Actor, article_id: int, revision: int) -> Label | None:
    """Return the person's own last label of a text; None where they gave none. Nobody else's is looked at."""
    mine = [
        one
        for one in store.labels.of_article(article_id)
        if one.revision == revision and one.kind == "label" and person_of(one.annotator) == person_of(actor.name)
    ]
    return mine[-1] if mine else None


def label(tools: LabelTools, actor: Actor, article_id: int, revision: int, answer: Mapping[str, Any]) -> Label:
    """Keep the person's label of a text that is in the queue; a later one takes its place, and both stay.

    ``answer`` holds modality, signals, optional, severity, negasi, historis and note as they were given. Raises
    InputError where they contradict each other or the modality is missing, UnknownItemError for no task.
    """
    task_of(tools.store, actor, article_id, revision)
    if not answer.get("modality"):
        raise InputError("choose a modality: how the text speaks of it")
    with tools.store.transaction():
        given = give_label(tools, article_id, actor.name, answer, revision=revision)
        detail = {"modalitas": given.modality.value, "sinyal": list(given.signals)}
        tools.store.audit.add(actor.name, "label", f"artikel/{article_id}", given.at, detail)
    return given


def skip(store: Store, actor: Actor, article_id: int, revision: int, now: datetime) -> None:
    """Pass a text over: it is not shown to the person again. Raises UnknownItemError for no task."""
    task = task_of(store, actor, article_id, revision)
    with store.transaction():
        store.label_tasks.skip(task, actor.name, now)
        store.audit.add(actor.name, "label_dilewati", f"artikel/{article_id}", now)


def disputes(store: Store, actor: Actor) -> list[Conflict]:
    """Return the texts of the person's regions whose labels differ, for whoever may decide between them."""
    actor.require(Permission.ADJUDIKASI)
    return [one for one in store.labels.conflicts() if _sees(store, actor, one.article_id)]


def dispute_of(store: Store, actor: Actor, article_id: int, revision: int) -> tuple[Conflict, StoredArticle]:
    """Return a text whose labels differ, for whoever may decide between them. Raises UnknownItemError."""
    found = next(
        (one for one in disputes(store, actor) if (one.article_id, one.revision) == (article_id, revision)), None
    )
    if found is None:
        raise UnknownItemError("dispute", f"{article_id}/{revision}")
    return found, stored_text(store, article_id, revision)


def may_adjudicate(actor: Actor, found: Conflict) -> bool:
    """Return whether the person is a third one: none of those who dispute."""
    return person_of(actor.name) not in {person_of(one.annotator) for one in found.resolution.labels}


def adjudicate(tools: LabelTools, actor: Actor, article_id: int, revision: int, answer: Mapping[str, Any]) -> Label:
    """Decide between the labels of a text.

    Raises InputError where the person has labelled it, nothing is in dispute (any more) or the answer contradicts
    itself, UnknownItemError for a text that is not of their regions, ForbiddenError.
    """
    actor.require(Permission.ADJUDIKASI)
    if not _sees(tools.store, actor, article_id):
        raise UnknownItemError("article", article_id)
    if not answer.get("modality"):
        raise InputError("choose a modality: how the text speaks of it")
    with tools.store.transaction():
        given = give_label(tools, article_id, actor.name, answer, revision=revision, kind="adjudication")
        detail = {"modalitas": given.modality.value, "sinyal": list(given.signals)}
        tools.store.audit.add(actor.name, "adjudikasi", f"artikel/{article_id}", given.at, detail)
    return given


def _sees(store: Store, actor: Actor, article_id: int) -> bool:
    """Return whether an article is of the person's regions, as `desk.actions.article.article_seen_by` has it."""
    return not actor.user.regions or store.article_search.visible(article_id, actor.user.regions)
