"""What the API takes for the work around incidents: many at once, duty, views, reports, sources, field reports."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from data.records import IncidentStatus, Modality
from desk.actions.duty import LONGEST_NOTE
from desk.actions.early_warnings import LONGEST_NOTE as LONGEST_WARNING_NOTE
from desk.actions.entering import LONGEST_REPORT, LONGEST_ROLE, LONGEST_TITLE
from desk.actions.sourcing import LONGEST_ADDRESS
from desk.actions.sourcing import LONGEST_NAME as LONGEST_SOURCE_NAME
from desk.actions.together import MOST
from desk.actions.views import LONGEST_NAME
from desk.api.bodies import LINE, TEXT, Code, Id, SeenIncident, Slug, Taken, Text, Why

_Region = Annotated[str, StringConstraints(pattern=r"^\d{2}(\.\d{2})?$")]
_Chosen = Annotated[list[SeenIncident], Field(min_length=1, max_length=MOST)]
_LEAST_YEAR, _MOST_YEAR = date(1990, 1, 1), date(2200, 12, 31)


class DecideAll(Taken):
    """A decision about several incidents, each against the version that was seen."""

    kejadian: _Chosen = Field(examples=[[{"nomor": 11, "versi": 30}, {"nomor": 12, "versi": 34}]])
    ke: IncidentStatus
    alasan: Text = ""
    penerima: Text = ""
    surat: Text = ""
    duplikat_dari: Id | None = None


class Numbers(Taken):
    """Several incidents."""

    kejadian: Annotated[list[Id], Field(min_length=1, max_length=MOST)]


class UndoAll(Taken):
    """The first and the last review under which decisions were kept that were made together."""

    pertama: Id
    terakhir: Id


class NewReport(Taken):
    """A report from the field: what was told, by whom (their function; of a name only initials are kept), and how."""

    judul: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TITLE, pattern=LINE)]
    isi: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REPORT, pattern=TEXT)]
    pelapor: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ROLE, pattern=LINE)]
    nama_pelapor: Annotated[str, StringConstraints(max_length=LONGEST_ROLE, pattern=LINE)] = ""
    lewat: Literal["telepon", "whatsapp", "tatap_muka", "radio", "surat"]
    tempat: Annotated[list[Code], Field(min_length=1, max_length=30)]
    sinyal: Annotated[list[Slug], Field(min_length=1, max_length=20)]
    modalitas: Modality
    tingkat: Annotated[int, Field(ge=0, le=4)]
    waktu: AwareDatetime | None = None


class NewView(Taken):
    """A view of the queue under a name: its filters as they stand behind "?" in its address."""

    nama: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=LINE)]
    saringan: Annotated[str, StringConstraints(max_length=1000, pattern=LINE)] = Field(examples=["urgensi=P1"])
    bersama: bool = False


class EndOfDuty(Taken):
    """What the next shift should know; "" for nothing."""

    catatan: Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=TEXT)] = ""


class ShiftNoteBody(Taken):
    """A note for the next shift."""

    catatan: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NOTE, pattern=TEXT)]


class NoticesRead(Taken):
    """Which notices were read; [] for all."""

    nomor: Annotated[list[Id], Field(max_length=200, default_factory=list)]


class WarningNote(Taken):
    """What was found out about an early warning; "" where it was only seen."""

    catatan: Annotated[str, StringConstraints(max_length=LONGEST_WARNING_NOTE, pattern=TEXT)] = ""


class ReportAsked(Taken):
    """A report: of a day, or of the week in which that day lies; on an area, or the country."""

    jenis: Literal["daily", "weekly"]
    tanggal: Annotated[date, Field(ge=_LEAST_YEAR, le=_MOST_YEAR)]
    wilayah: _Region | None = None
    pdf: bool = False


class InformationAsked(Taken):
    """In which format a Laporan Informasi is made."""

    format: Literal["docx", "html", "txt", "xlsx", "pdf"] = "docx"


class Site(Taken):
    """A site that may become a source, and what is known of it."""

    alamat: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ADDRESS, pattern=LINE)]
    id: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{1,59})?$")] = ""
    nama: Annotated[str, StringConstraints(max_length=LONGEST_SOURCE_NAME, pattern=LINE)] = ""
    tier: Annotated[int, Field(ge=1, le=4)] = 3
    wilayah: Annotated[list[_Region], Field(max_length=50, default_factory=list)]


class SiteSeen(Taken):
    """The word under which a site was looked at."""

    pratinjau: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{10,60}$")]


class Restoration(Taken):
    """The line of a setting's history whose value is given back, null: as installed; and why."""

    versi: Id | None
    alasan: Why


class TaughtName(Taken):
    """What a name means in an article of no incident: these units, or none where it is no place."""

    nama: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)]
    tempat: Annotated[list[Code], Field(max_length=30)]
