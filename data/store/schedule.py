"""When a URL is looked at next: pure rules, from what became of it and when.

A new article is looked at again 1 h, 6 h, 24 h and 7 days after it was first seen; a flagged one again by the same
ladder from its flagging, and daily for 7 days: that is when outlets correct, water down or withdraw. What failed for
now backs off exponentially.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data.outcomes import Outcome

LADDER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))
DAILY_WHEN_FLAGGED = tuple(timedelta(days=day) for day in range(1, 8))
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=24)
MAX_ATTEMPTS = 16
"""After 5 min doubling to 24 h, the 16th failure is a week old: the URL is dead until a finder offers it again."""

REOFFERED_AFTER = timedelta(days=7)
"""What was no article, or had been given up, is tried again when it is offered after this long: sites reuse
addresses."""

SECOND_LOOKS = (timedelta(hours=1), timedelta(hours=24))
"""A page that was offered as an article and is none yet is looked at twice more: first reports begin as a line and
grow, and a feed may be ahead of its site's cache. By reasoning: most stubs are filled within the hour or the day."""

_MAY_BECOME_AN_ARTICLE = frozenset({Outcome.TOO_SHORT, Outcome.GONE, Outcome.SOFT_404, Outcome.EXTRACTION_FAILED})
_TRIED_AGAIN_WHEN_OFFERED = frozenset({Outcome.NOT_ARTICLE})


def look_again(first_seen: datetime, flagged_at: datetime | None, looked_at: datetime) -> datetime | None:
    """Return the next moment of the ladder after ``looked_at``; None once it is climbed.

    A moment missed while the machine was off is due at once, and once: after it, those that passed meanwhile are
    skipped. A time from a clock that was wrong never puts the next look more than 7 days away.
    """
    moments = [first_seen + step for step in LADDER]
    if flagged_at is not None:
        moments += [flagged_at + step for step in (*LADDER, *DAILY_WHEN_FLAGGED)]
    ahead = [moment for moment in moments if moment > looked_at]
    return min([*ahead, looked_at + LADDER[-1]]) if ahead else None


def retry_at(attempts: int, tried_at: datetime, *, retry_after_s: float | None = None) -> datetime | None:
    """Return when to try again after ``attempts`` failures in a row (counted from 1); None after the last.

    ``retry_after_s`` is what the server asked for: never sooner than that, and never later than a day for it.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = min(FIRST_RETRY * (1 << min(max(attempts, 1) - 1, 12)), LONGEST_RETRY)
    if retry_after_s is not None:
        wait = max(wait, min(timedelta(seconds=max(retry_after_s, 0.0)), LONGEST_RETRY))
    return tried_at + wait


def reopened(outcome: Outcome | None, attempts: int, last_attempt: datetime | None, offered_at: datetime) -> bool:
    """Return whether a URL that was done with is tried again now that it was offered again."""
    if outcome is None or last_attempt is None or offered_at - last_attempt < REOFFERED_AFTER:
        return False
    return outcome in _TRIED_AGAIN_WHEN_OFFERED or (outcome.retryable and attempts >= MAX_ATTEMPTS)


def after(
    outcome: Outcome,
    *,
    tried_at: datetime,
    attempts: int,
    first_seen: datetime | None = None,
    flagged_at: datetime | None = None,
    retry_after_s: float | None = None,
    never_read: bool = False,
) -> tuple[datetime | None, int]:
    """Return when a URL that ended in ``outcome`` is looked at next (None: not by itself), and its failures in a row.

    ``first_seen`` is its article's, and None where it leads to no article or the article is looked at under another
    name; ``never_read`` tells the first from the second. ``attempts`` counts the failures in a row before. DEFERRED and
    KNOWN are no attempts; they must not come here.
    """
    if outcome.retryable:
        again = retry_at(attempts + 1, tried_at, retry_after_s=retry_after_s)
        if again is not None or first_seen is None:
            return again, attempts + 1
        return look_again(first_seen, flagged_at, tried_at), attempts + 1
    if never_read and outcome in _MAY_BECOME_AN_ARTICLE and attempts < len(SECOND_LOOKS):
        return tried_at + SECOND_LOOKS[attempts], attempts + 1
    return (None if first_seen is None else look_again(first_seen, flagged_at, tried_at)), 0
