"""What the API takes of recipients and the log of deliveries: the fields of the desk's forms, by the same names."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from data.delivering import HIGHEST_LEVEL, LONGEST_NAME, LONGEST_TARGET, MOST_AN_HOUR, ChannelName, DeliveryState, Mode
from data.records import Urgency
from desk.api.bodies import LINE, Code, Cursor, Id, Limit, Slug, Taken

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
_Hour = Annotated[str, StringConstraints(pattern=f"^{_HOUR}$")]
_Span = Annotated[str, StringConstraints(pattern=f"^{_HOUR}-{_HOUR}$")]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=LINE)]
_Target = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TARGET, pattern=LINE)]
_Zone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


class Rule(Taken):
    """What a recipient wants, and when: no regions, signals or urgencies are all, ``batas`` null is no limit an hour.

    ``tenang`` and ``ringkasan`` are hours of the recipient's own clock. ``eskalasi`` are the urgencies for which it is
    called when nobody looks.
    """

    wilayah: Annotated[tuple[Code, ...], Field(max_length=200)] = ()
    sinyal: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    tingkat: Annotated[int, Field(ge=0, le=HIGHEST_LEVEL)] = 2
    urgensi: Annotated[tuple[Urgency, ...], Field(max_length=4)] = ()
    belum_terverifikasi: bool = False
    tenang: _Span | None = Field(default=None, examples=["22:00-05:00"])
    p1_menunggu: bool = False
    cara: Mode = "segera"
    ringkasan: Annotated[tuple[_Hour, ...], Field(max_length=24)] = Field(default=(), examples=[["06:00", "18:00"]])
    batas: Annotated[int, Field(ge=1, le=MOST_AN_HOUR)] | None = None
    eskalasi: Annotated[tuple[Literal["P1", "P2", "P3"], ...], Field(max_length=3)] = ()


class NewRecipient(Taken):
    """Somebody who is to be sent alerts; ``zona`` null is the desk's own clock.

    ``tujuan`` is an https URL of a webhook, an address for *surel*, a URL of Apprise, or ``env:NAME``.
    """

    nama: _Name = Field(examples=["Polres Pariaman"])
    saluran: ChannelName
    tujuan: _Target = Field(examples=["https://polres.example/masuk"])
    latihan: bool = False
    zona: _Zone | None = None
    aturan: Rule = Rule()


class RecipientChange(Taken):
    """A recipient as it is from now on; ``tujuan`` and ``zona`` null: as they are. A webhook's key stays."""

    nama: _Name
    tujuan: _Target | None = None
    latihan: bool
    zona: _Zone | None = None
    aturan: Rule


class Activity(Taken):
    """Whether a recipient is sent anything: false pauses it."""

    aktif: bool


class DeliveryQuery(Taken):
    """Which deliveries: in a state, to a recipient, of an incident."""

    keadaan: DeliveryState | None = None
    penerima: Id | None = None
    kejadian: Id | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
