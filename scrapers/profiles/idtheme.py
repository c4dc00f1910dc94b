"""WordPress with a theme of idtheme.com (WPBerita, Bloggingpro, Newkarma, Superfast): many Indonesian portals."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="idtheme",
    family="wordpress",
    marks=(
        '[class*="gmr-"]',
        'link[href*="/themes/wpberita"], link[href*="/themes/bloggingpro"], link[href*="/themes/newkarma"]',
        "body.idtheme",
    ),
    title=("h1.entry-title",),
    published=(
        ".gmr-metacontent-single time.entry-date",
        ".gmr-metacontent time.entry-date",
        ".entry-meta time.entry-date",
        "time.entry-date",
    ),
    updated=("time.updated:not(.published)",),
    author=(
        ".gmr-metacontent-single .entry-author",
        ".gmr-metacontent .entry-author",
        ".entry-author .fn",
        ".entry-author",
    ),
    section=(".gmr-meta-topic a", ".gmr-metacontent .cat-links-content a", ".cat-links-content a", ".cat-links a"),
    tags=(".tags-links-content a", ".tags-links a"),
    body=(".entry-content-single", ".entry-content"),
    drops=(
        ".gmr-banner-insidecontent",
        '[class*="gmr-banner"]',
        '[class*="gmr-related"]',
        ".gmr-socialicon-share",
        ".gmr-social-share-intop",
        ".gmr-cf-metacontent",
        ".tags-links",
        ".page-links",
        ".newkarma-core-related-post",
        ".wpberita-related-post",
        ".gmr-ai",
        ".bacajuga",
    ),
    lists=("body.archive", "body.category", "body.tag", "body.author", "body.search", "body.error404"),
    pages=(".page-links a", ".post-page-numbers"),
)
