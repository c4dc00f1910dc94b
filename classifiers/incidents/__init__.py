"""Which articles are about one event, and what is known of the event from them: pure, decided pair by pair."""

from classifiers.incidents.summary import *  # noqa
from classifiers.incidents.summary import FOLLOW_UP_WITHIN, JOIN_AT, Member, best_incident, event_places, independent_sources, pair_score, summarise
