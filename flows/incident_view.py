"""An incident as a person reads it: timeline, 5W1H, copies and sources, and what was seen when.

Names of suspects, victims and children are initials in all that leaves this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from classifiers.incidents import five_w, timeline
from classifiers.incidents.seen import Leg, Seen, legs
from feeds.masking import masked, names_in
from flows.joining import members_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classifiers.incidents import Answer, Member, Step
    from data.records import Incident, Source
    from data.store import Store

QUESTIONS: Final = ("siapa", "apa", "di_mana", "bilamana", "mengapa", "bagaimana")
LABELS: Final = {
    "siapa": "Siapa",
    "apa": "Apa",
    "di_mana": "Di mana",
    "bilamana": "Bilamana",
    "mengapa": "Mengapa",
    "bagaimana": "Bagaimana",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is shown: masked, with the article and the span that it stands in."""

    text: str
    article_id: int
    zone: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What is shown of one incident beside its fields.

    ``answers`` holds the 5W1H by QUESTIONS, () where no article says. ``outlets`` name each article's source.
    ``copies`` counts the articles that only copy, ``witnesses`` the houses whose text is their own. ``merged`` are the
    incidents whose articles came here.
    """

    answers: Mapping[str, tuple[Said, ...]]
    steps: tuple[Step, ...]
    outlets: Mapping[int, str]
    seen: Seen
    legs: tuple[Leg, ...]
    copies: int
    witnesses: int
    merged: tuple[int, ...]


def view_of(
    incident: Incident, store: Store, sources: Mapping[str, Source], members: list[Member] | None = None
) -> IncidentView:
    """Return what is shown of an incident; of one that was merged away only what was seen when.

    ``members`` are its articles where the caller has them already (`members_of`).
    """
    members = members_of(incident, store, sources) if members is None else members
    articles = {member.article_id: member for member in members}
    steps = timeline(members)
    seen = _seen(incident, store)
    return IncidentView(
        answers=answers_of(members),
        steps=steps,
        outlets={
            number: sources[one.source_id].name if one.source_id in sources else one.source_id
            for number, one in articles.items()
        },
        seen=seen,
        legs=legs(seen),
        copies=sum(step.of is not None for step in steps),
        witnesses=incident.independent_sources,
        merged=tuple(store.incidents.merged_into(incident.id)),
    )


def answers_of(members: list[Member]) -> dict[str, tuple[Said, ...]]:
    """Return the 5W1H of an incident's articles by question, masked; () where none of them says."""
    if not members:
        return dict.fromkeys(QUESTIONS, ())
    texts = {member.article_id: member.text for member in members}
    found = five_w(members)
    answers: dict[str, tuple[Said, ...]] = {}
    for question in QUESTIONS:
        given = getattr(found, question)
        several = given if isinstance(given, tuple) else () if given is None else (given,)
        answers[question] = tuple(_said(one, texts) for one in several)
    return answers


def answer_lines(members: list[Member]) -> tuple[tuple[str, str], ...]:
    """Return the 5W1H as pairs of the question's Indonesian and its answer, without those that nobody answers."""
    return tuple(
        (LABELS[question], "; ".join(one.text for one in said))
        for question, said in answers_of(members).items()
        if said
    )


def _said(answer: Answer, texts: Mapping[int, str]) -> Said:
    number, article = answer.article_id, texts[answer.article_id]
    # "Budi Santoso" alone, which is what answers *siapa*, tells nothing of itself: the article does.
    told = masked(answer.text, article, names_in(article))
    return Said(told, number, answer.zone, answer.start, answer.end)


def _seen(incident: Incident, store: Store) -> Seen:
    reviews = store.reviews.of_incident(incident.id)
    alert = store.alerts.of_incident(incident.id)
    return Seen(
        terbit=incident.published,
        terlihat=incident.first_seen,
        ditandai=store.joins.first_flagged(incident.article_ids),
        dibuka=incident.opened_at,
        ditinjau=min((review.at for review in reviews), default=None),
        diperingatkan=alert.first_raised_at if alert else None,
    )
