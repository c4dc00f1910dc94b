"""The calls about incidents that nobody has looked at in time: found, written into the outbox, and kept.

Each step of an incident is taken once, whoever runs how many passes; of steps that came due while nothing ran only the
last is taken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from data.delivering import Escalation
from data.records import IncidentStatus, Urgency
from data.store.incident_queue import QueueFilter
from feeds.escalation import LATEST, STEPS, WHOM, called, step_due
from feeds.messages import escalation_message
from flows.alert_items import incident_item
from flows.sla import SHIFTS_KEY, due_at, overdue_before, shifts_of

if TYPE_CHECKING:
    from datetime import datetime

    from data.delivering import Recipient
    from data.records import Incident
    from flows.deliver_plan import DeliverTools

log = structlog.get_logger(__name__)

MOST: Final = 1000
"""Incidents of an urgency looked at in one pass, the oldest first: more than any desk has unseen and not yet called."""


def escalate(tools: DeliverTools) -> Counter[str]:
    """Call those who asked for it about each incident whose clock ran out unseen, and count the calls."""
    store, now, counts = tools.store, tools.clock(), Counter[str]()
    recipients = [one for one in store.recipients.all() if one.active and one.rule.escalations]
    if not recipients:
        return counts
    shifts, zone = shifts_of(store.desk_settings.get(SHIFTS_KEY)), ZoneInfo(tools.publish.timezone)
    for urgency, waits in STEPS.items():
        border = overdue_before(urgency, now, shifts, zone)
        asked = QueueFilter(
            statuses=(IncidentStatus.BELUM_DITINJAU,),
            urgencies=(urgency,),
            since=border - LATEST - waits[-1],
            late={urgency: border},
            now=now,
            oldest_first=True,
        )
        for incident in store.queue.page(asked, MOST):
            ran_out = due_at(urgency, incident.opened_at, shifts, zone)
            step = step_due(urgency, ran_out, now)
            if step > store.escalations.last(incident.id):
                counts["escalation"] += _call(incident, step, ran_out, recipients, tools)
    return counts


def _call(incident: Incident, step: int, ran_out: datetime, recipients: list[Recipient], tools: DeliverTools) -> int:
    """Take a step of an incident unless it was taken, or somebody who was called has it; return how many are told."""
    store, now = tools.store, tools.clock()
    told = called(incident, recipients, ran_out, exercise=tools.publish.exercise)
    with store.transaction():
        asking = {one.id for one in told}
        if any(one.recipient_id in asking for one in store.acknowledgements.of_incident(incident.id)):
            return 0
        if not store.escalations.put(Escalation(incident.id, step, ran_out, now, len(told))):
            return 0
        item = incident_item(incident, tools.publish)
        alerted = store.alerts.of_incident(incident.id) is not None
        for recipient in told:
            message = escalation_message(
                item,
                key=f"escalation.{incident.id}.{step}.{recipient.id}",
                waited=now - incident.opened_at,
                whom=WHOM[incident.urgency],
                acknowledge=tools.acknowledge(item, recipient),
            )
            if not alerted:
                # It is about an incident of which no alert was raised: there is none that it could name.
                message = replace(message, uid="", revision=0, state="")
            store.deliveries.send_to(message, recipient.id, now, urgent=incident.urgency is Urgency.P1)
    log.warning("incident_escalated", incident=incident.id, step=step, urgency=str(incident.urgency), told=len(told))
    return len(told)
