"""What the API takes: parameters of addresses and bodies, checked by type, range and length before anything is done.

The names of parameters and of what is decided are those of the desk's own forms and addresses: a view of the queue that
is open in a browser can be asked for here with the same words behind "?".
"""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from data.records import IncidentStatus, Modality, Urgency
from desk.actions.commenting import LONGEST_COMMENT
from desk.actions.deciding import LONGEST_TEXT
from desk.actions.work import LONGEST_REASON

LARGEST_ID = 2**31 - 1
_CODE = r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$"
_SLUG = r"^[a-z0-9_]{1,60}$"
LINE = r"^[^\x00-\x1f\x7f]*$"
TEXT = r"^[^\x00]*$"

Number = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[12])]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Code = Annotated[str, StringConstraints(pattern=_CODE)]
Slug = Annotated[str, StringConstraints(pattern=_SLUG)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=TEXT)]
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,400}$")]
Limit = Annotated[int, Field(ge=1, le=200)]


class Taken(BaseModel):
    """Anything that is taken; a name that it has not is refused rather than left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QueueQuery(Taken):
    """The filters of the queue, as in its address; each left out asks for nothing in particular."""

    status: Literal[
        "terbuka",
        "tertutup",
        "semua",
        "belum_ditinjau",
        "verifikasi",
        "bukan_ancaman",
        "duplikat",
        "terverifikasi",
        "ditindaklanjuti",
        "selesai",
        "ditutup_tanpa_tindak_lanjut",
    ] = "terbuka"
    urgensi: Urgency | None = None
    sinyal: Slug | None = None
    modalitas: Modality | None = None
    tingkat: Annotated[int, Field(ge=1, le=4)] | None = None
    wilayah: Code | None = None
    tier: Annotated[int, Field(ge=1, le=3)] | None = None
    terverifikasi: Literal["ya", "belum"] | None = None
    waktu: Literal["1j", "24j", "7h", "30h"] | None = None
    dari: date | None = None
    sampai: date | None = None
    milik: Literal["saya", "diklaim", "bebas"] | None = None
    terlambat: Literal["1"] | None = None
    belum_dilihat: Literal["1"] | None = None
    q: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] | None = None
    urut: Literal["lama"] | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class SearchQuery(Taken):
    """A search for articles: words, ``"a phrase"``, ``begin*``, ``-without``, and filters."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=TEXT)] = Field(
        examples=['posko dibakar -"kebakaran hutan"']
    )
    sinyal: Slug | None = None
    modalitas: Modality | None = None
    wilayah: Code | None = None
    sumber: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,80}$")] | None = None
    tingkat: Annotated[int, Field(ge=1, le=4)] | None = None
    ditandai: bool | None = None
    urut: Literal["terbaru"] | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class PageQuery(Taken):
    """A page of a list."""

    limit: Limit = 50
    cursor: Cursor | None = None


class PeriodQuery(Taken):
    """Whole days on the desk's clock, both in it; without them the seven days that end today."""

    dari: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 12, 31))] | None = None
    sampai: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 12, 31))] | None = None


class PictureQuery(PeriodQuery):
    """A period and an area: a province, or a kabupaten or kota; without one the country."""

    wilayah: Annotated[str, StringConstraints(pattern=r"^\d{2}(\.\d{2})?$")] | None = None


class AuditQuery(Taken):
    """Which entries of the audit log."""

    subject: Annotated[str, StringConstraints(max_length=200, pattern=LINE)] | None = None
    actor: Annotated[str, StringConstraints(max_length=80, pattern=LINE)] | None = None
    action: Slug | None = None
    limit: Limit = 100
    cursor: Cursor | None = None


class UnitQuery(Taken):
    """A name, or the beginning of one, and the unit in which it is looked for first."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=LINE)] = Field(examples=["pariaman"])
    dekat: Code | None = None


class Decision(Taken):
    """A decision, with what it needs: a reason, to whom it is handed and by which letter, of which one a duplicate."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ke": "verifikasi"}, {"ke": "duplikat", "duplikat_dari": 11}]}
    )

    ke: IncidentStatus
    alasan: Text = ""
    penerima: Text = ""
    surat: Text = ""
    duplikat_dari: Id | None = None


class TakeOver(Taken):
    """Why an incident is taken out of somebody else's hands."""

    alasan: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON, pattern=TEXT)]


class NewComment(Taken):
    """A comment; ``@name`` tells that user of it."""

    teks: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_COMMENT, pattern=TEXT)] = Field(
        examples=["@sari mohon telepon camat"]
    )


class Correction(Taken):
    """What a person says of an article: all four together, places being where it happened, none: at no place."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"sinyal": ["perusakan"], "modalitas": "kejadian", "tingkat": 3, "tempat": ["13.77"]}]
        }
    )

    sinyal: Annotated[list[Slug], Field(max_length=20)]
    modalitas: Modality
    tingkat: Annotated[int, Field(ge=0, le=4)]
    tempat: Annotated[list[Code], Field(max_length=30)]
    catatan: Text = ""


class NameMeans(Taken):
    """What a name means in an article: these units, or none where it is no place."""

    nama: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)]
    tempat: Annotated[list[Code], Field(max_length=30)]
    catatan: Text = ""


class Value(Taken):
    """Source A to F, content 1 to 6; more than what is proposed needs a note."""

    sumber: Literal["A", "B", "C", "D", "E", "F"]
    isi: Literal[1, 2, 3, 4, 5, 6]
    catatan: Text = ""


class Answer(Taken):
    """What came back of a follow-up; ``semula`` is the answer that was seen before, "" for none."""

    jawaban: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=TEXT)]
    semula: Text = ""


class NewOutcome(Taken):
    """What an incident turned out to be."""

    hasil: Literal["benar", "sebagian", "tidak_benar"]
    catatan: Text = ""


class SeenIncident(Taken):
    """An incident, and the version of it that was seen."""

    nomor: Id
    versi: Annotated[int, Field(ge=0, le=10**15)]


class Merge(Taken):
    """Incidents that are one with that of the address, which stays."""

    kejadian: Annotated[list[SeenIncident], Field(min_length=1, max_length=50)] = Field(
        examples=[[{"nomor": 11, "versi": 30}]]
    )
    alasan: Text = ""


class Split(Taken):
    """Articles that leave an incident for one of their own."""

    artikel: Annotated[list[Id], Field(min_length=1, max_length=500)]
    alasan: Text = ""


class Move(Taken):
    """An article that is about another incident."""

    artikel: Id
    ke: Id
    alasan: Text = ""


class Note(Taken):
    """What is said with an alert; "" for nothing."""

    catatan: Text = ""


class Reason(Taken):
    """What must be said with it: what is new, or why."""

    catatan: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=TEXT)]


class NewLabel(Taken):
    """A label of a text; ``tingkat`` None: not judged."""

    sinyal: Annotated[list[Slug], Field(max_length=20)]
    modalitas: Modality
    boleh: Annotated[list[Slug], Field(max_length=20)] = []
    tingkat: Annotated[int, Field(ge=0, le=4)] | None = None
    negasi: bool = False
    historis: bool = False
    catatan: Text = ""


Why = Annotated[str, StringConstraints(min_length=3, max_length=500, pattern=LINE)]


class Promotion(Taken):
    """The version that is to be in use, and why."""

    versi: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
    alasan: Why


class RollBack(Taken):
    """The version that was seen in use, and why it is to be left."""

    dipakai: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
    alasan: Why


class Switch(Taken):
    """Whether a source is read, and why."""

    aktif: bool
    alasan: Why


class NewValue(Taken):
    """A setting's value, and why."""

    nilai: Any
    alasan: Annotated[str, StringConstraints(min_length=3, max_length=500, pattern=TEXT)]


class NewPersonBody(Taken):
    """A person; the password is made up and told once."""

    nama: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,39}$")] = Field(examples=["sari.dewi"])
    tampil: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=LINE)]
    peran: Slug
    wilayah: Annotated[list[Code], Field(max_length=50)] = []


class PersonChange(Taken):
    """Role, regions, and whether the person may log in."""

    peran: Slug
    wilayah: Annotated[list[Code], Field(max_length=50)]
    aktif: bool
