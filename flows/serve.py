"""The process that runs the flows when they are due: ``python -m flows.serve``, started and kept by `kentongan up`.

Past one machine the same flows are deployed to a work pool instead: ``python -m flows.serve --pool NAME`` registers
them there and ends, and ``prefect worker start --pool NAME`` runs them on as many machines as there are.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from prefect import serve
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed
from prefect.types.entrypoint import EntrypointType

from flows.due import SCHEDULES, TRIGGERS
from flows.logs import configure
from flows.scheduled import FLOWS

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

log = structlog.get_logger(__name__)

DEPLOYMENT = "kentongan"
LATE = timedelta(minutes=2)
"""A run that should have begun longer ago than this is late: the machine was off, or asleep."""

PAGE = 200


def deployments(*, pool: str | None = None) -> list[RunnerDeployment]:
    """Return a deployment per flow, with schedule and events; for a work pool where ``pool`` names one."""
    made: list[Any] = [
        one.to_deployment(
            DEPLOYMENT,
            cron=SCHEDULES[name],
            triggers=[*TRIGGERS.get(name, ())],
            # A file entrypoint would load the module a second time, outside its package.
            entrypoint_type=EntrypointType.MODULE_PATH,
            work_pool_name=pool,
            tags=["kentongan"],
            description=(one.fn.__doc__ or "").strip(),
        )
        for name, one in FLOWS.items()
    ]
    return made


async def tidy(client: PrefectClient, now: datetime) -> dict[str, int]:
    """Set right what an earlier life left behind, and return how many runs were changed.

    What was running when the machine went down is marked crashed. Of the runs that became late meanwhile one per flow
    is kept, the newest: one catch-up does all that the others would.
    """
    changed = {"crashed": 0, "dropped": 0}
    for name in FLOWS:
        try:
            deployment = await client.read_deployment_by_name(f"{name}/{DEPLOYMENT}")
        except ObjectNotFound:
            continue
        mine = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
        for run in await _runs(client, mine, [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]):
            await client.set_flow_run_state(run.id, Crashed(message="the machine went down while it ran"), force=True)
            changed["crashed"] += 1
        waiting = await _runs(client, mine, [StateType.SCHEDULED])
        late = sorted((run for run in waiting if _due(run) < now - LATE), key=_due)
        for run in late[:-1]:
            await client.set_flow_run_state(
                run.id, Cancelled(message="late: one catch-up run does its work"), force=True
            )
            changed["dropped"] += 1
    return changed


async def _runs(client: PrefectClient, mine: DeploymentFilter, types: list[StateType]) -> list[Any]:
    wanted = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types)))
    found: list[Any] = []
    while batch := await client.read_flow_runs(
        deployment_filter=mine, flow_run_filter=wanted, limit=PAGE, offset=len(found)
    ):
        found += batch
    return found


def _due(run: Any) -> datetime:
    moment: datetime = run.next_scheduled_start_time or run.expected_start_time
    return moment


async def tidy_up() -> None:
    """Do `tidy` against the server that the environment names."""
    async with get_client() as client:
        changed = await tidy(client, datetime.now(UTC))
    log.info("tidied", **changed)


def main(argv: list[str] | None = None) -> None:
    """Serve the flows until SIGTERM, or register them with a work pool."""
    parser = argparse.ArgumentParser(prog="python -m flows.serve", description=__doc__.splitlines()[0])
    parser.add_argument("--pool", help="register the flows with this work pool, and end")
    pool = parser.parse_args(argv).pool
    configure(verbose=1)
    if pool is None:
        asyncio.run(tidy_up())
        # pause_on_shutdown would leave every schedule off until the next start has run.
        serve(*deployments(), pause_on_shutdown=False, print_starting_message=False)
        return
    for deployment in deployments(pool=pool):
        deployment.apply()


if __name__ == "__main__":
    main()
