"""Kompas.com; half an article without ``?page=all``. kompas.id (paid) is another site."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="kompas",
    hosts=("kompas.com",),
    marks=(".read__time", ".kcm-date", ".kompasidRec"),
    title=("h1.read__title", ".read__title"),
    published=(".read__time", ".kcm-date"),
    author=(".credit-title-name", ".read__author", "#penulis", ".read__credit__item"),
    section=(".breadcrumb__wrap li:nth-child(2) a", ".breadcrumb li:nth-child(2) a"),
    tags=(".tag__article__link", ".tag__article__wrap a"),
    body=(".read__content", ".kcm-read-text"),
    drops=(
        ".inject-baca-juga",
        ".kompasidRec",
        ".ads-on-body",
        ".ads-partner-wrap",
        ".fb-quote",
        ".read__paging",
        ".jx-vid",
        ".googleads",
        ".adsense",
        '[class*="kcm__rec"]',
        ".liftdown_v2_tanda",
        ".wa-channel",
    ),
    lists=(".latest--indeks", ".articleList", ".indeks"),
    pages=(".paging__link",),
    options={"whole": "page=all"},
)
