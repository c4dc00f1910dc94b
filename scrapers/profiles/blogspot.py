"""Blogger: every template is another chaos, but the post's body and its markup's microformats survive in nearly all."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="blogspot",
    hosts=("blogspot.com", "blogspot.co.id"),
    marks=(
        'meta[name="generator"][content*="blogger" i]',
        'link[href*="blogger.com/feeds"], link[href*="/feeds/posts/default"]',
        ".post-body.entry-content",
    ),
    title=("h1.post-title", "h3.post-title", ".post-title.entry-title", ".entry-title"),
    published=("abbr.published", "time.published", "time[datetime]", ".published", ".date-header", ".post-timestamp"),
    author=(".post-author .fn", '[rel="author"] span', ".author-name", ".fn"),
    section=(".post-labels a", ".breadcrumb a:nth-child(2)"),
    tags=(".post-labels a", '.post-footer a[rel="tag"]', 'a[rel="tag"]'),
    body=(".post-body.entry-content", ".post-body", "#post-body", '[itemprop="articleBody"]', ".entry-content"),
    drops=(
        ".post-footer",
        ".separator > a > img",
        ".related-posts",
        ".blog-pager",
        ".post-share-buttons",
        ".tr-caption",
    ),
    lists=(".blog-posts .post-outer ~ .post-outer",),
)
