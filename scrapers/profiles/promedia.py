"""Promedia/PRMN (Pikiran Rakyat and the many portals on its platform); paged, whole under ``?page=all``."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="promedia",
    hosts=(
        "pikiran-rakyat.com",
        "harianhaluan.com",
        "ayobandung.com",
        "suaramerdeka.com",
        "promediateknologi.id",
        "jawapos.com",
    ),
    marks=(
        "div.read__article",
        "article.read__content",
        ".read__info__author",
        'img[src*="assets.promediateknologi"], img[src*="static.promediateknologi"]',
    ),
    title=("h1.read__title", ".read__header h1", "h1"),
    published=(".read__info__date", ".read__info .date", ".date-publish"),
    author=(".read__info__author a", ".read__info__author", ".read__author"),
    section=(".breadcrumb__item:nth-child(2) a", ".read__breadcrumb a:nth-child(2)"),
    tags=(".tag__list a", ".read__tag a", ".tag__item a"),
    body=("article.read__content", "div.read__article", '[itemprop="articleBody"]'),
    drops=(
        ".read__others",
        ".read__paging",
        ".paging",
        ".baca-juga",
        ".ads__horizontal",
        ".related",
        ".lihat-juga",
        "h2.read__subtitle",
        ".read__bottom",
    ),
    lists=(".latest__wrap", ".latest__item + .latest__item"),
    pages=(".paging__item a", ".paging__link", ".read__paging a"),
    options={"whole": "page=all"},
)
