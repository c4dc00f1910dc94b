"""The Prefect shell: crawling, judging, publishing, retraining as flows with schedules, retries and tallies to look at.

Three thin layers: a plain function that takes its tools (``flows.crawl``, ``flows.assess``, ``flows.publish``,
``flows.rescore``, ``flows.retrain``, ``flows.watch``, ``flows.reports``), a task that makes the tools from the
settings, a flow with parameters that are JSON. One task per batch, never per page: an engine call costs more than a
page. Only ids and tallies cross a task's border.

Overlap: each flow holds a lease of the store while it runs; a run that finds it taken ends at once as *skipped*. The
engine's own slots would stay taken after ``kill -9``; a lease of a dead process is taken over.

When they run stands in ``flows.due``. A run that an event set off is patient: it waits for the lease, for who holds it
may have looked before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State  # noqa: TC002  # Prefect reads the annotations of flows
from prefect.states import Completed

from data.errors import KentonganError, LeaseError
from flows.due import JUDGED, NEW_ARTICLES
from flows.leases import when_free
from flows.logs import configure
from flows.settings import Settings
from flows.tallies import tally_row
from flows.tools import (
    assess_tools,
    chosen_sources,
    crawl_tools,
    load_sources,
    open_store,
    publish_tools,
    retrain_tools,
    utc_now,
    versions_in_use,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prefect.client.schemas.objects import TaskRun
    from prefect.flows import Flow

CRAWL_BUDGET = timedelta(minutes=20)
"""A scheduled pass asks for nothing more after this: a first pass over a large network takes hours, and goes on at the
next due time; meanwhile the others are not kept waiting longer than this."""

CRAWL_LEASE = timedelta(minutes=30)
DELIVER_BUDGET = timedelta(seconds=100)
"""A delivery pass begins nothing new after this: the next one is due, and claims keep the two apart."""

BATCH_SOURCES = 200
"""Sources per task. One machine reads them all in one: its request budgets live in one place."""

PATIENCE_S = 120.0
"""How long what an event set off waits for the lease; the schedule comes round within three minutes anyway."""


async def _may_work_later(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Return whether the task failed for a reason that may pass: what our errors say of themselves."""
    try:
        await state.aresult()
    except KentonganError as error:
        return error.retryable and not isinstance(error, LeaseError)
    except Exception:  # noqa: BLE001  # whatever else it was is a defect, and a second try would hide it
        return False
    return False


_PATIENT: dict[str, Any] = {"retries": 2, "retry_delay_seconds": [10, 60], "retry_condition_fn": _may_work_later}


@task(**_PATIENT)
async def crawl_batch(source_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Read what these sources have new, and return a row for each."""
    from flows.crawl import crawl_pass

    settings = Settings.from_environ()
    sources = chosen_sources(load_sources(settings), source_ids)
    async with crawl_tools(settings) as tools:
        tallies = await crawl_pass(sources, tools, until=utc_now() + CRAWL_BUDGET)
    return [tally_row(tally) for tally in tallies]


@flow(name="crawl")
async def crawl(source_ids: list[str] | None = None) -> State[Any]:
    """Read every source that is due, or those named; skipped where another crawl is running."""
    from flows.crawl import due_sources
    from flows.leases import held

    configure(verbose=1)  # a flow runs in a process of its own
    settings = Settings.from_environ()
    sources = load_sources(settings)
    rows: list[dict[str, Any]] = []
    with open_store(settings) as store:
        try:
            with held(store, "flow:crawl", utc_now, CRAWL_LEASE) as renew:
                now = utc_now()
                named = chosen_sources(sources, source_ids or ())
                due = named or due_sources(sources, store.sources.state, now)
                for at in range(0, len(due), BATCH_SOURCES):
                    rows += await crawl_batch([source.id for source in due[at : at + BATCH_SOURCES]])
                    renew()
        except LeaseError as error:
            return Completed(message=f"skipped: {error}", name="Skipped")
    await _table("crawl-tally", rows, "What the last crawl did, a row per source. Every offered URL is counted once.")
    new = sum(row["baru"] for row in rows)
    return Completed(message=f"{len(rows)} sources read, {new} new articles", name=NEW_ARTICLES if new else None)


@task(**_PATIENT)
def assess_all(*, patience_s: float = 0.0) -> dict[str, int]:
    """Judge every article that waits, and return the counts."""
    from dataclasses import asdict

    from flows.assess import assess_pending

    with assess_tools(Settings.from_environ()) as tools:
        return asdict(when_free(lambda: assess_pending(tools), patience_s))


@flow(name="assess")
async def assess(patient: bool = False) -> State[Any]:
    """Judge what was read and join it to incidents; skipped, or waited for, where another assessment is running."""

    def work() -> dict[str, int]:
        return assess_all(patience_s=PATIENCE_S if patient else 0.0)

    return await _counted(work, "assess-tally", "What the last assessment did.", did=("assessed", JUDGED))


@task(**_PATIENT)
def rescore_some() -> dict[str, int]:
    """Judge a bite of what other versions have judged anew, and return the counts; none where nothing waits."""
    from dataclasses import asdict

    from flows.desk_rules import calendar_in_use
    from flows.rescore import rescore as run

    settings = Settings.from_environ()
    with open_store(settings) as store:
        if not store.articles.to_rescore(*versions_in_use(settings, calendar_in_use(store)), limit=1):
            return {}
    with assess_tools(settings) as tools:
        return asdict(run(tools))


@flow(name="rescore")
async def rescore() -> State[Any]:
    """Judge anew what another model or other rules have judged, a bite at a time; skipped while another one is."""
    return await _counted(rescore_some, "rescore-tally", "What the last re-scoring did.")


@task(**_PATIENT)
def retrain_once(*, force: bool) -> dict[str, str]:
    """Train and judge a challenger where enough labels are new, and return how that ended, in both languages."""
    from flows.retrain_requests import retrain_as_asked

    with retrain_tools(Settings.from_environ()) as tools:
        outcome = retrain_as_asked(tools, force=force)
    return {"state": outcome.state, "indonesian": outcome.indonesian, "english": outcome.english}


@task
def is_retraining_asked() -> bool:
    """Return whether somebody asked for a retraining in the desk and waits for it."""
    from flows.retrain_requests import waiting

    with open_store(Settings.from_environ()) as store:
        return waiting(store) is not None


@flow(name="retrain_asked")
async def retrain_asked() -> State[Any]:
    """Retrain where somebody asked for it in the desk; nothing otherwise."""
    configure(verbose=1)
    if not is_retraining_asked():
        return Completed(message="nobody asked")
    return await _retrained(force=False)


@flow(name="retrain")
async def retrain(force: bool = False) -> State[Any]:  # Prefect shows it as a switch
    """Learn from the desk's new labels, and put the new model in use where the gate lets it."""
    configure(verbose=1)
    return await _retrained(force=force)


async def _retrained(*, force: bool) -> State[Any]:
    try:
        outcome = retrain_once(force=force)
    except LeaseError as error:
        return Completed(message=f"skipped: {error}", name="Skipped")
    if outcome["state"] != "waiting":
        words = f"{outcome['indonesian']}\n\n{outcome['english']}\n"
        written: Any = create_markdown_artifact(words, key="retrain-verdict", description="The last retraining.")
        await written
    return Completed(message=outcome["english"])


@task(**_PATIENT)
def publish_all(*, patience_s: float = 0.0) -> dict[str, int]:
    """Bring alerts and feed files up to date, and return the counts."""
    from flows.publish import publish as publish_pass

    with publish_tools(Settings.from_environ()) as tools:
        tally = when_free(lambda: publish_pass(tools), patience_s)
    return {"raised": tally.raised, "updated": tally.updated, "cancelled": tally.cancelled, "files": len(tally.files)}


@flow(name="publish")
async def publish(patient: bool = False) -> State[Any]:
    """Write what leaves the house, then send it; skipped, or waited for, where another pass is writing."""

    def work() -> dict[str, int]:
        return publish_all(patience_s=PATIENCE_S if patient else 0.0)

    state = await _counted(work, "publish-tally", "What the last publication did.")
    # A channel that fails is told of by its own task: the files are written all the same.
    sending: Any = deliver_all(return_state=True)  # a coroutine in a flow
    await sending
    return state


@task(**_PATIENT)
async def deliver_all() -> dict[str, int]:
    """Send what is due to everybody who is to get it, and return the counts; {} where nothing was."""
    from flows.deliver import deliver as run
    from flows.deliver import deliver_tools

    async with deliver_tools(Settings.from_environ()) as tools:
        return dict(await run(tools, until=utc_now() + DELIVER_BUDGET))


@flow(name="deliver")
async def deliver() -> State[Any]:
    """Send alerts, digests and summaries that are due; several may run at once."""
    configure(verbose=1)
    counts = {name: count for name, count in (await deliver_all()).items() if count}
    if not counts:
        return Completed(message="nothing to do")
    await _table("delivery-tally", [counts], "What the last delivery did.")
    return Completed(message=", ".join(f"{count} {name}" for name, count in counts.items()))


@task(**_PATIENT)
def watch_all() -> list[dict[str, Any]]:
    """Judge every source, keep and tell what is wrong, and return a row for each that is not well, the worst first."""
    from flows.watch import Health, watch_pass

    settings = Settings.from_environ()
    with open_store(settings) as store:
        look = watch_pass(load_sources(settings), store, utc_now())
    told = {alarm.source_id for alarm in look.turn.raised}
    return [
        {
            "sumber": line.source_id,
            "keadaan": str(line.health),
            "catatan": "; ".join(dict.fromkeys([line.note, *(one.note for one in line.findings)])),
            "tindakan": line.advice,
            "baru": "ya" if line.source_id in told else "",
        }
        for line in look.lines
        if line.health not in {Health.SEHAT, Health.MATIKAN}
    ]


@flow(name="watch")
async def watch() -> State[Any]:
    """Look after the sources: which are silent, blocked or read badly."""
    configure(verbose=1)
    rows = watch_all()
    await _table("source-health", rows, "Sources that are not well, the worst first.")
    return Completed(message=f"{len(rows)} sources are not well")


@task(**_PATIENT)
def look_for_drift() -> tuple[list[dict[str, Any]], str]:
    """Look whether news, scores or corrections are still as they were; return a row per measure, and the outcome."""
    from flows.drift import drift_tools, rows_of, summary_of, take_look

    with drift_tools(Settings.from_environ()) as tools:
        look = take_look(tools)
    return rows_of(look), summary_of(look)


@flow(name="drift")
async def drift() -> State[Any]:
    """Watch for drift of inputs, scores and labels, once a week; an alarm is rarely wrong and says what moved."""
    configure(verbose=1)
    rows, summary = look_for_drift()
    await _table("drift", rows, "The last week beside the weeks before it.")
    return Completed(message=summary)


@task(**_PATIENT)
def look_for_early_warnings() -> tuple[list[dict[str, Any]], str]:
    """Look for bursts and rising precursors; return a row for each that stands, and the outcome."""
    from data.gazetteer import load_gazetteer
    from flows.desk_rules import calendar_in_use
    from flows.early_warning import look, rows_of, summary_of
    from flows.picture import region_names

    settings = Settings.from_environ()
    with open_store(settings) as store:
        tally = look(store, load_sources(settings), calendar_in_use(store), utc_now)
        standing = store.early_warnings.standing()
    rows = rows_of(standing, region_names(load_gazetteer()))
    told = ("sejak", "sampai", "terberat")
    return [{name: str(value) if name in told else value for name, value in row.items()} for row in rows], summary_of(
        tally, standing
    )


@flow(name="early_warning")
async def early_warning() -> State[Any]:
    """Look for more incidents than usual in every region, and for threats that build up before a stage."""
    configure(verbose=1)
    try:
        rows, summary = look_for_early_warnings()
    except LeaseError as error:
        return Completed(message=f"skipped: {error}", name="Skipped")
    await _table("early-warnings", rows, "Early warnings that stand, the last raised first; unverified.")
    return Completed(message=summary)


@task(**_PATIENT)
def take_out_what_is_old() -> dict[str, int]:
    """Take out what is older than the desk keeps it, and return the counts."""
    from dataclasses import asdict

    from flows.retention import keep_to_rules
    from flows.tools import retention_tools

    with retention_tools(Settings.from_environ()) as tools:
        return asdict(keep_to_rules(tools))


@flow(name="retention")
async def retention() -> State[Any]:
    """Take out old texts, raw pages, log entries and logins by the desk's rules; skipped while another one does."""
    return await _counted(take_out_what_is_old, "retention-tally", "What the last night took out.")


@task(**_PATIENT)
def make_reports(kind: str) -> list[dict[str, Any]]:
    """Make the reports of a kind that are due and not kept yet, and return a row for each."""
    from flows.reports import SCHEDULE, due_days, due_weeks, make_daily, make_weekly, report_tools

    settings = Settings.from_environ()
    area = settings.report_area or None
    with report_tools(settings) as tools:
        if kind == "daily":
            made = [make_daily(day, area, tools, by=SCHEDULE) for day in due_days(tools, area)]
        else:
            made = [make_weekly(monday, area, tools, by=SCHEDULE) for monday in due_weeks(tools, area)]
    return [
        {"laporan": one.report.title, "revisi": one.report.revision, "berkas": ", ".join(one.added)} for one in made
    ]


@flow(name="daily_report")
async def daily_report() -> State[Any]:
    """Make the report of the day before, and those of days that were missed; skipped while another one makes them."""
    return await _reported("daily")


@flow(name="weekly_report")
async def weekly_report() -> State[Any]:
    """Make the trend of the week before; skipped while another one makes it."""
    return await _reported("weekly")


async def _reported(kind: str) -> State[Any]:
    configure(verbose=1)
    try:
        rows = make_reports(kind)
    except LeaseError as error:
        return Completed(message=f"skipped: {error}", name="Skipped")
    await _table(f"{kind}-report", rows, "The reports made last.")
    return Completed(message=f"{len(rows)} reports made")


async def _counted(
    work: Callable[[], dict[str, int]], key: str, description: str, did: tuple[str, str] | None = None
) -> State[Any]:
    """Do ``work`` once, show its counts as a table, and say them; skipped where another run is doing it.

    ``did`` names a count and the state in which the run ends where that is not zero.
    """
    configure(verbose=1)
    try:
        counts = work()
    except LeaseError as error:
        return Completed(message=f"skipped: {error}", name="Skipped")
    if not counts:
        return Completed(message="nothing to do")
    await _table(key, [counts], description)
    name = did[1] if did is not None and counts[did[0]] else None
    return Completed(message=", ".join(f"{count} {what}" for what, count in counts.items()), name=name)


async def _table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    if rows:
        written: Any = create_table_artifact(table=rows, key=key, description=description)  # a coroutine in a flow
        await written


FLOWS: dict[str, Flow[..., Any]] = {
    "crawl": crawl,
    "assess": assess,
    "publish": publish,
    "deliver": deliver,
    "watch": watch,
    "rescore": rescore,
    "retrain": retrain,
    "retrain_asked": retrain_asked,
    "drift": drift,
    "early_warning": early_warning,
    "retention": retention,
    "daily_report": daily_report,
    "weekly_report": weekly_report,
}
"""Every flow by its name, in the order in which an article meets them."""
