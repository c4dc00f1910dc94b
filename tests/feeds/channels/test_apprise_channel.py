"""Only messengers that are asked by HTTPS are sent to through Apprise, and what came of it is read from their answers."""

from __future__ import annotations

import pytest

from data.errors import InputError
from feeds.channels.apprise import HOSTED, OWN_HOST, PLAIN, TROUBLES, AppriseSender, Notice, check, judged

TELEGRAM = "tgram://123456789:AAaabbccddeeffgghhiijjkkllmmnnoopp/-100200300"


class Notifier:
    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.told: list[tuple[str, str, str]] = []

    async def __call__(self, url: str, title: str, text: str) -> Notice:
        self.told.append((url, title, text))
        return self.notice


async def test_a_messenger_is_told_the_subject_and_the_short_text(message, recipient_of):
    notifier = Notifier(Notice(sent=True, statuses=(200,)))
    receipt = await AppriseSender(notifier).send(message, recipient_of(TELEGRAM, "apprise"))
    assert receipt.state == "delivered"
    assert notifier.told == [(TELEGRAM, message.subject, message.text)]


@pytest.mark.parametrize(
    "target",
    [
        TELEGRAM,
        f"{TELEGRAM}?topic=5&silent=yes",
        "slack://T1/A1/B1/#kanal",
        "whatsapp://token@123/628123456789",
        "matrixs://u:p@chat.example/!ruang",
        "ntfys://chat.example/topik?priority=high",
    ],
)
def test_messengers_may_be_sent_to(target):
    check(target)


@pytest.mark.parametrize(
    "service",
    [
        *(
            "dbus",
            "qt",
            "kde",
            "glib",
            "gnome",
            "macosx",
            "windows",
            "syslog",
            "rsyslog",
            "blink1",
            "growl",
            "exec",
            "file",
        ),
        *(
            "json",
            "jsons",
            "xml",
            "form",
            "apprise",
            "apprises",
            "mailto",
            "mailtos",
            "mqtt",
            "irc",
            "xmpp",
            "aprs",
            "smpp",
        ),
        *("hassio", "kodi", "emby", "ses", "sns", "config", "http", "https"),
    ],
)
def test_what_is_no_messenger_is_refused(service):
    with pytest.raises(InputError, match="is no service that alerts go to; there are discord, gchat, gotifys"):
        check(f"{service}://localhost/x")


@pytest.mark.parametrize("service", sorted(PLAIN))
def test_what_is_not_secure_is_for_hosts_that_the_operator_named(service):
    with pytest.raises(InputError, match=f'"{service}" is not secure; take "{service}s"'):
        check(f"{service}://u:p@chat.example/x", frozenset({"dalam.test"}))
    check(f"{service}://u:p@dalam.test:8080/x", frozenset({"dalam.test"}))
    check(f"{service}://[::1]/x", frozenset({"::1"}))


@pytest.mark.parametrize(
    "rest",
    [
        "?verify=no",
        "?redirect=yes",
        "?template=/etc/passwd",
        "?attach=http://10.0.0.1/",
        "?TEMPLATE=x",
        "?temp%6Cate=x",
        "?to=5&verify=no",
        "?to=5;verify=no",
        "?to=5?verify=no",
        "/#kanal?verify=no",
        "? verify=no",
        "?+X-Header=1",
        "?retry=9",
        "?store=yes",
        "?cto=9999",
    ],
)
def test_a_parameter_that_is_no_target_is_refused(rest):
    with pytest.raises(InputError, match="is not allowed in a target of Apprise"):
        check(TELEGRAM + rest)


@pytest.mark.parametrize("target", ["", "tgram", "tgram:/x", "://x", " tgram://x"])
def test_what_names_no_service_is_refused(target):
    with pytest.raises(InputError, match="begins with its service"):
        check(target)


async def test_a_target_that_became_unfit_is_refused_and_never_handed_to_apprise(message, recipient_of):
    notifier = Notifier(Notice(sent=True))
    receipt = await AppriseSender(notifier).send(message, recipient_of("dbus://", "apprise"))
    assert (receipt.state, notifier.told) == ("refused", [])


async def test_without_apprise_everything_waits(message, recipient_of):
    receipt = await AppriseSender(None).send(message, recipient_of(TELEGRAM, "apprise"))
    assert (receipt.state, receipt.reason) == ("retry", "Apprise is not installed; install the package apprise")


@pytest.mark.parametrize(
    ("notice", "state", "reason", "wait"),
    [
        (Notice(sent=True), "delivered", "taken by the service", None),
        (Notice(False, (401,)), "refused", "the service answered 401; check the token and the target", None),
        (Notice(False, (400,)), "refused", "the service answered 400; check the token and the target", None),
        (Notice(False, (200, 404)), "refused", "the service answered 404; check the token and the target", None),
        (Notice(False, (429,), 7.0), "retry", "the service answered 429", 7.0),
        (Notice(False, (500,)), "retry", "the service answered 500", None),
        (Notice(False, (302,)), "refused", "the service answered 302: it redirects, and no redirect is followed", None),
        (Notice(False, (200,)), "retry", "the service did not take it", None),
        (Notice(False), "retry", "the service did not take it", None),
        *((Notice(False, trouble=word), told.state, told.reason, None) for word, told in TROUBLES.items()),
    ],
)
def test_what_came_of_it_is_read_from_the_answers(notice, state, reason, wait):
    receipt = judged(notice)
    assert (receipt.state, receipt.reason, receipt.after_s) == (state, reason, wait)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_every_service_that_may_be_sent_to_is_one_of_apprise_and_asked_by_https():
    import apprise

    known = {}
    for entry in apprise.Apprise().details()["schemas"]:
        for scheme in entry["protocols"] or ():
            known[scheme] = False
        for scheme in entry["secure_protocols"] or ():
            known[scheme] = True
    assert {name for name in HOSTED | OWN_HOST if not known.get(name)} == set()
    assert {name for name in PLAIN if name not in known} == set()
