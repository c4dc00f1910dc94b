"""WordPress with the Newspaper or Newsmag theme (tagDiv)."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="newspaper",
    family="wordpress",
    marks=(".td-post-content", "h1.tdb-title-text", ".tdb_single_content", "body.td-standard-pack"),
    title=("h1.tdb-title-text", ".td-post-title h1.entry-title", "h1.entry-title"),
    published=(
        ".td-post-title time.entry-date",
        ".tdb_single_date time",
        "time.entry-date",
        ".td-post-date time",
        ".td-post-date",
    ),
    updated=(".tdb_single_modified_date time",),
    author=(".td-post-author-name a", ".tdb-author-name", ".td-author-name a"),
    section=(".td-category a", ".tdb-entry-category", ".td-crumb-container .entry-crumb:nth-child(3)"),
    tags=(".td-tags a", ".tdb-tags a", ".td-post-source-tags a"),
    body=(".td-post-content", ".tdb_single_content .tdb-block-inner", ".tdb_single_content", ".entry-content"),
    drops=(
        ".td-post-sharing",
        ".td_block_template_1.td-related-content",
        ".td-a-rec",
        ".td-post-featured-image",
        ".tdm-btn",
        ".td-smart-list-button",
        ".page-nav",
        ".td_block_related_posts",
    ),
    lists=("body.archive", "body.category", "body.tag", "body.author", "body.search", "body.error404"),
    pages=(".page-nav-post a", ".page-nav a", ".td-post-content .page-links a"),
)
