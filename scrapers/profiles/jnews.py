"""WordPress with the JNews theme (Jegtheme)."""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="jnews",
    family="wordpress",
    marks=("h1.jeg_post_title", "body.jnews", ".jeg_main .jeg_content", ".jeg_viewport"),
    title=("h1.jeg_post_title",),
    published=(".jeg_meta_date a", ".jeg_meta_date"),
    author=(".jeg_meta_author a", ".jeg_meta_author"),
    section=(".jeg_meta_category a", ".jeg_breadcrumbs .breadcrumb_last_link a"),
    tags=(".jeg_post_tags a",),
    body=(".content-inner", ".entry-content .content-inner", ".entry-content"),
    drops=(
        ".jeg_post_tags",
        ".jeg_share_button",
        ".jeg_ad",
        ".jnews_inline_related_post",
        ".jnews_inline_related_post_wrapper",
        ".jeg_authorbox",
        ".jnews_related_post_container",
        ".jnews_prev_next_container",
        ".jeg_bottombar",
        ".page-links",
    ),
    lists=(
        "body.archive",
        "body.category",
        "body.tag",
        "body.author",
        "body.search",
        "body.error404",
        "h1.jeg_archive_title",
        "h1.jeg_cat_title",
    ),
    pages=(".jeg_pagelinks a", ".page_links a", ".jeg_pagination a.page_number"),
)
