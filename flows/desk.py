"""What the desk works with: the store and everything that its pages read and decide by, made once per process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.desk_rules import calendar_in_use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from classifiers.stages import Calendar
    from data.delivering import Delivery
    from data.gazetteer import Gazetteer
    from data.records import Source
    from data.store import Store
    from data.taxonomy import Taxonomy
    from flows.publish import PublishTools
    from flows.settings import Settings
    from models.assessor import Assessor
    from models.registry import Registry


def send_trial_now(settings: Settings, clock: Callable[[], datetime], name: str) -> Delivery:
    """Send the recipient of that name a trial message by its real channel and return what became of it.

    Up to a minute, the longest that a channel takes. UnknownItemError: there is no such recipient.
    """
    from flows.deliver import deliver_tools, send_trial

    async def send() -> Delivery:
        async with deliver_tools(settings, clock=clock) as tools:
            return await send_trial(tools, name)

    return asyncio.run(send())


@dataclass(frozen=True, slots=True)
class DeskTools:
    """The desk's tools; ``publish`` holds the same store, sources, gazetteer and clock for what leaves the house.

    ``assessor`` and ``sources`` are asked anew each time: a model may be promoted and a source added while the desk
    runs. The assessor takes a second to load the first time. ``trial_sender`` sends a trial message, as
    `send_trial_now`.
    """

    publish: PublishTools
    settings: Settings
    registry: Registry
    assessor: Callable[[], Assessor]
    load_sources: Callable[[], Mapping[str, Source]]
    trial_sender: Callable[[Settings, Callable[[], datetime], str], Delivery] = send_trial_now

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self.publish.store

    @property
    def clock(self) -> Callable[[], datetime]:
        """What says which moment it is."""
        return self.publish.clock

    @property
    def gazetteer(self) -> Gazetteer:
        """The administrative units."""
        return self.publish.gazetteer

    @property
    def taxonomy(self) -> Taxonomy:
        """The signals."""
        return self.publish.taxonomy

    @property
    def calendar(self) -> Calendar:
        """The stages of elections, with what the desk changed of them."""
        return calendar_in_use(self.store, self.publish.calendar)

    def send_trial(self, name: str) -> Delivery:
        """Send the recipient of that name a trial message and return what became of it."""
        return self.trial_sender(self.settings, self.clock, name)
