"""A moment or a day as a person types it, in the zone of the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click


def moment(text: str, timezone: str) -> datetime:
    """Return the moment that ``2024-11-27T14:00`` means in ``timezone`` (a zone in the text goes first), in UTC.

    A day alone is its end. Raises click's usage error for anything else.
    """
    if (day := _day(text)) is not None:
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f'"{text}" is no moment; write it like 2024-11-27 or 2024-11-27T14:00') from error
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)


def day_of(text: str, timezone: str) -> datetime:
    """Return the moment at which the day ``2024-11-27`` begins in ``timezone``, in UTC; click's usage error else."""
    day = _day(text)
    if day is None:
        raise click.UsageError(f'"{text}" is no day; write it like 2024-11-27')
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2024-11-27") else None
    except ValueError:
        return None
