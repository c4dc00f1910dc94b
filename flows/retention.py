"""Keeping no longer than the desk wants to: texts, raw pages, log entries, logins, deliveries; one article on request.

UU 27/2022 on personal data asks for a time after which data go, and for erasure on request; Pedoman Media Siber for
following an outlet that withdrew. Nothing goes by itself until the desk sets a rule: as installed, all is kept but the
traces of logins.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from data.errors import InputError, KentonganError
from flows.leases import held
from scrapers.warc_erasing import erase_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from data.store import Store
    from data.store.retention import Erased

log = structlog.get_logger(__name__)

RETENTION_KEY: Final = "retensi"
"""The desk's setting that holds the rules."""

LEASE_NAME: Final = "retention"
LEASE: Final = timedelta(minutes=10)
BATCH: Final = 200
"""Articles whose texts go in one transaction: a fifth of a second for which others wait."""

LEAST_TEXT_DAYS: Final = 60
"""A publish pass quotes from texts of 45 days back (`flows.publish.LOOK_BACK`), and reports a fortnight beyond."""
LEAST_ARCHIVE_DAYS: Final = 7
"""A mended profile reads the pages of the last days anew out of the archive."""
LEAST_LOG_YEARS: Final = 1
LEAST_LOGIN_DAYS: Final = 1
LEAST_DELIVERY_DAYS: Final = 60
"""Twice what is looked back for revisions that were never planned (`flows.deliver_plan.LOOK_BACK`)."""
MOST_DAYS: Final = 36_500
MOST_YEARS: Final = 100
LOGIN_DAYS: Final = 90
LEAST_REASON: Final = 5
BY: Final = "retensi"
"""Who stands in the audit log for what a rule has done."""


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long what is kept; None: for ever.

    ``text_days`` is of the full texts of articles, after their last revision; ``archive_days`` of raw pages,
    ``log_years`` of the audit log, in which the views of full texts stand too; ``login_days`` of logins that are over
    and of failed ones; ``delivery_days`` of deliveries that ended.
    """

    text_days: int | None = None
    archive_days: int | None = None
    log_years: int | None = None
    login_days: int = LOGIN_DAYS
    delivery_days: int | None = None


FIELDS: Final = {
    "teks_hari": ("text_days", LEAST_TEXT_DAYS, MOST_DAYS),
    "arsip_hari": ("archive_days", LEAST_ARCHIVE_DAYS, MOST_DAYS),
    "catatan_tahun": ("log_years", LEAST_LOG_YEARS, MOST_YEARS),
    "masuk_hari": ("login_days", LEAST_LOGIN_DAYS, MOST_DAYS),
    "kiriman_hari": ("delivery_days", LEAST_DELIVERY_DAYS, MOST_DAYS),
}
"""Each field of the setting: what it is called here, and the least and most that it may be."""


@dataclass(frozen=True, slots=True)
class RetentionTools:
    """What has effects: the store, the folder of raw pages, the clock."""

    store: Store
    warc_dir: Path
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class RetentionTally:
    """What went, or would go: texts, files of raw pages and their bytes, log entries, logins, failed ones, deliveries.

    ``labelled`` texts are old enough to go and stay: the model learns from them.
    """

    texts: int = 0
    labelled: int = 0
    files: int = 0
    bytes: int = 0
    entries: int = 0
    logins: int = 0
    failures: int = 0
    deliveries: int = 0


def retention_of(setting: Any) -> RetentionRules:
    """Return the rules of a desk's setting (None: as installed). Raises InputError naming what will not do."""
    if setting is None:
        return RetentionRules()
    if not isinstance(setting, dict) or set(setting) - set(FIELDS):
        raise InputError(f"the rules of retention are {', '.join(FIELDS)}")
    rules = RetentionRules()
    for name, (field, least, most) in FIELDS.items():
        value = setting.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InputError(f"{name} is a whole number from {least} to {most}, or empty")
        rules = replace(rules, **{field: value})
    return rules


def keep_to_rules(
    tools: RetentionTools, *, dry_run: bool = False, watch: Callable[[RetentionTally], None] = lambda _: None
) -> RetentionTally:
    """Take out what is older than the desk's rules say, and return what went; with ``dry_run`` what would go.

    Raises LeaseError where another run does it. A run that is killed goes on where it was: each step is whole.
    """
    rules = retention_of(tools.store.desk_settings.get(RETENTION_KEY))
    if dry_run:
        return _would_go(rules, tools)
    with held(tools.store, LEASE_NAME, tools.clock, LEASE) as renew:
        tally = RetentionTally()
        tally = _texts(rules, tools, tally, renew, watch)
        tally = _archive(rules, tools, tally)
        tally = _deliveries(rules, tools, tally, renew)
        renew()
        tally = _log_and_logins(rules, tools, tally)
        gone = {name: count for name, count in asdict(tally).items() if count and name != "labelled"}
        if gone:
            tools.store.audit.add(BY, "retensi", "retensi", tools.clock(), gone)
            tools.store.checkpoint()  # what was taken out leaves the write-ahead log too
    log.info("retention_done", **asdict(tally))
    return tally


def _would_go(rules: RetentionRules, tools: RetentionTools) -> RetentionTally:
    store, now = tools.store, tools.clock()
    texts, labelled = (0, 0)
    if rules.text_days is not None:
        texts, labelled = store.retention.count_old_texts(now - timedelta(days=rules.text_days))
    files = _old_files(rules, tools)
    logins, failures = store.retention.count_logins(now - timedelta(days=rules.login_days))
    entries = 0 if rules.log_years is None else store.retention.old_entries(_years_before(now, rules.log_years))
    deliveries = 0
    if rules.delivery_days is not None:
        deliveries = len(store.outbox_retention.old(now - timedelta(days=rules.delivery_days)))
    return RetentionTally(texts, labelled, len(files), _size(files), entries, logins, failures, deliveries)


def _texts(
    rules: RetentionRules,
    tools: RetentionTools,
    tally: RetentionTally,
    renew: Callable[[], None],
    watch: Callable[[RetentionTally], None],
) -> RetentionTally:
    if rules.text_days is None:
        return tally
    before = tools.clock() - timedelta(days=rules.text_days)
    tally = replace(tally, labelled=tools.store.retention.count_old_texts(before)[1])
    while found := tools.store.retention.old_texts(before, BATCH):
        tally = replace(tally, texts=tally.texts + tools.store.retention.blank(found))
        watch(tally)
        renew()
    return tally


def _archive(rules: RetentionRules, tools: RetentionTools, tally: RetentionTally) -> RetentionTally:
    files = _old_files(rules, tools)
    if not files:
        return tally
    size = _size(files)
    # Forgotten first: a file without a page is found again by its age, a page without its file is an error.
    tools.store.retention.forget_archive([path.name for path in files])
    for path in files:
        path.unlink(missing_ok=True)
    return replace(tally, files=len(files), bytes=size)


def _deliveries(
    rules: RetentionRules, tools: RetentionTools, tally: RetentionTally, renew: Callable[[], None]
) -> RetentionTally:
    if rules.delivery_days is None:
        return tally
    before = tools.clock() - timedelta(days=rules.delivery_days)
    for gone in tools.store.outbox_retention.take_out(tools.store.outbox_retention.old(before), before):
        tally = replace(tally, deliveries=tally.deliveries + gone)
        renew()
    return tally


def _old_files(rules: RetentionRules, tools: RetentionTools) -> list[Path]:
    """Return the files of the archive that nothing was written to since the rule's day."""
    if rules.archive_days is None or not tools.warc_dir.is_dir():
        return []
    before = (tools.clock() - timedelta(days=rules.archive_days)).timestamp()
    return sorted(path for path in tools.warc_dir.glob("*.warc.gz") if path.stat().st_mtime < before)


def _size(files: list[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def _log_and_logins(rules: RetentionRules, tools: RetentionTools, tally: RetentionTally) -> RetentionTally:
    store, now = tools.store, tools.clock()
    over = now - timedelta(days=rules.login_days)
    tally = replace(tally, logins=store.sessions.forget(over), failures=store.login_failures.forget(over))
    if rules.log_years is None:
        return tally
    return replace(tally, entries=store.retention.cut_log(_years_before(now, rules.log_years), BY, now))


def _years_before(now: datetime, years: int) -> datetime:
    return now - timedelta(days=365.25 * years)


def erase_article(tools: RetentionTools, article_id: int, by: str, reason: str) -> Erased:
    """Erase one article for good, as somebody asked; return what went.

    What has left the house (feeds that were fetched, reports that were made) is not reached from here. Raises
    InputError without a reason, UnknownItemError and ConflictError as `Retention.erase`. Where a file of the archive
    cannot be written, the error says which, and the article is erased in the store.
    """
    why = " ".join(reason.split())
    if len(why) < LEAST_REASON:
        raise InputError("say why, and who asked for it: it stands in the audit log")
    if not by.strip():
        raise InputError("say who erases it: --as NAME")
    now = tools.clock()
    with tools.store.transaction():
        erased = tools.store.retention.erase(article_id, by, now)
        detail = {"alasan": why, "alamat": erased.names, "revisi": erased.revisions, "halaman": len(erased.pages)}
        tools.store.audit.add(by, "artikel_dihapus", f"artikel/{article_id}", now, detail)
    tools.store.checkpoint()
    failed: list[KentonganError] = []
    for page in erased.pages:
        path = tools.warc_dir / page.file
        if path.exists():
            try:
                erase_record(path, page.offset, now)
            except InputError as error:
                failed.append(error)
    log.info("article_erased", article=article_id, by=by, pages=len(erased.pages))
    if failed:
        raise failed[0]
    return erased
