"""The shipped judge on the sample network: its danger words must raise no flag, its incidents must be found."""

import pytest

from classifiers.text import read_document
from data.samples.truth import TruthArticle, truth
from models.judge import Judge, Judgement

LEAST_RECALL = 0.9
"""Share of the incident articles that must be flagged."""

Pairs = list[tuple[TruthArticle, Judgement]]


@pytest.fixture(scope="module")
def judged() -> Pairs:
    articles = truth()
    found = Judge.load().judge([read_document(article.title, article.text) for article in articles])
    return list(zip(articles, found, strict=True))


def test_the_network_has_pieces_of_every_kind(judged: Pairs) -> None:
    kinds = [article.kind for article, _ in judged]
    assert {kind: kinds.count(kind) >= 40 for kind in ("incident", "ceremony", "soft")} == dict.fromkeys(
        set(kinds), True
    )


@pytest.mark.parametrize("kind", ["ceremony", "soft"])
def test_no_piece_without_an_incident_is_flagged(judged: Pairs, kind: str) -> None:
    assert [a.title for a, found in judged if a.kind == kind and not a.labels.flagged and found.flagged] == []


def test_nearly_all_incident_articles_are_flagged(judged: Pairs) -> None:
    wanted = [(article, found) for article, found in judged if article.labels.flagged]
    missed = sorted({article.piece_id for article, found in wanted if not found.flagged})
    assert sum(found.flagged for _, found in wanted) >= LEAST_RECALL * len(wanted), missed


def test_every_signal_of_the_network_is_found_at_least_once(judged: Pairs) -> None:
    wanted = {signal for article, _ in judged if article.labels.flagged for signal in article.labels.signals}
    found = {
        signal
        for article, judgement in judged
        if article.labels.flagged
        for signal in article.labels.signals
        if signal in judgement.flagged_signals
    }
    assert len(wanted) >= 12
    assert wanted - found == set()
