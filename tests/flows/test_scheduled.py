"""What the engine is told of a failure: what may pass is tried again, the rest is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from prefect.states import exception_to_failed_state

from data.errors import DiskFullError, LeaseError, ModelError, SettingsError, StoreBusyError
from flows.due import SCHEDULES
from flows.scheduled import FLOWS, _may_work_later


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (StoreBusyError("another process has been writing"), True),
        (DiskFullError(Path("/data")), True),
        (LeaseError("assess", holder="somebody", until="noon"), False),  # the other one does the work
        (SettingsError("will not do"), False),
        (ModelError("does not fit"), False),
        (ZeroDivisionError("a defect"), False),
    ],
)
async def test_only_what_may_pass_is_tried_again(error: Exception, again: bool) -> None:
    state = await exception_to_failed_state(error)
    assert await _may_work_later(None, None, state) is again  # type: ignore[arg-type]


def test_every_flow_has_a_schedule_and_an_explanation() -> None:
    names = {"crawl", "assess", "publish", "watch", "rescore", "retrain", "drift", "early_warning"}
    names |= {"deliver", "retrain_asked", "daily_report", "weekly_report", "retention"}
    assert set(FLOWS) == set(SCHEDULES) == names
    assert all(flow.fn.__doc__ for flow in FLOWS.values())
