"""What a read page means: new, revised, unchanged, another name, withdrawn, come back."""

from __future__ import annotations

import bisect
from dataclasses import replace
from datetime import timedelta

import pytest

from data.outcomes import Outcome
from data.records import Page, PageRef, Validators

HOST = "https://kabar.example"
LONG = (
    "Dua kelompok warga bentrok di pasar lama pada Rabu siang dan tiga orang dibawa ke rumah sakit. "
    "Polisi memisahkan mereka dengan gas air mata lalu menjaga persimpangan sampai malam. "
    "Camat meminta pedagang menutup kios lebih awal dan menunggu hasil pertemuan tokoh adat."
)
OTHER = (
    "Panen padi di lembah utara tahun ini naik dibanding musim lalu karena saluran air sudah diperbaiki. "
    "Petani berharap harga gabah bertahan sampai akhir bulan dan pupuk datang tepat waktu. "
    "Penyuluh mencatat serangan wereng hanya pada dua petak di dekat sungai."
)


def ref(path, **fields):
    url = path if path.startswith("http") else HOST + path
    return PageRef(url, url, "kabar", "feed", **fields)


def page_of(a_ref, now, outcome=Outcome.FETCHED, **fields):
    return Page(a_ref.url, fields.pop("final_url", a_ref.url), "kabar", now, outcome, **fields)


@pytest.fixture
def read(store, now, piece):
    """Settle an article under a URL, in a run of its own unless told."""
    runs = iter(range(10_000))

    def settle(path, text=LONG, *, at=now, run=None, title="Bentrok di pasar lama", alias_urls=(), page=None, **fields):
        a_ref = ref(path)
        article = piece(a_ref.canonical_url, title, text, **fields)
        run_id = run or f"run-{next(runs)}"
        return store.settle(run_id, a_ref, page, Outcome.FETCHED, article, at, alias_urls=alias_urls)

    return settle


@pytest.fixture
def fail(store, now):
    """Settle a URL that gave no article, in a run of its own."""
    runs = iter(range(10_000))

    def settle(path, outcome, *, at=now, **fields):
        a_ref = ref(path)
        return store.settle(f"miss-{next(runs)}", a_ref, page_of(a_ref, at, outcome, **fields), outcome, None, at)

    return settle


def next_look(store, path, now):
    """Return the hours until a URL is due next, to the minute; None where it never is within 8 days."""
    minutes = bisect.bisect_left(
        range(8 * 24 * 60), True, key=lambda at: due_at(store, path, now + timedelta(minutes=at))
    )
    return None if minutes == 8 * 24 * 60 else minutes / 60


def due_at(store, path, moment):
    return HOST + path in {due.canonical_url for due in store.frontier.due("kabar", moment, 100)}


def test_a_page_never_seen_is_a_new_article(store, read, now):
    settled = read("/1")
    assert (settled.outcome, settled.revision) == (Outcome.BARU, 1)
    stored = store.articles.get(settled.article_id)
    assert (stored.article.title, stored.article.text, stored.first_seen) == ("Bentrok di pasar lama", LONG, now)


def test_the_same_url_in_the_same_run_is_settled_once(store, read):
    first = read("/1", run="r")
    again = read("/1", OTHER, run="r")
    assert again == first
    assert len(store.articles.revisions(first.article_id)) == 1


def test_an_unchanged_page_adds_nothing(store, read, now):
    first = read("/1")
    again = read("/1", at=now + timedelta(hours=1))
    assert (again.outcome, again.article_id, again.revision) == (Outcome.TETAP, first.article_id, 1)


def test_an_edited_article_is_a_new_revision_of_the_same_article(store, read, now):
    first = read("/1")
    later = now + timedelta(hours=1)
    edited = read("/1", LONG + " Dua orang sudah pulang.", at=later)
    assert (edited.outcome, edited.article_id, edited.revision) == (Outcome.REVISI, first.article_id, 2)
    assert store.articles.count() == 1
    one, two = store.articles.revisions(first.article_id)
    assert (one.article.text, one.revised_at) == (LONG, now)
    assert (two.article.text, two.revised_at, two.first_seen) == (LONG + " Dua orang sudah pulang.", later, now)
    assert store.articles.get(first.article_id, 1).article.text == LONG


def test_a_wholly_rewritten_article_is_still_the_same_article(read, now):
    first = read("/1")
    assert read("/1", OTHER, at=now + timedelta(hours=1)).article_id == first.article_id


def test_an_edit_undone_is_a_third_revision(read):
    read("/1")
    read("/1", OTHER)
    assert (read("/1").outcome, read("/1").revision) == (Outcome.REVISI, 3)


def test_a_time_of_publication_that_comes_later_is_kept_without_a_revision(store, read, now):
    first = read("/1")
    assert read("/1", published=now).outcome is Outcome.TETAP
    assert store.articles.get(first.article_id).article.published == now


def test_an_amp_page_names_its_article_and_adds_none(store, read):
    first = read("/1")
    amp = read("/1/amp", canonical_url=f"{HOST}/1")
    assert (amp.outcome, amp.article_id) == (Outcome.DUPLICATE_URL, first.article_id)
    assert store.frontier.names_of(first.article_id) == (f"{HOST}/1", f"{HOST}/1/amp")


def test_an_amp_page_read_first_gives_the_article_its_real_name(store, read, now):
    amp = read("/1/amp", canonical_url=f"{HOST}/1")
    assert (amp.outcome, store.articles.get(amp.article_id).article.canonical_url) == (Outcome.BARU, f"{HOST}/1")
    assert store.frontier.offer([ref("/1")], now) == {f"{HOST}/1": True}
    real = read("/1", at=now + timedelta(hours=1))
    assert (real.outcome, real.article_id) == (Outcome.TETAP, amp.article_id)


def test_a_redirect_to_a_known_article_is_another_name_of_it(store, read, now):
    first = read("/baru")
    old = ref("/lama")
    page = page_of(old, now, final_url=f"{HOST}/baru", redirects=(f"{HOST}/lama",))
    moved = read("/lama", canonical_url=f"{HOST}/baru", alias_urls=(f"{HOST}/baru",), page=page)
    assert (moved.outcome, moved.article_id) == (Outcome.DUPLICATE_URL, first.article_id)
    assert store.articles.by_url(f"{HOST}/lama").id == first.article_id


def test_a_slug_mended_later_makes_no_second_article(store, read, now):
    first = read("/salah-ketik")
    there = f"{HOST}/salah-ketik-diperbaiki"
    page = page_of(ref("/salah-ketik"), now, final_url=there)
    moved = read("/salah-ketik", canonical_url=there, alias_urls=(there,), page=page)
    assert moved.article_id == first.article_id
    assert store.frontier.offer([ref("/salah-ketik-diperbaiki")], now) == {there: True}
    assert store.articles.count() == 1


def test_a_slug_mended_before_we_looked_again_leaves_one_article_present(store, read, now):
    old = read("/salah")
    new = read("/betul", LONG + " Ketik ulang judul.")
    assert new.outcome is Outcome.BARU
    there = f"{HOST}/betul"
    page = page_of(ref("/salah"), now, final_url=there)
    moved = read("/salah", LONG + " Ketik ulang judul.", canonical_url=there, alias_urls=(there,), page=page)
    assert (moved.outcome, moved.article_id) == (Outcome.DUPLICATE_URL, new.article_id)
    assert store.articles.get(old.article_id).withdrawn_at is not None
    assert store.articles.get(new.article_id).withdrawn_at is None


def test_the_same_text_at_the_same_host_is_one_article(store, read):
    first = read("/2026/11/bentrok")
    again = read("/daerah/bentrok")
    assert (again.outcome, again.article_id) == (Outcome.DUPLICATE_URL, first.article_id)


def test_the_same_text_printed_again_a_month_later_is_another_article(read, now):
    read("/jadwal-oktober", published=now - timedelta(days=30))
    assert read("/jadwal-november", published=now).outcome is Outcome.BARU


def test_the_same_text_on_another_host_is_another_article(store, read):
    first = read("/1")
    copy = read("https://salin.example/1", source_id="salin")
    assert copy.outcome is Outcome.BARU
    assert copy.article_id != first.article_id


def test_a_copy_that_declares_the_original_on_another_host_is_still_another_article(store, read):
    read("/1")
    copy = read("https://salin.example/1", source_id="salin", canonical_url=f"{HOST}/1")
    assert copy.outcome is Outcome.BARU
    assert store.articles.get(copy.article_id).article.canonical_url == "https://salin.example/1"


def test_a_short_link_of_another_host_takes_the_name_it_led_to(store, read, now):
    short = ref("https://s.example/abc")
    page = page_of(short, now, final_url=f"{HOST}/1")
    settled = read("https://s.example/abc", canonical_url=f"{HOST}/1", alias_urls=(f"{HOST}/1",), page=page)
    assert store.articles.get(settled.article_id).article.canonical_url == f"{HOST}/1"
    assert read("/1").outcome is Outcome.TETAP


def test_pages_that_all_declare_the_front_page_stay_apart(store, read):
    one = read("/1", canonical_url=f"{HOST}/")
    two = read("/2", OTHER, title="Panen", canonical_url=f"{HOST}/")
    assert (one.outcome, two.outcome, store.articles.count()) == (Outcome.BARU, Outcome.BARU, 2)
    assert store.articles.get(two.article_id).article.canonical_url == f"{HOST}/2"


def test_pages_that_all_declare_one_wrong_page_stay_apart(store, read):
    read("/1", canonical_url=f"{HOST}/terkini")
    two = read("/2", OTHER, title="Panen", canonical_url=f"{HOST}/terkini")
    assert (two.outcome, store.articles.get(two.article_id).article.canonical_url) == (Outcome.BARU, f"{HOST}/2")


def test_a_name_wrongly_declared_goes_to_the_article_that_is_really_there(store, read, now):
    liar = read("/1", canonical_url=f"{HOST}/2")
    real = read("/2", OTHER, title="Panen", at=now + timedelta(hours=1))
    assert (real.outcome, store.articles.count()) == (Outcome.BARU, 2)
    assert store.articles.get(liar.article_id).article.canonical_url == f"{HOST}/1"
    assert store.articles.get(liar.article_id).article.text == LONG
    assert store.articles.by_url(f"{HOST}/2").id == real.article_id


def test_a_declared_name_that_is_no_article_is_given_up_for_the_one_that_answers(store, read, fail, now):
    first = read("/1", canonical_url=f"{HOST}/kategori")
    later = now + timedelta(hours=1)
    fail("/kategori", Outcome.NOT_ARTICLE, at=later)
    assert store.articles.get(first.article_id).article.canonical_url == f"{HOST}/1"
    assert [due.canonical_url for due in store.frontier.due("kabar", later, 10)] == [f"{HOST}/1"]


def test_a_second_page_read_first_becomes_its_article_once_the_first_is_read(store, read, now):
    second = read(
        "/1?page=2", "Camat meminta pedagang menutup kios lebih awal dan menunggu hasil pertemuan tokoh adat."
    )
    whole = read("/1", LONG, alias_urls=(f"{HOST}/1?page=2",), at=now + timedelta(minutes=1))
    assert (whole.outcome, whole.article_id) == (Outcome.REVISI, second.article_id)
    stored = store.articles.get(second.article_id)
    assert (stored.article.canonical_url, stored.article.text) == (f"{HOST}/1", LONG)


def test_an_address_used_again_for_another_piece_under_an_old_name_is_a_new_article(store, read):
    first = read("/1")
    read("/1/amp", canonical_url=f"{HOST}/1")
    reused = read("/1/amp", OTHER, title="Panen")
    assert (reused.outcome, reused.article_id != first.article_id) == (Outcome.BARU, True)


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.SOFT_404])
def test_an_article_whose_page_is_gone_is_withdrawn_and_kept(store, read, fail, now, outcome):
    first = read("/1")
    later = now + timedelta(hours=1)
    settled = fail("/1", outcome, at=later)
    assert (settled.outcome, settled.article_id) == (outcome, first.article_id)
    stored = store.articles.get(first.article_id)
    assert (stored.withdrawn_at, stored.article.text) == (later, LONG)
    assert [found.id for found in store.articles.withdrawn(now)] == [first.article_id]


def test_a_withdrawn_article_that_comes_back_is_present_again(store, read, fail, now):
    first = read("/1")
    fail("/1", Outcome.GONE, at=now + timedelta(hours=1))
    assert read("/1", at=now + timedelta(hours=6)).outcome is Outcome.TETAP
    assert store.articles.get(first.article_id).withdrawn_at is None


def test_not_modified_brings_a_withdrawn_article_back_too(store, read, fail, now):
    first = read("/1")
    fail("/1", Outcome.GONE)
    fail("/1", Outcome.NOT_MODIFIED)
    assert store.articles.get(first.article_id).withdrawn_at is None


def test_gone_under_one_name_is_first_looked_for_under_another_that_answered(store, read, fail, now):
    first = read("/1")
    read("/1/amp", canonical_url=f"{HOST}/1")
    later = now + timedelta(hours=1)
    fail("/1", Outcome.GONE, at=later)
    assert store.articles.get(first.article_id).withdrawn_at is None
    assert [due.canonical_url for due in store.frontier.due("kabar", later, 10)] == [f"{HOST}/1/amp"]
    fail("/1/amp", Outcome.GONE, at=later)
    assert store.articles.get(first.article_id).withdrawn_at == later


def test_a_page_that_failed_for_now_withdraws_nothing(store, read, fail):
    first = read("/1")
    for outcome in (Outcome.TIMEOUT, Outcome.SERVER_ERROR, Outcome.CHALLENGE, Outcome.EXTRACTION_FAILED):
        fail("/1", outcome)
    assert store.articles.get(first.article_id).withdrawn_at is None


def test_a_known_article_is_looked_at_again_after_1_6_24_hours_and_7_days(store, read, now):
    read("/1")
    looks, at = [], now
    while (hours := next_look(store, "/1", at)) is not None:
        at += timedelta(hours=hours)
        looks.append((at - now) / timedelta(hours=1))
        read("/1", at=at)
    assert looks == [1, 6, 24, 168]


def test_a_look_missed_while_the_machine_was_off_is_made_once(store, read, now):
    read("/1")
    late = now + timedelta(hours=30)
    assert len(store.frontier.due("kabar", late, 10)) == 1
    read("/1", at=late)
    assert store.frontier.due("kabar", late, 10) == []
    assert next_look(store, "/1", late) == 138.0


def test_a_look_put_a_year_ahead_by_a_wrong_clock_is_due(store, read, now):
    read("/1", at=now + timedelta(days=365))
    assert len(store.frontier.due("kabar", now, 10)) == 1


def test_what_failed_backs_off_and_obeys_retry_after(store, fail, now):
    store.frontier.offer([ref("/1")], now)
    fail("/1", Outcome.TIMEOUT)
    assert next_look(store, "/1", now) * 60 == 5
    fail("/1", Outcome.TIMEOUT)
    assert next_look(store, "/1", now) * 60 == 10
    fail("/1", Outcome.THROTTLED, retry_after_s=7200.0)
    assert next_look(store, "/1", now) == 2


@pytest.mark.parametrize(
    ("outcome", "hours"),
    [
        (Outcome.TOO_SHORT, [1, 25]),  # "Kebakaran di pasar, berita menyusul": it grows
        (Outcome.GONE, [1, 25]),  # the feed was ahead of the site
        (Outcome.SOFT_404, [1, 25]),
        (Outcome.EXTRACTION_FAILED, [1, 25]),
        (Outcome.NOT_ARTICLE, []),
        (Outcome.PAYWALL, []),
    ],
)
def test_what_may_still_become_an_article_is_looked_at_twice_more(store, fail, now, outcome, hours):
    store.frontier.offer([ref("/1")], now)
    looks, at = [], now
    fail("/1", outcome)
    while (wait := next_look(store, "/1", at)) is not None:
        at += timedelta(hours=wait)
        looks.append((at - now) / timedelta(hours=1))
        fail("/1", outcome, at=at)
    assert looks == hours


def test_a_stub_that_grew_is_a_new_article(store, fail, read, now):
    fail("/1", Outcome.TOO_SHORT)
    assert read("/1", at=now + timedelta(hours=1)).outcome is Outcome.BARU


def test_a_withdrawn_articles_old_name_used_for_another_piece_is_a_new_article(store, read, fail, now):
    first = read("/1")
    read("/1/amp", canonical_url=f"{HOST}/1")
    fail("/1/amp", Outcome.GONE)
    fail("/1", Outcome.GONE)
    assert read("/1/amp", OTHER, title="Panen").outcome is Outcome.BARU
    assert store.articles.get(first.article_id).withdrawn_at is not None
    assert store.articles.get(first.article_id).article.text == LONG


def test_validators_are_kept_only_where_an_article_was_read(store, now, piece, fail):
    validators = Validators('"abc"', "Thu, 26 Nov 2026 03:00:00 GMT")
    fail("/gagal", Outcome.EXTRACTION_FAILED, validators=validators)
    assert store.pages.validators(f"{HOST}/gagal") == Validators()
    a_ref = ref("/1")
    page = page_of(a_ref, now, validators=validators)
    store.settle("r", a_ref, page, Outcome.FETCHED, piece(a_ref.canonical_url), now)
    assert store.pages.validators(f"{HOST}/1") == validators


def test_every_settled_page_is_logged_with_what_it_came_to(store, read, fail, now):
    first = read("/1", run="r")
    a_ref = ref("/2")
    store.settle("r", a_ref, page_of(a_ref, now, Outcome.GONE, status=404), Outcome.GONE, None, now)
    assert store.pages.counts(run_id="r") == {Outcome.BARU: 1, Outcome.GONE: 1}
    assert [(log.url, log.article_id) for log in store.pages.of_run("r")] == [
        (f"{HOST}/2", None),
        (f"{HOST}/1", first.article_id),
    ]


def test_a_listing_that_lists_itself_is_still_settled(store, now, piece):
    a_ref = ref("/")
    store.pages.log(page_of(a_ref, now), "r")
    assert store.settle("r", a_ref, page_of(a_ref, now), Outcome.NOT_ARTICLE, None, now).outcome is Outcome.NOT_ARTICLE
    assert len(store.pages.of_run("r")) == 2


def test_deferred_and_known_leave_no_trace(store, fail, now):
    fail("/1", Outcome.DEFERRED)
    assert not store.frontier.known(f"{HOST}/1")


def test_a_url_too_long_for_a_key_ends_as_a_bad_one(store, fail):
    assert fail("/" + "a" * 3000, Outcome.GONE).outcome is Outcome.BAD_URL


def test_a_url_with_a_nul_ends_as_a_bad_one(store, fail):
    assert fail("/a\x00b", Outcome.GONE).outcome is Outcome.BAD_URL


def test_fetched_without_an_article_is_refused(store, now):
    with pytest.raises(ValueError, match="none was handed in"):
        store.settle("r", ref("/1"), None, Outcome.FETCHED, None, now)


def test_nothing_of_a_failed_transaction_stays(store, read):
    def half():
        with store.transaction():
            read("/1")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        half()
    assert store.articles.count() == 0
    assert not store.frontier.known(f"{HOST}/1")


def test_a_declared_name_too_long_for_a_key_is_not_taken(store, read):
    settled = read("/1", canonical_url=f"{HOST}/{'a' * 3000}")
    assert store.articles.get(settled.article_id).article.canonical_url == f"{HOST}/1"


def test_a_naive_time_is_refused(store, read, now):
    with pytest.raises(ValueError, match="naive time"):
        read("/1", at=now.replace(tzinfo=None))


def test_a_ref_keeps_what_the_finder_said(store, now):
    told = replace(ref("/1"), title="Judul dari umpan", published=now)
    store.frontier.offer([told], now)
    assert store.frontier.due("kabar", now, 1) == [told]
