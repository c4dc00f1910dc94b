"""The API keeps to its own OpenAPI, whatever it is sent: no failure of the server, no answer that is not described."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from starlette.applications import Starlette
from starlette.routing import Mount

from data.delivering import Delivery, Recipient
from data.records import Source
from desk.api.app import make_api
from desk.entry.guard import new_token
from desk.frame import Desk
from desk.permissions import Permission
from flows.source_preview import Preview
from scrapers.check import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

INCIDENTS = 8
EXAMPLES = 3
"""Requests of each operation that fit its description, and as many that do not; raise it for a longer look."""

REFUSED = ["2xx", "401", "403", "404", "409", "412", "422"]
"""What a request that fits may be told: what an incident's state, a name or a code forbids stands in no schema."""

SITE = Source("kabarnagari", "Kabar Nagari", "http://kabarnagari.test/", "Asia/Jakarta", "wordpress", ())
PREVIEW = Preview(SITE, (), (), Check("kabarnagari", "failed", 0, None, (), ("no finder",), None))

HOUR = datetime(2024, 11, 26, 8, tzinfo=UTC)
POLRES = Recipient(0, "polres", "webhook", "https://polres.example/masuk", "kunci-dua-puluh-empat-huruf")

CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": REFUSED},
        "missing_required_header": {"expected-statuses": ["428", "422", "404"]},
    }
}


def small_numbers(openapi: dict[str, Any]) -> None:
    """Let numbers in addresses be those of what is there, or nearly: at random hardly one would be met."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["schema"].get("type") == "integer":
                    parameter["schema"]["maximum"] = INCIDENTS + 2


def sent_nothing(store: Store) -> Callable[..., Delivery]:
    """Return what ends a trial as if it had been taken, and sends nothing."""

    def trial(_settings: Any, _clock: Any, name: str) -> Delivery:
        return Delivery(1, "test.1", store.recipients.named(name).id, 1, "test", None, 0, "sent", "", True, HOUR, None)

    return trial


def tried(cases: Any) -> tuple[set[int], list[str]]:
    """Send requests and return with what they were answered, and in what way that was wrong."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def keeps(case: Any) -> None:
        statuses.add(case.call_and_validate().status_code)

    try:
        keeps()
    except (BaseExceptionGroup, AssertionError) as failure:
        return statuses, [repr(failure)]
    return statuses, []


@pytest.mark.timeout(1200)
def test_it_keeps_to_its_openapi(
    tools: Any, store: Any, clock: Any, add_user: Callable[..., Any], newsdesk: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("desk.api.door.STRANGERS_PER_MINUTE", 10**6)
    # No site is looked at, and no browser started: what those do is tested where they are.
    monkeypatch.setattr("desk.actions.previewing.preview_now", lambda *_: PREVIEW)
    monkeypatch.setattr("desk.actions.reporting.chromium_printer", None)
    store.desk_settings.put("roles", {"semua": [one.value for one in Permission]}, "uji", clock.now)
    user = add_user("semua")
    token, _ = new_token(store, user, "uji", [one.value for one in Permission], clock.now, None)
    for one in range(INCIDENTS):
        newsdesk.opens(f"Posko {one} dibakar")
    for number in range(INCIDENTS):
        store.recipients.add(replace(POLRES, name=f"polres {number}"), "uji", clock.now)
    api = make_api(Desk(replace(tools, trial_sender=sent_nothing(store))), per_minute=10**6)
    small_numbers(api.openapi())
    app = Starlette(routes=[Mount("/api/v1", api)])
    config = SchemathesisConfig.from_dict(CONFIG | {"auth": {"openapi": {"token": {"bearer": token}}}})
    # Whoever revokes the token that is used here is a stranger from then on: tested by hand.
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config).exclude(
        operation_id="revoke_token"
    )
    failures: list[str] = []
    answered: defaultdict[str, set[int]] = defaultdict(set)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            statuses, wrong = tried(operation.as_strategy(generation_mode=mode))
            answered[operation.label] |= statuses
            failures += [f"{operation.label} {mode.value}: {one}" for one in wrong]
    assert failures == []
    # What is only ever refused tells nothing of its answers: most operations went through.
    assert len(answered) >= 80
    assert sum(bool(statuses & {200, 201, 202}) for statuses in answered.values()) >= 50
