"""What the API tells of the work around incidents: many at once, duty, views, notices, reports, sources, disputes."""

from datetime import datetime
from typing import Any, Literal

from desk.api.views import LabelView, View


class Refusal(View):
    """An incident that was left as it is, and why: ``type`` as in a problem."""

    id: int
    type: str
    detail: str


class Together(View):
    """What became of several incidents; ``reviews`` are what decisions can be undone by."""

    done: tuple[int, ...]
    refused: tuple[Refusal, ...]
    reviews: tuple[int, ...]


class SavedViewView(View):
    """A view of the queue under a name; ``query`` is what stands behind "?" in its address."""

    id: int
    name: str
    query: str
    shared: bool
    mine: bool
    created_at: datetime


class SavedViews(View):
    """The caller's views, and those that are for everybody."""

    items: tuple[SavedViewView, ...]


class DutyView(View):
    """Who is on duty, since when; ``until`` None: still."""

    by: str
    since: datetime
    until: datetime | None


class DutyNow(View):
    """Who is on duty; ``mine``: the caller is; the shift that began and when the next one does."""

    items: tuple[DutyView, ...]
    mine: bool
    shift_began: datetime
    shift_ends: datetime


class ShiftNoteView(View):
    """What a person of one shift tells the next."""

    id: int
    by: str
    at: datetime
    text: str


class ShiftNotes(View):
    """Notes of shifts, the newest first."""

    items: tuple[ShiftNoteView, ...]
    next: str | None


class NoticeView(View):
    """Something that the caller was told; ``kind`` such as *sebutan*."""

    id: int
    at: datetime
    kind: str
    incident_id: int | None
    text: str
    read_at: datetime | None


class Notices(View):
    """What the caller was told, the newest first; ``unread`` is how much of all they have not read."""

    items: tuple[NoticeView, ...]
    unread: int
    next: str | None


class SaidView(View):
    """What a person said of an early warning; ``note`` "": that they saw it."""

    by: str
    at: datetime
    note: str


class WarningNotes(View):
    """What people said of an early warning, the first first."""

    items: tuple[SaidView, ...]


class ReportFileView(View):
    """A file of a report; ``size`` in bytes, ``sha256`` in hex."""

    format: str
    sha256: str
    size: int


class ReportView(View):
    """One revision of a report; ``area`` "" is the country."""

    id: int
    kind: Literal["daily", "weekly", "incident"]
    subject: str
    area: str
    revision: int
    title: str
    made_at: datetime
    made_by: str
    files: tuple[ReportFileView, ...]


class ReportMade(View):
    """A report as it is kept; ``is_new`` False: it says the same as the revision before, which this is."""

    report: ReportView
    is_new: bool


class ReportList(View):
    """Reports that the caller may have, the one made last first."""

    items: tuple[ReportView, ...]


class FinderView(View):
    """Where a source lists its articles, and whether it answered."""

    kind: str
    url: str
    answered: bool


class SitePreview(View):
    """A site as it was seen: what would be added, and one article as it would be read.

    ``token`` is the word under which it can be added for half an hour.
    """

    token: str
    id: str
    name: str
    home: str
    profile: str
    timezone: str
    tier: int
    provinces: tuple[str, ...]
    regencies: tuple[str, ...]
    verdict: Literal["ok", "partly", "failed"]
    finders: tuple[FinderView, ...]
    listed: int
    newest: datetime | None
    titles: tuple[str, ...]
    article_title: str | None
    article_text: str | None
    evidence: tuple[str, ...]
    failed: tuple[str, ...]


class SourceAdded(View):
    """A source that is read from the next crawl on."""

    id: str
    name: str
    home: str


class Dispute(View):
    """A text whose labels differ; ``third``: the caller has not labelled it, and may decide."""

    article_id: int
    revision: int
    title: str
    labels: tuple[LabelView, ...]
    third: bool


class Disputes(View):
    """Texts whose labels differ, the one that waits longest first."""

    items: tuple[Dispute, ...]


class Filled(View):
    """How many texts were added to the label queue, by why they were chosen."""

    added: dict[str, int]


class SettingLine(View):
    """A value that a setting had; null: as installed."""

    version: int
    value: Any
    by: str
    at: datetime
    why: str


class SettingHistory(View):
    """The values that a setting had, the newest first."""

    items: tuple[SettingLine, ...]


class NewPassword(View):
    """A password that was made up: it is told this once, and must be changed at the next login."""

    name: str
    password: str
