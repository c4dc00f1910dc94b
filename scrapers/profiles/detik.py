"""detik.com with its regional desks; ``?single=1`` shows a paged article whole.

Only its index URLs use American dates; what it prints is day first.
"""

from scrapers.profiles import Profile

PROFILE = Profile(
    name="detik",
    hosts=("detik.com",),
    marks=("h1.detail__title", ".detail__body-text"),
    title=("h1.detail__title", ".detail__header h1", "article h1"),
    published=("div.detail__date", ".detail__date", ".date"),
    author=("div.detail__author", ".detail__author", ".author strong"),
    section=(".page__breadcrumb a:nth-child(2)", ".breadcrumb a:nth-child(2)"),
    tags=(".detail__body-tag a", ".nav--article__tag a", ".detail_tag a"),
    body=("div.detail__body-text", ".itp_bodycontent", "#detikdetailtext", ".detail_text"),
    drops=(
        ".parallaxindetail",
        ".detail__multiple",
        ".linksisip",
        ".lihatjg",
        "table.linksisip",
        ".noncontent",
        ".para_caption",
        ".sisip_artikel",
        ".sisip_video_ds",
        ".staticdetail_container",
        ".aevp",
        ".detail__anchor-numb",
        ".detail__long-nav",
        ".clip_text",
    ),
    lists=(".indeks__content", "#indeks-container", ".list-content", ".search-result"),
    pages=(".detail__anchor-numb", ".detail__long-nav a", ".detail__multiple a"),
)
