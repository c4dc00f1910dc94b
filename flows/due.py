"""When each flow runs: its schedule, and the events that set it off besides.

A crawl that read something new sets off an assessment; an assessment that judged something, and what a person did
(``flows.announce``), set off a publication, which delivers. The engine tells of the first two itself, by the names of
the states in which runs end. The schedules stay, for what no event told of.
"""

from __future__ import annotations

from prefect.events import DeploymentEventTrigger

from flows.announce import ACTED, RESOURCE

SCHEDULES = {
    "crawl": "*/5 * * * *",
    "assess": "1-59/3 * * * *",
    "publish": "2-59/3 * * * *",
    "deliver": "1-59/2 * * * *",
    "watch": "7-59/15 * * * *",
    "rescore": "*/3 * * * *",
    "retrain": "17 19 * * *",
    "retrain_asked": "4-59/5 * * * *",
    "drift": "23 20 * * 0",
    "retention": "41 18 * * *",
    "daily_report": "0 23 * * *",
    "weekly_report": "20 23 * * 0",
    "early_warning": "5-59/15 * * * *",
}
"""Cron, by flow, in UTC: the retraining is at 02.17 in western Indonesia, the report of the day before at 06.00, that
of the week on Monday at 06.20. Sources are due by their own interval (5 to 60 min): the crawl only asks which. From the
page's first sight to the feed files it takes 5 + 3 + 3 minutes at worst, where no event is sooner; a publication sends
what it raised, and what is tried again is sent within two minutes. A re-scoring begins two minutes after an assessment
and is through before the next one."""

NEW_ARTICLES = "NewArticles"
JUDGED = "Judged"
"""Names of the states in which a crawl and an assessment end that did something: the engine makes events of them."""


def _ended(flow_name: str, state: str) -> DeploymentEventTrigger:
    """Return the trigger of a run of a flow that ended in a state of this name; what it sets off is patient."""
    return DeploymentEventTrigger(
        name=f"kentongan: {flow_name} {state}",
        expect={f"prefect.flow-run.{state}"},
        match_related={"prefect.resource.role": "flow", "prefect.resource.name": flow_name},
        parameters={"patient": True},
    )


TRIGGERS: dict[str, tuple[DeploymentEventTrigger, ...]] = {
    "assess": (_ended("crawl", NEW_ARTICLES),),
    "publish": (
        _ended("assess", JUDGED),
        DeploymentEventTrigger(
            name="kentongan: a person acted",
            expect={ACTED},
            match={"prefect.resource.id": RESOURCE},
            parameters={"patient": True},
        ),
    ),
}
"""Events that set off a flow besides its schedule, by flow."""
