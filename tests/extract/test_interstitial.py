"""Pages that answer 200 and are no article."""

from __future__ import annotations

import pytest

from crawler.extract.page import extract_page
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Selectors, general_outlet
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
    "consent": html(
        "اليومية",
        "<h1>قبل أن تتابع</h1><p>نستخدم نحن وشركاؤنا ملفات تعريف الارتباط لعرض ما يناسبك. "
        "يمكنك أن تغير خياراتك متى شئت. تبقى بياناتك على جهازك ولا نعطيها لغيرنا.</p>",
    ),
    "robot": html("اليومية", "<h1>اليومية</h1><p>يرجى التأكد من أنك لست روبوت ثم المتابعة.</p>"),
    "a teaser and a paywall": html(
        HEADLINE, f"<h1>{HEADLINE}</h1><article><p>{LEAD}</p><p>اشترك الآن لقراءة التقرير كاملا</p></article>"
    ),
    "maintenance": html("الموقع تحت الصيانة", "<h1>الموقع تحت الصيانة</h1><p>نعود إليكم بعد ساعات.</p>"),
    "maintenance in english": html("Site under maintenance", "<h1>We will be back soon</h1><p>Sorry.</p>"),
    "database": html("Error", "<h1>Error establishing a database connection</h1>"),
    "gateway": html("502 Bad Gateway", "<h1>502 Bad Gateway</h1><hr>nginx"),
    "parked": html("daily.test", "<h1>daily.test</h1><p>This domain is for sale, contact its owner.</p>"),
    "country": html("تنبيه", "<h1>هذا المحتوى غير متاح في بلدك</h1><p>نعتذر منك.</p>"),
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
    "sorry": html("عذرا، الصفحة غير موجودة | اليومية", "<h1>عذرا، الصفحة غير موجودة</h1><p>ربما تغير عنوانها.</p>"),
    "not found in the text": html("اليومية", "<h1>عفوا</h1><article><p>لم نعثر على الصفحة المطلوبة.</p></article>"),
    "the article is gone": html("الخبر غير موجود", f"<nav>{MENU}</nav><h1>الخبر غير موجود</h1>"),
    "home page with teasers": html(
        "اليومية",
        f"<h1>اليومية</h1>{paragraphs(*(f'ملخص لخبر الساعة رقم {n}، تقرأه في صفحته.' for n in range(9)))}",
        "<link rel=canonical href='https://daily.test/'>",
    ),
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


FLASHES = {
    "survivors not found": (
        "لم يتم العثور على ناجين في حادث الطائرة",
        "لم يتم العثور على ناجين في حطام الطائرة شمال المدينة.",
    ),
    "a moment": (
        "لحظة واحدة غيرت حياة لاعب المنتخب",
        "غيرت لحظة واحدة حياة لاعب أصيب في ركبته قبل المباراة النهائية بيوم.",
    ),
    "logging in": (
        "تسجيل الدخول إلى منصة القبول يبدأ غدا",
        "يبدأ تسجيل الدخول إلى منصة القبول صباح غد، وعلى الطلبة تجهيز أوراقهم.",
    ),
    "cookies": (
        "متصفح جديد يمنع ملفات تعريف الارتباط",
        "أطلقت شركة ناشئة متصفحا يمنع ملفات تعريف الارتباط التي يزرعها المعلنون.",
    ),
    "a fault numbered 404": (
        "خلل 404 يوقف موقع الوزارة ساعتين",
        "رأى زوار موقع الوزارة خلل 404 ساعتين، وقالت الوزارة إن الخدمة عادت.",
    ),
    "maintenance": (
        "الميناء تحت الصيانة حتى الأحد",
        "قالت إدارة الميناء إن رصيفه الغربي تحت الصيانة حتى يوم الأحد المقبل.",
    ),
    "captchas": (
        "باحثون يحلون captcha بنموذج صغير",
        "قال باحثون إن نموذجا صغيرا يحل اختبارات captcha أسرع من الإنسان.",
    ),
    "robots": (
        "طلبة يبتكرون روبوتا لإزالة الألغام",
        "ابتكر طلبة روبوتا يزيل الألغام من الحقول، وكلفته لا تتجاوز ألف دولار.",
    ),
    "subscribers": (
        "خصم للمشتركين الجدد في الإنترنت",
        "أعلنت شركة الاتصالات خصما للمشتركين الجدد حتى نهاية الشهر الجاري.",
    ),
    "illegal content": (
        "المحتوى غير القانوني يحذف خلال ساعة",
        "يلزم القانون المنصات بحذف المحتوى غير القانوني خلال ساعة من الإبلاغ.",
    ),
    "a site out of order": (
        "موقع الجامعة يتوقف للصيانة",
        "يتوقف موقع الجامعة للصيانة ليلة الجمعة، ويعود صباح السبت إلى العمل.",
    ),
}


@pytest.mark.parametrize(("title", "text"), FLASHES.values(), ids=FLASHES.keys())
@pytest.mark.parametrize("known", [True, False], ids=["selectors", "none"])
def test_short_news_about_what_walls_speak_of_is_news(title: str, text: str, known: bool) -> None:
    markup = html(title, f"<h1>{title}</h1><article><p>{text}</p></article>")
    of = outlet(selectors=Selectors(body=("article",))) if known else general_outlet("nobody", "")
    assert extract_page(markup.encode(), url=URL, outlet=of, fetched_at=NOW).paragraphs == (text,)


@pytest.mark.parametrize("markup", [*WALLS.values(), *MISSING.values()], ids=[*WALLS.keys(), *MISSING.keys()])
def test_no_wall_is_an_article_where_the_outlet_is_unknown_either(markup: str) -> None:
    with pytest.raises(Unreadable) as refused:
        extract_page(markup.encode(), url=URL, outlet=general_outlet("nobody", ""), fetched_at=NOW)
    assert refused.value.kind in ("interstitial", "soft-404")


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
