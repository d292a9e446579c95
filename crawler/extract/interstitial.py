"""Pages that answer 200 and are no article: captchas, «just a moment», log-in and cookie walls, soft 404s.

A real article may carry a captcha in its comment form, Cloudflare's script and a cookie banner, so each sign counts
only where there is hardly any text, and those of the mark-up only where that text is not Arabic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.extract.letters import fold, words
from crawler.extract.phrases import any_of
from crawler.extract.tree import Element, text_of
from crawler.extract.unreadable import Unreadable

THIN = 60
"""Words of a body under which it may be a wall's; those seen have 10 to 45."""
BRIEF = 25
"""Words of a body under which what the page says elsewhere may call it a wall."""
SMALL_PAGE = 250
"""Words of a whole page under which its title alone may call it a wall; an article's page has menus too."""

_REST = r"\W*(?:[|:–—-].{0,60})?$"  # after what is the whole title there stands at most a site's name
_CHALLENGE_TITLE = re.compile(
    any_of(
        "just a moment",
        "attention required",
        "access (?:to this page has been )?denied",
        "checking your browser",
        "(?:security|browser) check",
        "ddos.guard",
        "are you (?:a )?(?:human|robot)",
        "verify(?:ing)? (?:that )?you",
        "(?:human|bot) verification",
        rf"^(?:re)?captcha{_REST}",
        "one moment,? please",
        rf"^please wait{_REST}",
        "request (?:blocked|rejected)",
        "pardon our interruption",
        "403 forbidden",
        rf"^forbidden{_REST}",
        "before you continue",
        "we value your privacy",
        rf"^لحظه (?:واحده|من فضلك){_REST}",
        rf"^(?:يرجي|الرجاء) الانتظار{_REST}",
        r"^(?:جار[ي]? )?(?:ال)?(?:تحقق|تاكد) من (?:انك|المتصفح|متصفحك|هويتك|الامان|الاتصال).{0,40}$",
        "^(?:تحقق من|تاكيد) انك (?:انسان|بشر|لست)",
        "لست (?:برنامج )?روبوت",
        rf"^(?:تم )?(?:رفض|حظر) (?:الوصول|الطلب|الدخول){_REST}",
        rf"^الوصول مرفوض{_REST}",
    )
)
_LOGIN_TITLE = re.compile(rf"(?:log ?in|sign ?in|(?:تسجيل|سجل) (?:ال)?دخول(?: الي (?:حسابك|الموقع))?){_REST}")
_OUT_OF_ORDER_TITLE = re.compile(
    any_of(
        "(?:under|down for|scheduled) maintenance",
        rf"^maintenance(?: mode)?{_REST}",
        "(?:50[0-4]|429) (?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway|too many)",
        rf"^(?:bad gateway|service (?:temporarily )?unavailable|too many requests|internal server error){_REST}",
        "(?:error )?establishing a database connection",
        "account (?:has been )?suspended",
        "(?:domain|website) (?:name )?(?:is|may be) for sale",
        "(?:welcome to nginx|apache2? .{0,20}default page|iis windows)",
        "^index of /",
        "not available in your (?:country|region|location)",
        "unavailable for legal reasons",
        rf"^(?:الموقع |موقعنا )?(?:تحت|قيد|في) الصيانه{_REST}",
        rf"^(?:الموقع |موقعنا )?(?:مغلق|متوقف) (?:موقتا|للصيانه){_REST}",
        rf"^سنعود قريبا{_REST}",
        "غير متاح(?:ه)? في (?:بلدك|منطقتك|دولتك)",
    )
)
_NOT_FOUND_TITLE = re.compile(
    any_of(
        r"^(?:error |خطا |صفحه )?404\b",
        rf"\b404{_REST}",
        "page (?:was )?not found",
        rf"not found{_REST}",
        "^(?:عذرا،? )?(?:هذه )?(?:ال)?(?:صفحه|رابط|خبر|مقال|محتوي|موضوع)"
        "(?: (?:المطلوب|التي تبحث|الذي تبحث)\\w{0,3}.{0,20})?"
        " (?:غير (?:موجود|متوفر|متاح)|لا ?(?:توجد|يوجد)|لم (?:يعد|تعد) (?:موجود|متاح|متوفر)|تم حذف)",
        "(?:ال)?صفحه (?:المطلوبه|التي (?:تبحث|طلبت))",
        "لم (?:يتم العثور|نعثر|نجد|نتمكن من العثور) علي "
        "(?:ال)?(?:صفحه|نتائج|محتوي|رابط|خبر|مقال|موضوع|ما تبحث|اي نتائج)",
        "لا توجد صفحه",
    )
)
_ARABIC = re.compile("[\u0621-\u064a]")
_CHALLENGE_MARKUP = (
    "cf-challenge",
    "cf-chl",
    "cf_chl_",
    "cf-browser-verification",
    "challenge-platform",
    "challenge-form",
    "_incapsula_resource",
    "px-captcha",
    "datadome",
    "ddos-guard",
    "g-recaptcha",
    "h-captcha",
    "cf-turnstile",
    "aws-waf",
    "awswafcookiedomainlist",
    "sucuri_cloudproxy",
)
_NOTICE = re.compile(
    any_of(
        "(?:please )?enable (?:javascript|js)",
        "javascript is (?:disabled|required)",
        "(?:يرجي|الرجاء|يجب|عليك|قم ب).{0,20}(?:تفعيل|تشغيل) (?:ال)?(?:جافا ?سكريبت|javascript|كوكيز|cookies)",
        "(?:متصفحك|المتصفح) .{0,20}لا يدعم (?:ال)?(?:جافا ?سكريبت|javascript)",
        "(?:we|site|website) (?:and our partners )?(?:accept|uses?|enable|store) .{0,20}cookies",
        "cookie (?:policy|consent|settings|preferences)",
        "accept (?:all )?cookies",
        "(?:نستخدم|نستعمل|يستخدم (?:هذا )?(?:ال)?موقع(?:نا)?) .{0,30}"
        "(?:(?:ملفات|تعريف) (?:تعريف )?(?:ال)?ارتباط|كوكيز|cookies)",
        "(?:قبول|اقبل|اوافق|توافق|الموافقه) .{0,30}(?:ملفات (?:تعريف )?الارتباط|كوكيز|cookies|سياسه الخصوصيه)",
        "unusual traffic",
        "not a robot",
        r"ray id\b",
        "verify you are (?:a )?human",
        "checking your browser",
        "(?:اثبت|تاكد|تحقق|لنتاكد|للتاكد) .{0,20}(?:لست (?:برنامج )?روبوت|انك (?:انسان|بشر))",
    )
)
"""A sentence that asks the visitor for something before the page; what stands beside it may be an article."""
_PAYWALL = re.compile(
    any_of(
        "(?:تسجيل|سجل|سجلوا) (?:ال)?دخول(?:ك|كم)? (?:للمتابعه|لمتابعه|لقراءه|لمواصله|لاكمال|لعرض|للاطلاع)",
        "(?:هذا|هذه) (?:ال)?(?:محتوي|مقال|ماده|خبر|تقرير)ه? .{0,20}(?:للمشتركين|لمشتركي)",
        "(?:متاح|متاحه|مخصص|مخصصه|حصري|حصريه) (?:فقط )?(?:ل)?(?:لمشتركين|لاعضاء المشتركين|لمشتركي)",
        r"^للمشتركين فقط\W*$",
        "(?:اشترك|اشتركوا) (?:الان )?(?:لقراءه|لمتابعه|لمواصله|لاكمال|للاطلاع|لتتمكن)",
        "(?:لمتابعه|لمواصله|لاكمال) القراءه.{0,30}(?:اشترك|سجل)",
        "(?:log|sign) in to (?:continue|read|view)",
        "(?:subscribers?|members) only",
        "(?:subscribe|register) (?:now )?to (?:continue|read|keep)",
        "(?:already|become) a (?:subscriber|member)",
    )
)
"""A sentence that lets only subscribers read on; the lines beside it are a stub."""


def refuse_wall(root: Element, title: str, body: Sequence[str], url: str, canonical: str) -> None:
    """Raises Unreadable (`interstitial`, `soft-404`) where the page is a wall.

    `body` are the paragraphs that extraction found, `canonical` the address that the page names; either may be
    empty.
    """
    told = "\n".join(body)
    if words(told) >= THIN:
        return
    heading, page = fold(title).strip(), fold(text_of(root))
    small = words(page) < SMALL_PAGE
    brief = words(told) < BRIEF
    if small:
        if _CHALLENGE_TITLE.search(heading):
            raise Unreadable("interstitial", f"the page is headed «{title[:60]}»")
        if _OUT_OF_ORDER_TITLE.search(heading) or (brief and _OUT_OF_ORDER_TITLE.search(page)):
            raise Unreadable("interstitial", f"the site is out of order: «{title[:60]}»")
        if _LOGIN_TITLE.match(heading) or (not told and root.xpath("//input[@type='password']")):
            raise Unreadable("interstitial", "a page to log in")
        if not _ARABIC.search(told) and (sign := _sign(root)):
            raise Unreadable("interstitial", f"a challenge ({sign})")
    if wall := _wall(fold(told) if told else page if small else ""):
        raise Unreadable("interstitial", f"a wall: «{wall}»")
    if _NOT_FOUND_TITLE.search(heading) or (brief and small and _NOT_FOUND_TITLE.search(page)):
        raise Unreadable("soft-404", f"the page is headed «{title[:60]}»")
    if not told and canonical and _is_home(canonical) and not _is_home(url):
        raise Unreadable("soft-404", "the address answers with the home page")


def _wall(text: str) -> str:
    """The words of a folded text that make it a wall; empty where it is none. Beside a notice an article's sentence
    may stand; beside a paywall a stub does."""
    if wall := _PAYWALL.search(text):
        return wall[0]
    notice, rest = "", 0
    for sentence in _SENTENCES.split(text):
        if found := _NOTICE.search(sentence):
            notice = notice or found[0]
        elif not _CONSENT.search(sentence):
            rest += words(sentence)
    return notice if rest < _BESIDE_NOTICE else ""


_CONSENT = re.compile(
    any_of(
        "(?:بيانات|خصوصيت|موافقت|تفضيلات|جهاز|تجربت|خيارات)ك",
        "شركا(?:ؤنا|ونا|ئنا)",
        "your (?:data|privacy|choices|device|consent|experience)",
        "our partners",
    )
)
"""What consent pages go on with after their notice."""
_SENTENCES = re.compile(r"[.!?؟\n]+")
_BESIDE_NOTICE = 25
"""Words beside a notice from which on they are an article; a consent page's own further text has up to 20."""


def _is_home(url: str) -> bool:
    return urlsplit(url).path in ("", "/")


def _sign(root: Element) -> str:
    """The first sign of a challenge in ids, classes, script addresses and scripts."""
    for element in root.iter("script", "form", "div", "iframe", "meta", "noscript"):
        told = " ".join(
            (
                element.get("id") or "",
                element.get("class") or "",
                element.get("src") or "",
                element.get("action") or "",
                (element.text or "")[:2000] if element.tag == "script" else "",
            )
        ).lower()
        for sign in _CHALLENGE_MARKUP:
            if sign in told:
                return sign
    return ""
