"""Antara and its provincial bureaus (``sumbar.antaranews.com``); paged by ``?page=2``."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="antara",
    hosts=("antaranews.com",),
    marks=(".wrap__article-detail-title", ".wrap__article-detail-content"),
    title=(".wrap__article-detail-title h1", ".wrap__article-detail-title", "h1.post-title", "h1"),
    published=(
        ".wrap__article-detail-info .list-inline-item span.text-secondary",
        ".wrap__article-detail-info .list-inline-item",
        ".list-inline-item",
        ".article-date",
    ),
    author=(".wrap__article-detail-content .text-muted.mt-2.small", ".text-muted.mt-2.small", ".text-muted.small"),
    section=(".breadcrumbs .list-inline-item:nth-child(2) a", ".breadcrumb-item:nth-child(2) a"),
    tags=(".blog-tags a", ".tags-widget a", 'a[rel="tag"]'),
    body=(
        ".wrap__article-detail-content.post-content",
        ".wrap__article-detail-content",
        ".post-content",
        "#print_content",
    ),
    drops=(
        ".baca-juga",
        ".text-muted",
        ".small",
        ".quote_old",
        ".adsbygoogle",
        ".blog-tags",
        ".wrap__social-media",
        ".pagination",
    ),
    lists=(".wrapp__list__article-responsive",),
    pages=(
        ".wrap__article-detail .pagination a",
        ".wrap__article-detail-content + .pagination a",
        ".pagination.article a",
    ),
)
