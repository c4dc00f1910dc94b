"""Reports: which were made, making one, taking a file of one away."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import Response

from desk.actions.reporting import make_incident_report, make_report, may_have, report_file, take_file
from desk.api.answers import has_already
from desk.api.bodies import Number
from desk.api.door import CanReport, CanSee
from desk.api.routing import download, operation
from desk.api.work_bodies import InformationAsked, ReportAsked
from desk.api.work_views import ReportList, ReportMade, ReportView
from feeds.reports import FILE_FORMATS

router = APIRouter(tags=["reports"])

MOST: Final = 100
LOOKED_THROUGH: Final = 300
"""Reports made last among which those are that the caller may have."""

FormatName = Annotated[str, Path(pattern=r"^[a-z]{1,10}$", examples=["docx"])]


@operation(router, "GET", "/reports")
def list_reports(caller: CanSee) -> ReportList:
    """List the reports made last that the caller may have, every revision with its files."""
    found = caller.store.reports.recent(None, LOOKED_THROUGH)
    mine = [one for one in found if may_have(caller.store, caller.actor, one)]
    return ReportList(items=tuple(ReportView.model_validate(one) for one in mine[:MOST]))


@operation(router, "POST", "/reports", errors=(404, 409), status=201)
def make_area_report(body: ReportAsked, caller: CanReport) -> ReportMade:
    """Make the daily report of a day, or the trend of its week; what says the same makes no new revision."""
    made = make_report(caller.tools, caller.actor, body.jenis, body.tanggal, body.wilayah, caller.now, pdf=body.pdf)
    return ReportMade(report=ReportView.model_validate(made.report), is_new=made.is_new)


@operation(router, "POST", "/incidents/{number}/reports", errors=(404, 409), status=201)
def make_information_report(number: Number, body: InformationAsked, caller: CanReport) -> ReportMade:
    """Make the Laporan Informasi on an incident in a format."""
    made = make_incident_report(caller.tools, caller.actor, number, body.format, caller.now)
    return ReportMade(report=ReportView.model_validate(made.report), is_new=made.is_new)


@download(router, "/reports/{number}/{format}", [one.media_type for one in FILE_FORMATS.values()], errors=(404,))
def take_report(number: Number, format: FormatName, caller: CanSee) -> Response:  # noqa: A002  # its name in the address
    """Take a file of a report away, as it was written; that it was taken is kept in the audit log."""
    file = report_file(caller.tools, caller.actor, number, format)
    headers = {"etag": f'"{file.sha256[:16]}"', "cache-control": "private, no-cache", "vary": "Authorization, Cookie"}
    if has_already(caller.request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    content = take_file(caller.tools, caller.actor, number, file, caller.now)
    headers["content-disposition"] = f'attachment; filename="{file.path.rpartition("/")[2]}"'
    return Response(content, media_type=FILE_FORMATS[format].media_type, headers=headers)
