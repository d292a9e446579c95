"""The words with which outlets speak of themselves: markers of related blocks and notices.

All patterns are for text in the spelling of `letters.fold` (one alef, ya and ta, no harakat) and run in time
linear in it: bounded repeats only. An outlet's own lines stand in its file; here stands what any outlet may say,
and each alternative is one that prose does not begin with.
"""

from __future__ import annotations

import re


def any_of(*alternatives: str) -> str:
    """The alternatives as one group of a pattern."""
    return f"(?:{'|'.join(alternatives)})"


_DECORATION = r"[\W_]{0,8}"  # «◄», «##», brackets, colons, dashes

# ---- «اقرأ أيضًا» -------------------------------------------------------------------------------------------

_READ = "و?" + any_of(
    "اقراوا", "اقرؤوا", "اقرئي", "اقرا", "طالعوا", "طالع", "شاهدوا", "شاهد", "تابع", "انظر", "تصفح", "راجع"
)
_ALSO = any_of("ايضا", "كذلك", "المزيد", "التالي")
_STORIES = "(?:ال)?" + any_of(
    "مواضيع", "موضوعات", "مقالات", "اخبار", "تقارير", "قصص", "محتوي", "قراءات", "موضوع", "خبر"
)
_AKIN = any_of("(?:ذات|ذو) (?:ال)?صله", "(?:ال)?متعلقه", "(?:ال)?مشابهه", "(?:ال)?مرتبطه", "(?:ال)?مقترحه", "قد تهمك")
_IMPERATIVE = any_of(
    f"{_READ} {_ALSO}",
    "للمزيد(?: (?:اقرا|طالع))?",
    "و?(?:لقراءه|يمكنك(?:م)? قراءه) (?:المزيد|ايضا)",
    "read (?:also|more)",
)
_HEADING = any_of(f"{_STORIES} {_AKIN}", "(?:و?قد|ربما) (?:يهمك|يعجبك)(?:م)?(?: ايضا)?")
_ALONE = any_of(
    _IMPERATIVE,
    _HEADING,
    "(?:ال)?اكثر (?:قراءه|مشاهده|تداولا)",
    "ذات صله",
    "اخر الاخبار",
    "المزيد(?: من الاخبار)?",
    "اخترنا لك(?:م)?",
    "نرشح لك(?:م)?",
    "related(?: articles| stories| topics| news)?",
)
MARKER = re.compile(rf"{_DECORATION}{_ALONE}{_DECORATION}")
"""A line that is nothing but the marker of a related block."""
_WITH_COLON = any_of(_IMPERATIVE, _HEADING) + r"(?P<colon>\s?:)"
MARKER_AND_HEADLINE = re.compile(_DECORATION + any_of(_WITH_COLON, _IMPERATIVE + r"(?=\W)"))
"""A marker at the beginning of a line that goes on; «أخبار متعلقة» alone may begin prose, with a colon it does not."""

# ---- «تابعونا على…» -----------------------------------------------------------------------------------------

_PLATFORM = any_of(
    "(?:غوغل|جوجل|google) (?:نيوز|news)",
    "فيس ?بوك",
    "facebook",
    "تويتر",
    "twitter",
    "منصه (?:اكس|x)",
    "ت[يل]{1,4}[غجق]رام",
    "telegram",
    "واتس ?ا?ب",
    "whatsapp",
    "يوتيوب",
    "youtube",
    "انست[اي]?[غج]رام",
    "instagram",
    "تيك ?توك",
    "tiktok",
    "تطبيق نبض",
    "متصفحك",
    "مواقع التواصل",
    "تطبيقنا",
)
_OURS = any_of("قناتنا", "قنواتنا", "صفحتنا", "صفحاتنا", "حسابنا", "حساباتنا", "نشرتنا", "خدمتنا", "موقعنا", "مجموعتنا")
_NEWS = any_of("كل", "اخبار", "الاخبار", "اخر", "اهم", "احدث", "المزيد", "جميع", "جديد", "تغطيتنا", "التفاصيل")
_LETTER = any_of("النشره", "نشره", "الاشعارات", "التنبيهات", "خدمه", "قناه", "القناه", "مجموعه")
NOTICE = re.compile(
    _DECORATION
    + any_of(
        r"تابعونا(?: (?:علي|عبر|في|من|ل)|\s?[:!.]|$)",
        rf"(?:تابعنا|تابعينا) (?:علي|عبر|في|من)(?:$|\s?:|.{{0,40}}{any_of(_PLATFORM, _OURS)})",
        rf"(?:تابع|تابعوا|تابعي|و?لمتابعه|للمتابعه) {_NEWS}\b.{{0,160}}{any_of(_PLATFORM, _OURS)}",
        rf"(?:و?يمكنكم?|للاشتراك|و?لمتابعه) .{{0,60}}{_OURS} (?:علي|عبر) .{{0,20}}{_PLATFORM}",
        rf"(?:اشترك|اشتركوا|للاشتراك) (?:الان )?(?:مجانا )?(?:في |ب){any_of(_OURS, _LETTER)}",
        rf"(?:انضم|انضموا|للانضمام) (?:الان )?(?:الي|الينا|ل) ?.{{0,30}}{any_of(_OURS, _PLATFORM)}",
        r"(?:حمل|حملوا|نزل|نزلوا|تحميل|تنزيل) (?:الان )?(?:تطبيق|التطبيق)(?:\W+\w+){0,8}\W*$",
        r"(?:اضف|اضافه|اترك|كتابه) تعليق(?:ا|ك)?(?: جديد)?\W*$",
        r"(?:جميع|كافه|كل) (?:ال)?حقوق (?:النشر )?محفوظه",
        r"حقوق النشر محفوظه",
        r"(?:شارك|شاركوا|مشاركه) (?:هذا )?(?:الخبر|المقال|الموضوع)(?: (?:علي|عبر).{0,40})?\W*$",
        r"(?:للمزيد .{0,30})?(?:اضغط|انقر) هنا\b",
        r"(?:ان )?(?:الاراء|الارا) (?:الوارده|المنشوره) .{0,60}تعبر",
        r"ظهرت (?:المقاله|المقال|التدوينه) .{0,200}(?:اولا|للمره الاولي) (?:علي|في)",
        r"the post .{1,200} (?:first appeared|appeared first) on",
    )
)
"""The beginning of a sentence in which an outlet asks for followers, subscribers, clicks or comments."""
_READER = any_of(
    r"(?:ننصح|نذكر|ندعو|نشكر|نرجو من)(?:ك|كم)\b",
    "(?:تعليق|تعليقات|مشاركت|مشاركات|حساب|تسجيل|بيانات|موافقت)(?:ك|كم)\\b",
    r"(?:يرجي|نرجو|الرجاء) (?:الالتزام|مراعاه|عدم|الامتناع)",
    r"(?:يحق|تحتفظ|يحتفظ) .{0,40}(?:حذف|شطب|حظر)",
)
_POLICY = any_of(
    "سياسه الخصوصيه",
    "(?:شروط|ارشادات|قواعد|اتفاقيه) (?:ال)?(?:استخدام|استعمال|مستخدم|نشر|تعليق|تعليقات|مشاركه)",
    "(?:التعليقات|تعليقات) (?:ال)?(?:مسيئه|خارجه|مخالفه|منشوره|وارده)",
    "قواعد (?:السلوك|المناقشه|الحوار)",
)
POLICY = re.compile(_POLICY)
"""What every match of HOUSE_RULES holds, and hardly any other text; found three times as quickly."""
HOUSE_RULES = re.compile(rf"{_READER}.{{0,400}}{_POLICY}|{_POLICY}.{{0,400}}{_READER}")
"""A paragraph that tells readers how they may comment; news about such rules does not address the reader."""
