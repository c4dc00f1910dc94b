"""Tribun network (``*.tribunnews.com`` and sisters); a long article shows whole under ``?page=all``."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="tribun",
    hosts=(
        "tribunnews.com",
        "tribunnewsmaker.com",
        "tribun-medan.com",
        "tribunbatam.id",
        "serambinews.com",
        "bangkapos.com",
        "surya.co.id",
        "posbelitung.co",
        "pos-kupang.com",
        "banjarmasinpost.co.id",
        "sripoku.com",
        "wartakotalive.com",
        "tribunjualbeli.com",
    ),
    marks=("h1#arttitle", "div.side-article.txt-article", ".txt-article"),
    title=("h1#arttitle", "h1.f50", "h1"),
    published=("#article .grey time", ".mt10 time", "time", ".grey.f12", ".article-date"),
    author=("#penulis", ".credit #penulis a", ".credit .author", '#editor ~ [id="penulis"]'),
    section=(".breadcrumb li:nth-child(2)", "#article h4 a"),
    tags=(".tagcloud3 a", "h5.tagcloud3 a", ".mb10.f16.ln24 .tags a", '[href*="/tag/"].rd2'),
    body=("div.side-article.txt-article", "#article_con .txt-article", ".txt-article"),
    drops=(
        ".baca",
        "p.baca",
        ".credit",
        ".multi",
        ".btn-readmore",
        ".paging",
        "#articleredirect",
        ".videop",
        ".side-article .mb10.ovh",
        "[id^=div-]",
    ),
    lists=("#latestul", "ul.lsi"),
    pages=(".paging a",),
    options={"whole": "page=all"},
)
