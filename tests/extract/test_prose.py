"""Pages that name no body: where their prose stands, and when no text of theirs is believed."""

from __future__ import annotations

import json

import pytest

from crawler.extract.clean import Line
from crawler.extract.prose import judge
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Selectors, general_outlet
from tests.extract.samples import (
    BODY,
    HEADLINE,
    LAST,
    LEAD,
    MENU,
    SECOND,
    THIRD,
    json_ld,
    news,
    outlet,
    paragraphs,
    read,
)

UNKNOWN = general_outlet("nobody", "")
FLASH = "سقوط جسر المشاة فوق الوادي بعد انجراف التربة"
TEASERS = "".join(
    f'<div class="card"><img src=x><h3><a href="/n/{n}">عنوان قصة أخرى رقم {n} من المنطقة</a></h3>'
    f"<p>ملخص قصير للقصة رقم {n}، وهي تتحدث عن أمر مختلف تماما.</p></div>"
    for n in range(8)
)
VISITORS = "".join(
    f"<div class=v><b>زائر {n}</b><p>رأي طويل من زائر يكتب كل ما يخطر له، ويكرر كلام غيره، ولا يزيد شيئا، "
    f"ثم يعود مرة أخرى برقم {n}.</p></div>"
    for n in range(8)
)


def site(main: str, *, after: str = TEASERS, headline: str = HEADLINE, h1: bool = True, head: str = "") -> str:
    """A page without a single name that tells what is what."""
    heading = f"<h1>{headline}</h1>" if h1 else ""
    return f"""<!DOCTYPE html><html lang=ar><head><title>{headline} | الموقع</title>{head}</head><body>
    <div class=t1><ul class=u>{MENU}</ul></div><div class=w>{heading}{main}</div>{after}
    <div class=b>{MENU}</div></body></html>"""


def each(wrap: str) -> str:
    """The body with each paragraph in `wrap`, where it holds @."""
    return "".join(wrap.replace("@", text) for text in BODY)


SHAPES = {
    "paragraphs in a div": site(f"<div class=x>{paragraphs(*BODY)}</div>"),
    "paragraphs beside the headline": site(paragraphs(*BODY)),
    "line breaks in a div": site(f"<div class=x>{'<br><br>'.join(BODY)}</div>"),
    "line breaks beside the headline": site("<br><br>".join(BODY)),
    "divs for paragraphs": site(f"<div class=x>{each('<div>@</div>')}</div>"),
    "each paragraph wrapped twice": site(f"<div class=x>{each('<div><div><p>@</p></div></div>')}</div>"),
    "each paragraph in a block of a name": site(each("<div class=blk><div class=in><p>@</p></div></div>")),
    "fonts and spans": site(f"<div class=x>{each('<p><span dir=rtl><font size=4>@</font></span></p>')}</div>"),
    "a layout of tables": f"<title>{HEADLINE}</title><table><tr><td>{MENU}</td><td><table><tr>"
    f"<td><b>{HEADLINE}</b></td></tr><tr><td>{'<br>'.join(BODY)}</td></tr></table></td></tr></table>",
    "a table's row for each paragraph": f"<title>{HEADLINE}</title><table><tr><td>{MENU}</td><td><table>"
    f"<tr><td><h1>{HEADLINE}</h1></td></tr>{each('<tr><td>@</td></tr>')}</table></td></tr></table>",
    "a list among the paragraphs": site(
        f"<div class=x><p>{LEAD}</p><ul><li>{SECOND}</li><li>{THIRD}</li></ul><p>{LAST}</p></div>"
    ),
    "an advertisement between two halves": site(
        f"<div class=x>{paragraphs(LEAD, SECOND)}</div><div class=ad>إعلان</div>"
        f"<div class=x>{paragraphs(THIRD, LAST)}</div>"
    ),
    "a lead of its own": site(
        f"<p class=article-summary>{LEAD}</p><div class=x>{paragraphs(SECOND, THIRD, LAST)}</div>"
    ),
    "a lead that is a heading": site(f"<h2>{LEAD}</h2><div class=x>{paragraphs(SECOND, THIRD, LAST)}</div>"),
    "teasers first": site(f"{TEASERS}<div class=x>{paragraphs(*BODY)}</div>"),
    "comments longer than the article": site(f"<div class=x>{paragraphs(*BODY)}</div><div class=y>{VISITORS}</div>"),
    "no h1": site(f"<div class=ttl>{HEADLINE}</div><div class=x>{paragraphs(*BODY)}</div>", h1=False),
    "no body element": f"<title>{HEADLINE}</title><h1>{HEADLINE}</h1><div>{paragraphs(*BODY)}</div>",
    "amp": f"<html amp><title>{HEADLINE}</title><amp-sidebar>{MENU}</amp-sidebar><article><h1>{HEADLINE}</h1>"
    f"<amp-img src=x></amp-img>{paragraphs(*BODY)}</article><amp-list>{TEASERS}</amp-list>",
    "the data of Next.js": site(
        "<div id=__next></div>",
        head='<script id="__NEXT_DATA__" type="application/json">'
        + json.dumps({"props": {"article": {"title": HEADLINE, "body": paragraphs(*BODY)}}})
        + "</script>",
    ),
    "the data of Arc": site(
        "<div id=fusion-app></div>",
        head="<script>window.Fusion={};Fusion.globalContent="
        + json.dumps({"content_elements": [{"type": "text", "content": text} for text in BODY]})
        + ";Fusion.v=1</script>",
    ),
}


@pytest.mark.parametrize("markup", SHAPES.values(), ids=SHAPES.keys())
def test_the_article_alone_is_read_however_the_page_is_made(markup: str) -> None:
    article = read(markup, UNKNOWN)
    assert (article.title, article.paragraphs) == (HEADLINE, BODY)


@pytest.mark.parametrize("text", [FLASH + " ليل أمس", LAST], ids=["eight words", "a sentence"])
def test_a_flash_under_its_headline_is_read_though_nothing_names_it(text: str) -> None:
    assert read(site(f"<div class=x><p>{text}</p></div>", headline=FLASH), UNKNOWN).paragraphs == (text,)


def test_the_entries_of_a_live_page_are_one_text() -> None:
    entries = each("<section class=entry><time>10:00</time><div><p>@</p></div></section>")
    assert [p for p in read(site(f"<div class=live>{entries}</div>"), UNKNOWN).paragraphs if p != "10:00"] == [*BODY]


@pytest.mark.parametrize(
    "main",
    ["<div class=x></div>", f"<div class=x></div>{TEASERS}", f"<div class=x><ul>{MENU}</ul></div>"],
    ids=["nothing", "teasers", "a menu"],
)
def test_a_page_without_prose_has_no_body(main: str) -> None:
    about = "<div class=z><p>موقع مستقل يغطي أخبار المنطقة.</p></div>"
    with pytest.raises(Unreadable) as refused:
        read(site(main, after=TEASERS + about), UNKNOWN)
    assert refused.value.kind == "no-body"


def test_a_text_in_another_script_than_the_headlines_gives_way() -> None:
    english = "The rules of this forum are simple, please read them before you write anything here. " * 6
    rules = f"<div class=rules itemprop=articleBody>{english}</div>"
    markup = f"<title>{HEADLINE}</title><h1>{HEADLINE}</h1>{rules}<div>{paragraphs(*BODY)}</div>"
    article = read(markup, UNKNOWN)
    assert article.paragraphs == BODY
    assert "microdata articleBody not believed" in article.reasons["text"]
    assert "another script" in article.reasons["text"]


def test_an_outlets_selector_that_finds_a_menu_gives_way_and_the_record_says_so() -> None:
    links = "".join(f"<p><a href=/{n}>خبر من قسم آخر برقم {n}</a></p>" for n in range(9))
    chosen = outlet(selectors=Selectors(body=(".new",)))
    article = read(site(f"<div class=x>{paragraphs(*BODY)}</div><ul class=new>{links}</ul>"), chosen)
    assert article.paragraphs == BODY
    assert "selector .new not believed" in article.reasons["text"]


def test_a_short_body_that_the_outlet_names_is_believed() -> None:
    chosen = outlet(selectors=Selectors(body=(".flash",)))
    article = read(site(f"<div class=flash>{FLASH}</div><div class=x>{paragraphs(*BODY)}</div>"), chosen)
    assert article.paragraphs == (FLASH,)


def test_the_articles_body_in_json_ld_is_not_believed_when_it_is_another_ones() -> None:
    other = "الدوري ينطلق غدا بست مباريات في ثلاث مدن. " * 6
    markup = site(f"<div class=x>{paragraphs(*BODY)}</div>", head=json_ld(news(articleBody=other)))
    assert read(markup, UNKNOWN).paragraphs == BODY


@pytest.mark.parametrize(
    ("lines", "good"),
    [
        ([Line(text) for text in BODY], True),
        ([Line(LAST)], False),
        ([Line(f"خبر من قسم آخر برقم {n}", is_link=True) for n in range(9)], False),
        ([Line("سد قرى عائلات نزوح انهيار قديم جزئي " * 20)], False),
        ([Line("الدوري ينطلق غدا، بست مباريات، في ثلاث مدن. " * 5)], False),
        ([Line("The dam fell, families fled, and nobody was hurt. " * 5)], False),
        ([], False),
    ],
    ids=["prose", "short", "links", "no stops", "another matter", "another script", "nothing"],
)
def test_a_text_is_good_by_length_links_stops_script_and_headline(lines: list[Line], good: bool) -> None:
    assert judge(lines, HEADLINE).good is good
