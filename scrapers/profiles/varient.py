"""Varient (Codingest, CodeIgniter): magazine and classic themes of 2.x, 3.0, and the customised one of the seed.

The seed's theme prints the section as h1 and the title as h2, and no class of it is known: it is read by the general
way, which trusts neither; its author line is "Name - SUBDOMAIN.HOST".
"""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="varient",
    marks=(
        'link[href*="/assets/themes/magazine/"]',
        'link[href*="/assets/themes/classic/"]',
        'link[href*="assets/vendor/bootstrap/css/bootstrap.min.css"]',
        "#postDetailsPage",
        ".post-content .post-text",
    ),
    title=("h1.post-title", ".post-title-container h1.title", ".post-content h1.title", "#postDetailsPage h1"),
    published=(
        ".post-details-meta .item-meta-date:not(.item-meta-date ~ .item-meta-date)",
        ".post-details-meta-date .sp-left",
        ".post-details-meta-date",
        "#postDetailsPage .item-meta-date",
    ),
    updated=(".sp-post-update-date", ".post-details-meta .item-meta-date ~ .item-meta-date"),
    author=(".item-meta-author span", ".item-meta-author", ".post-author-meta a", ".post-author-meta"),
    section=(".badge-category", ".category-label", ".breadcrumb-item:nth-child(2)"),
    tags=(".post-tags li a", ".tag-list li a"),
    body=(".post-text", "#postDetailsPage .entry-content", ".post-content .entry-content", ".entry-content"),
    drops=(
        ".container-bn",
        '[class^="bn-"]',
        "ins",
        ".post-files",
        ".post-next-prev",
        ".about-author",
        ".section-related-posts",
        ".section-comments",
        ".col-sidebar",
    ),
    lists=("h1.page-title",),
    paywall=(".premium-paywall", ".paywall-overlay", "#paywall", ".post-paywall"),
)
