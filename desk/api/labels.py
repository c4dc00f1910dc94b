"""The label queue: what one is to label, a label, a text passed over; nobody sees what another said but who decides."""

from typing import Any

from fastapi import APIRouter

from desk.actions.article import note_reading
from desk.actions.labelling import (
    adjudicate,
    disputes,
    fill,
    label,
    label_tools_of,
    may_adjudicate,
    next_task,
    skip,
    waiting,
)
from desk.api.bodies import NewLabel, Number
from desk.api.door import CanAdjudicate, CanLabel, CanSeeDisputes, CanSeeLabels
from desk.api.routing import operation
from desk.api.views import Done, LabelQueue, LabelView, Task, TaskView
from desk.api.work_views import Dispute, Disputes, Filled
from flows.labelling import stored_text

router = APIRouter(prefix="/labels", tags=["learning"])


@operation(router, "GET", "/queue")
def get_label_queue(caller: CanSeeLabels) -> LabelQueue:
    """Tell how many texts of the caller's regions wait for the caller, and for anybody."""
    mine, everybody = waiting(caller.store, caller.actor), waiting(caller.store, caller.actor, mine=False)
    return LabelQueue(mine=len(mine), open=len(everybody))


@operation(router, "POST", "/queue", errors=(409,))
def fill_label_queue(caller: CanLabel) -> Filled:
    """Bring the queue to its usual size."""
    return Filled(added=dict(fill(label_tools_of(caller.tools), caller.actor).added))


@operation(router, "GET", "/disputes")
def list_disputes(caller: CanSeeDisputes) -> Disputes:
    """List the texts of the caller's regions whose labels differ, with what each person said."""
    found = disputes(caller.store, caller.actor)
    titles = {one.id: one.article.title for one in caller.store.articles.many([one.article_id for one in found])}
    return Disputes(
        items=tuple(
            Dispute(
                article_id=one.article_id,
                revision=one.revision,
                title=titles.get(one.article_id, ""),
                labels=tuple(LabelView.from_record(said) for said in one.resolution.labels),
                third=may_adjudicate(caller.actor, one),
            )
            for one in found
        )
    )


@operation(router, "POST", "/disputes/{article}/{revision}", errors=(404,), status=201)
def adjudicate_label(article: Number, revision: Number, body: NewLabel, caller: CanAdjudicate) -> LabelView:
    """Decide, as a third person, between the labels of a text."""
    tools = label_tools_of(caller.tools)
    return LabelView.from_record(adjudicate(tools, caller.actor, article, revision, _answer(body)))


@operation(router, "POST", "/next", errors=(409,))
def next_label_task(caller: CanLabel) -> Task:
    """Hand out the text that the caller is to label now: the same one until it is labelled or passed over.

    That they read it is logged.
    """
    task = next_task(caller.store, caller.actor, caller.now)
    if task is None:
        return Task(task=None)
    note_reading(caller.store, caller.actor, task.article_id, caller.now)
    article = stored_text(caller.store, task.article_id, task.revision).article
    return Task(
        task=TaskView(article_id=task.article_id, revision=task.revision, title=article.title, text=article.text)
    )


@operation(router, "POST", "/{article}/{revision}", errors=(404,), status=201)
def give_label(article: Number, revision: Number, body: NewLabel, caller: CanLabel) -> LabelView:
    """Label a text of the queue; a later label of one's own takes its place, and both stay."""
    tools = label_tools_of(caller.tools)
    return LabelView.from_record(label(tools, caller.actor, article, revision, _answer(body)))


@operation(router, "POST", "/{article}/{revision}/skip", errors=(404,))
def skip_label_task(article: Number, revision: Number, caller: CanLabel) -> Done:
    """Pass a text over: it is not shown to the caller again."""
    skip(caller.store, caller.actor, article, revision, caller.now)
    return Done(changed=True)


def _answer(body: NewLabel) -> dict[str, Any]:
    return {
        "signals": body.sinyal,
        "optional": body.boleh,
        "modality": body.modalitas.value,
        "severity": None if body.tingkat is None else str(body.tingkat),
        "negasi": body.negasi,
        "historis": body.historis,
        "note": body.catatan,
    }
