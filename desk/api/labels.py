"""The label queue: what one is to label, a label, a text passed over; nobody sees what another said."""

from fastapi import APIRouter

from desk.actions.labelling import label, label_tools_of, next_task, skip, waiting
from desk.api.bodies import NewLabel, Number
from desk.api.door import CanLabel, CanSeeLabels
from desk.api.routing import operation
from desk.api.views import Done, LabelQueue, LabelView, Task, TaskView
from flows.labelling import stored_text

router = APIRouter(prefix="/labels", tags=["learning"])


@operation(router, "GET", "/queue")
def get_label_queue(caller: CanSeeLabels) -> LabelQueue:
    """Tell how many texts of the caller's regions wait for the caller, and for anybody."""
    mine, everybody = waiting(caller.store, caller.actor), waiting(caller.store, caller.actor, mine=False)
    return LabelQueue(mine=len(mine), open=len(everybody))


@operation(router, "POST", "/next", errors=(409,))
def next_label_task(caller: CanLabel) -> Task:
    """Hand out the text that the caller is to label now: the same one until it is labelled or passed over."""
    task = next_task(caller.store, caller.actor, caller.now)
    if task is None:
        return Task(task=None)
    article = stored_text(caller.store, task.article_id, task.revision).article
    return Task(
        task=TaskView(article_id=task.article_id, revision=task.revision, title=article.title, text=article.text)
    )


@operation(router, "POST", "/{article}/{revision}", errors=(404,), status=201)
def give_label(article: Number, revision: Number, body: NewLabel, caller: CanLabel) -> LabelView:
    """Label a text of the queue; a later label of one's own takes its place, and both stay."""
    answer = {
        "signals": body.sinyal,
        "optional": body.boleh,
        "modality": body.modalitas.value,
        "severity": None if body.tingkat is None else str(body.tingkat),
        "negasi": body.negasi,
        "historis": body.historis,
        "note": body.catatan,
    }
    return LabelView.from_record(label(label_tools_of(caller.tools), caller.actor, article, revision, answer))


@operation(router, "POST", "/{article}/{revision}/skip", errors=(404,))
def skip_label_task(article: Number, revision: Number, caller: CanLabel) -> Done:
    """Pass a text over: it is not shown to the caller again."""
    skip(caller.store, caller.actor, article, revision, caller.now)
    return Done(changed=True)
