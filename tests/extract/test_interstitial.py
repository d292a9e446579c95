"""Pages that answer 200 and are no article."""

from __future__ import annotations

import pytest

from crawler.extract.page import extract_page
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Selectors
from tests.extract.samples import BODY, HEADLINE, LEAD, NOW, outlet, paragraphs

URL = "https://daily.test/news/1"
MENU = "".join(f"<a href='/s/{n}'>قسم رقم {n}</a> " for n in range(120))


def html(title: str, body: str, head: str = "") -> str:
    return f"<html lang=ar><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def kind(markup: str) -> str:
    """Why the page is refused; `article` where it is not."""
    of = outlet(selectors=Selectors(body=("article",)))
    try:
        extract_page(markup.encode(), url=URL, outlet=of, fetched_at=NOW)
    except Unreadable as refused:
        return refused.kind
    return "article"


CHALLENGE = "<p>Verifying the connection, this takes a few seconds.</p>"

WALLS = {
    "cloudflare": html("Just a moment...", f"<h1>daily.test</h1>{CHALLENGE}"),
    "cloudflare by its script": html(
        "daily.test", f"<script>window._cf_chl_opt={{}}</script><h1>daily.test</h1>{CHALLENGE}"
    ),
    "captcha": html("Attention Required!", "<h1>One more step</h1><p>Please complete the captcha.</p>"),
    "turnstile": html("daily.test", f"<h1>daily.test</h1>{CHALLENGE}<div class='cf-turnstile'></div>"),
    "incapsula": html("", "<iframe src='/_Incapsula_Resource?x'>Request unsuccessful.</iframe><h1>Error</h1>"),
    "denied": html("Access Denied", "<h1>Access Denied</h1><p>You do not have permission to view this page.</p>"),
    "arabic challenge": html("لحظة واحدة…", "<h1>لحظة واحدة</h1><p>نتحقق من اتصالك قبل المتابعة.</p>"),
    "javascript": html("اليومية", "<h1>اليومية</h1><p>الرجاء تفعيل الجافاسكريبت في متصفحك لعرض الموقع.</p>"),
    "log in": html(
        "تسجيل الدخول", "<h1>تسجيل الدخول</h1><form><input type=password><p>أدخل كلمة المرور للوصول.</p></form>"
    ),
    "password only": html("اليومية", "<h1>أهلا بكم</h1><form><input type='password'></form>"),
    "log in to read": html(HEADLINE, f"<h1>{HEADLINE}</h1><article><p>سجل الدخول لقراءة المقال كاملا</p></article>"),
    "subscribers": html(HEADLINE, f"<h1>{HEADLINE}</h1><article><p>هذا المحتوى للمشتركين فقط</p></article>"),
    "cookies": html("اليومية", "<h1>خصوصيتك</h1><p>نستخدم ملفات تعريف الارتباط، وبالمتابعة أنت توافق على ذلك.</p>"),
}


@pytest.mark.parametrize("markup", WALLS.values(), ids=WALLS.keys())
def test_a_wall_is_an_interstitial(markup: str) -> None:
    assert kind(markup) == "interstitial"


MISSING = {
    "404 in the title": html("404", "<h1>404</h1><p>عذرا، حدث خطأ ما.</p>"),
    "not found": html("Page not found - Daily", "<h1>Page not found</h1><p>Try the search.</p>"),
    "arabic": html("الصفحة غير موجودة", f"<nav>{MENU}</nav><h1>الصفحة غير موجودة</h1><p>ربما حذفت أو نقلت.</p>"),
    "arabic text": html("اليومية", "<h1>اليومية</h1><article></article><p>لم يتم العثور على ما تبحث عنه</p>"),
    "home page": html(
        "اليومية", f"<nav>{MENU}</nav><h1>اليومية</h1>", "<link rel=canonical href='https://daily.test/'>"
    ),
}


@pytest.mark.parametrize("markup", MISSING.values(), ids=MISSING.keys())
def test_a_page_that_says_it_is_not_there_is_a_soft_404(markup: str) -> None:
    assert kind(markup) == "soft-404"


EMPTY = {
    "a flash": html(f"عاجل | {HEADLINE}", f"<nav>{MENU}</nav><h1>{HEADLINE}</h1><article></article>"),
    "with a cookie banner": html(
        HEADLINE, f"<nav>{MENU * 3}</nav><h1>{HEADLINE}</h1><article></article><p>نستخدم ملفات تعريف الارتباط</p>"
    ),
    "its headline only": html(HEADLINE, f"<article><h1>{HEADLINE}</h1></article>"),
    "boilerplate only": html(HEADLINE, f"<h1>{HEADLINE}</h1><article><p>تابعونا على فيسبوك</p></article>"),
}


@pytest.mark.parametrize("markup", EMPTY.values(), ids=EMPTY.keys())
def test_an_article_whose_body_has_not_come_yet_has_no_body(markup: str) -> None:
    assert kind(markup) == "no-body"


ARTICLES = {
    "one sentence": html(HEADLINE, f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p></article>"),
    "a captcha in the comment form": html(
        HEADLINE, f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p></article><form><div class='g-recaptcha'></div></form>"
    ),
    "cloudflare's script": html(
        HEADLINE,
        f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p></article><script src='/cdn-cgi/challenge-platform/x.js'></script>",
    ),
    "a cookie banner": html(
        HEADLINE, f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p></article><p>نستخدم ملفات تعريف الارتباط</p>"
    ),
    "a log-in form": html(
        HEADLINE, f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p></article><form><input type=password></form>"
    ),
    "about captchas": html(
        "شركة تستبدل captcha",
        f"<h1>شركة تستبدل captcha</h1><article>{paragraphs(*BODY)}</article>",
    ),
    "about a 404": html("قصة الخطأ 404", f"<h1>قصة الخطأ 404</h1><article>{paragraphs(*BODY)}</article>"),
    "three words": html(HEADLINE, f"<h1>{HEADLINE}</h1><article><p>صفارات الإنذار تدوي</p></article>"),
}


@pytest.mark.parametrize("markup", ARTICLES.values(), ids=ARTICLES.keys())
def test_an_article_is_one_whatever_stands_beside_it(markup: str) -> None:
    assert kind(markup) == "article"


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"%PDF-1.7 x", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"\x1f\x8b\x08"]
)
def test_what_is_no_page_is_broken(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        extract_page(body, url=URL, outlet=outlet(), fetched_at=NOW)
    assert refused.value.kind == "broken"


def test_a_text_without_any_headline_is_broken() -> None:
    assert kind(f"<article>{paragraphs(*BODY)}</article>") == "broken"
