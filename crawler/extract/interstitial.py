"""Pages that answer 200 and are no article: captchas, «just a moment», log-in and cookie walls, soft 404s.

A real article may carry a captcha in its comment form, Cloudflare's script and a cookie banner, so each sign counts
only where there is hardly any text, and those of the mark-up only where that text is not Arabic.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extract.letters import fold, words
from crawler.extract.phrases import any_of
from crawler.extract.tree import Element, text_of
from crawler.extract.unreadable import Unreadable

THIN = 60
"""Words of a body under which it may be a wall's; those seen have 10 to 45."""
SMALL_PAGE = 250
"""Words of a whole page under which its title alone may call it a wall; an article's page has menus too."""

_CHALLENGE_TITLE = re.compile(
    any_of(
        "just a moment",
        "attention required",
        "access denied",
        "checking your browser",
        "(?:security|browser) check",
        "ddos.guard",
        "are you (?:a )?(?:human|robot)",
        "verify(?:ing)? (?:that )?you",
        "(?:human|bot) verification",
        "captcha",
        "one moment,? please",
        "please wait",
        "request (?:blocked|rejected)",
        "pardon our interruption",
        "403 forbidden",
        "^forbidden$",
        "لحظه واحده",
        "يرجي الانتظار",
        "التحقق من (?:انك|المتصفح|هويتك|الامان)",
        "(?:تحقق من|تاكيد) انك",
        "لست (?:برنامج )?روبوت",
    )
)
_LOGIN_TITLE = re.compile(r"(?:log ?in|sign ?in|(?:تسجيل|سجل) (?:ال)?دخول)\b")
_NOT_FOUND_TITLE = re.compile(
    any_of(
        r"(?:^|\b)(?:error )?404\b",
        "page not found",
        "not found$",
        "الصفحه (?:غير موجوده|المطلوبه غير|التي (?:تبحث|طلبت)|لا توجد)",
        "لم يتم العثور علي",
        "لا توجد صفحه",
        "المحتوي غير (?:موجود|متوفر)",
        "الخبر غير موجود",
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
_WALL_TEXT = re.compile(
    any_of(
        "enable (?:javascript|js)",
        "javascript is (?:disabled|required)",
        "تفعيل (?:ال)?(?:جافا ?سكريبت|javascript)",
        "(?:accept|uses?|enable) cookies",
        "cookie (?:policy|consent|settings|preferences)",
        "ملفات (?:تعريف )?الارتباط",
        "سياسه الكوكيز",
        "(?:تسجيل|سجل|سجلوا) (?:ال)?دخول(?:ك|كم)? (?:للمتابعه|لمتابعه|لقراءه|لاكمال)",
        "للمشتركين فقط",
        "هذا المحتوي للمشتركين",
        "(?:log|sign) in to (?:continue|read)",
        "subscribers? only",
        "subscribe to (?:continue|read)",
        "unusual traffic",
        "not a robot",
        "ray id",
        "verify you are human",
        "checking your browser",
    )
)


def refuse_wall(root: Element, title: str, body: str, url: str, canonical: str) -> None:
    """Raises Unreadable (`interstitial`, `soft-404`) where the page is a wall.

    `body` is the text that extraction found, `canonical` the address that the page names; either may be empty.
    """
    if words(body) >= THIN:
        return
    heading, page = fold(title).strip(), fold(text_of(root))
    small = words(page) < SMALL_PAGE
    if small:
        if _CHALLENGE_TITLE.search(heading):
            raise Unreadable("interstitial", f"the page is headed «{title[:60]}»")
        if _LOGIN_TITLE.match(heading) or (not body and root.xpath("//input[@type='password']")):
            raise Unreadable("interstitial", "a page to log in")
        if not _ARABIC.search(body) and (sign := _sign(root)):
            raise Unreadable("interstitial", f"a challenge ({sign})")
    if wall := _WALL_TEXT.search(fold(body) or (page if small else "")):
        raise Unreadable("interstitial", f"a wall: «{wall[0]}»")
    if _NOT_FOUND_TITLE.search(heading) or (not body and small and _NOT_FOUND_TITLE.search(page)):
        raise Unreadable("soft-404", f"the page is headed «{title[:60]}»")
    if not body and canonical and _is_home(canonical) and not _is_home(url):
        raise Unreadable("soft-404", "the address answers with the home page")


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
