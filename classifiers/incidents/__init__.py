"""Which articles are about one event, and what is known of the event from them: pure, decided pair by pair.

An article joins a kejadian by place (hierarchy-aware), time, signals and likeness of the text (``pairs``); all that are
near one another are decided together (``grouping``), so that the order of their arrival is no matter. What the
incident says is worked out from its articles (``summary``, ``timeline``, ``five_w``).
"""

from __future__ import annotations

from classifiers.incidents.five_w import Answer, FiveW, five_w
from classifiers.incidents.grouping import Ties, component, partition
from classifiers.incidents.members import Member, event_places
from classifiers.incidents.pairs import FOLLOW_UP_WITHIN, pair_score
from classifiers.incidents.profiles import Profile, from_bytes, is_joinable, moment_of, profile_of, to_bytes
from classifiers.incidents.summary import independent_sources, summarise
from classifiers.incidents.timeline import Step, StepKind, timeline

__all__ = [
    "FOLLOW_UP_WITHIN",
    "Answer",
    "FiveW",
    "Member",
    "Profile",
    "Step",
    "StepKind",
    "Ties",
    "component",
    "event_places",
    "five_w",
    "from_bytes",
    "independent_sources",
    "is_joinable",
    "moment_of",
    "pair_score",
    "partition",
    "profile_of",
    "summarise",
    "timeline",
    "to_bytes",
]
