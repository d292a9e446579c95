"""Messages: what a mistake in rules.yaml is called, and what would be right, in English and Arabic.

Every text that an editor can be told about a rules file stands here under its code; who finds the mistake knows
the code and the words to fill in. A message is two halves: what is wrong, and what would be right.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Language = Literal["en", "ar"]


def editor_language(environ: Mapping[str, str]) -> Language:
    """The language of messages: `MARSAD_LANGUAGE`, else the locale (LC_ALL before LC_MESSAGES before LANG)."""
    for name in ("MARSAD_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "ar" if value.lower().startswith("ar") else "en"
    return "en"


class Message(NamedTuple):
    """One mistake in both languages; `{words}` are filled in."""

    what: str
    remedy: str
    what_ar: str
    remedy_ar: str


def say(language: Language, code: str, **words: object) -> tuple[str, str]:
    """(what is wrong, what would be right) for a code of `MESSAGES`. Raises KeyError for an unknown one."""
    message = MESSAGES[code]
    halves = (message.what_ar, message.remedy_ar) if language == "ar" else (message.what, message.remedy)
    shown = {name: word if name == "near" else _short(str(word)) for name, word in words.items()}
    return halves[0].format(**shown), halves[1].format(**shown)


_LONGEST_QUOTE = 200
"""Code points of the file's own words in one message: enough to find the place, never a screenful."""


def _short(word: str) -> str:
    word = " ".join(word.split())
    return word if len(word) <= _LONGEST_QUOTE else word[: _LONGEST_QUOTE - 1] + "…"


def nearest(name: str, known: Iterable[str], language: Language) -> str:
    """What to append to "write one that is known": the name most like `name`, else all of them if they are few."""
    names = list(known)
    close = difflib.get_close_matches(name[:_LONGEST_QUOTE], names, n=1, cutoff=_ALIKE)
    if close:
        return f" (لعلك تقصد {close[0]})" if language == "ar" else f" (did you mean {close[0]}?)"
    if 0 < len(names) <= _FEW_NAMES:
        return f" ({', '.join(names)})"
    return ""


_ALIKE = 0.6
"""difflib's ratio from which a name is worth proposing: one wrong letter in three."""
_FEW_NAMES = 20


MESSAGES: Mapping[str, Message] = {
    # the file
    "unreadable": Message(
        "the rules file cannot be read ({reason})",
        "name a file that exists: marsad check FILE, --rules FILE or MARSAD_RULES",
        "لا يمكن قراءة ملف القواعد ({reason})",
        "سمِّ ملفًا موجودًا: marsad check FILE أو --rules FILE أو MARSAD_RULES",
    ),
    "too-large": Message(
        "the file is larger than {mib} MiB",
        "keep the rules in a smaller file",
        "الملف أكبر من {mib} ميبيبايت",
        "اكتب القواعد في ملف أصغر",
    ),
    "encoding": Message(
        "line {line} is not UTF-8",
        "save the file as UTF-8 (it may be windows-1256)",
        "السطر {line} ليس بترميز UTF-8",
        "احفظ الملف بترميز UTF-8 (لعله windows-1256)",
    ),
    "empty-file": Message(
        "the file is empty",
        "write at least channels: and rules:",
        "الملف فارغ",
        "اكتب على الأقل channels: وrules:",
    ),
    "too-many-nodes": Message(
        "the file holds more than {nodes} values",
        "keep fewer rules in it",
        "في الملف أكثر من {nodes} قيمة",
        "قلّل القواعد فيه",
    ),
    "too-deep": Message(
        "brackets or indentation are nested more than {depth} levels deep",
        "close brackets that were left open, write groups on fewer levels",
        "تتداخل الأقواس أو الإزاحة أكثر من {depth} مستوى",
        "أغلق ما بقي مفتوحًا من الأقواس وقلّل المستويات",
    ),
    "too-many-aliases": Message(
        "aliases (*name) stand for more than {nodes} values",
        "use lists: and $name instead of YAML's anchors",
        "الأسماء المستعارة (*name) تعني أكثر من {nodes} قيمة",
        "استعمل lists: و$name بدل مراسي YAML",
    ),
    "alias-unknown": Message(
        "*{name} names nothing that stands before it",
        "write &{name} at what it means, or put the word in quotes if the star belongs to it",
        "*{name} لا يشير إلى شيء قبله",
        "اكتب &{name} عند المقصود، أو ضع الكلمة بين علامتي اقتباس إن كانت النجمة منها",
    ),
    "two-documents": Message(
        "a second document begins here",
        "remove the line ---",
        "يبدأ هنا مستند ثانٍ",
        "احذف السطر ---",
    ),
    "tag": Message(
        "the tag {tag} has no meaning here",
        "remove it, or put the text in quotes if the exclamation mark belongs to it",
        "الوسم {tag} لا معنى له هنا",
        "احذفه، أو ضع النص بين علامتي اقتباس إن كانت علامة التعجب منه",
    ),
    "control-character": Message(
        "there is a control character ({character}) here",
        "delete it and type the word again",
        "هنا محرف تحكم ({character})",
        "احذفه واكتب الكلمة من جديد",
    ),
    # files that it includes
    "include-nowhere": Message(
        "include needs a folder, and this text was not read from a file",
        "name the file: marsad check rules.yaml; or write everything in one text",
        "تحتاج include إلى مجلد، وهذا النص لم يُقرأ من ملف",
        "سمِّ الملف: marsad check rules.yaml، أو اكتب كل شيء في نص واحد",
    ),
    "include-outside": Message(
        "{path} does not lie in the folder of this file",
        "put it into that folder, or one within it, and write its path from there, without .. and links that lead out",
        "{path} ليس في مجلد هذا الملف",
        "ضع الملف في ذلك المجلد أو في مجلد داخله، واكتب مساره منه بلا .. وبلا روابط تخرج منه",
    ),
    "include-unreadable": Message(
        "the file {path} cannot be read ({reason})",
        "write the path of a file that exists, from the folder of this one",
        "لا يمكن قراءة الملف {path} ({reason})",
        "اكتب مسار ملف موجود بدءًا من مجلد هذا الملف",
    ),
    "include-twice": Message(
        "the file {path} is read already",
        "name each file once, and never this one",
        "الملف {path} مقروء من قبل",
        "سمِّ كل ملف مرة واحدة، ولا تسمِّ هذا الملف",
    ),
    "include-many": Message(
        "more than {most} files are included",
        "join some of them",
        "عدد الملفات المضمّنة أكثر من {most}",
        "ادمج بعضها",
    ),
    "include-large": Message(
        "the files are together larger than {mib} MiB",
        "keep fewer rules in them",
        "حجم الملفات معًا أكبر من {mib} ميبيبايت",
        "قلّل القواعد فيها",
    ),
    "include-empty": Message(
        "the included file is empty",
        "write rules: or lists: in it, or remove it from include",
        "الملف المضمّن فارغ",
        "اكتب فيه rules: أو lists: أو احذفه من include",
    ),
    "include-nested": Message(
        "an included file includes no others",
        "name them all under include: in {file}",
        "الملف المضمّن لا يضمّن غيره",
        "سمِّ الملفات كلها تحت include: في {file}",
    ),
    "include-key": Message(
        "{key} is a setting of the whole, and this file is an included one",
        "write it in {file}; here may stand: {keys}",
        "المفتاح {key} إعداد للكل، وهذا ملف مضمّن",
        "اكتبه في {file}، ومكان هذه هنا: {keys}",
    ),
    "twice-in-files": Message(
        "{name} is already in another file, at {first}",
        "keep one of them, or give this one a name of its own",
        "{name} موجود من قبل في ملف آخر عند {first}",
        "أبقِ واحدًا منهما أو سمِّ هذا باسم آخر",
    ),
    # YAML's syntax
    "yaml": Message(
        "YAML cannot read this ({problem})",
        "compare with the lines above it: indentation, colons, quotes, brackets",
        "لا يستطيع YAML قراءة هذا ({problem})",
        "قارن بالأسطر التي قبله: الإزاحة والنقطتان وعلامات الاقتباس والأقواس",
    ),
    "tab": Message(
        "there is a tab where YAML allows only spaces",
        "replace it with spaces",
        "هنا محرف جدولة (Tab) حيث لا يقبل YAML إلا المسافات",
        "ضع مسافات مكانه",
    ),
    "reserved-start": Message(
        "a text must not begin with {character} unless it is in quotes",
        'put it in quotes, e.g. "{character}name"',
        "لا يبدأ نص بالعلامة {character} إلا بين علامتي اقتباس",
        'ضعه بين علامتي اقتباس، مثل "{character}name"',
    ),
    "colon": Message(
        "a colon and a space make a second key in one line",
        "put the whole text in quotes, or begin a new line",
        "النقطتان وبعدهما مسافة مفتاح ثانٍ في السطر نفسه",
        "ضع النص كله بين علامتي اقتباس، أو ابدأ سطرًا جديدًا",
    ),
    "indentation": Message(
        "this line does not stand under the ones that it belongs to",
        "indent it with spaces exactly as its neighbours",
        "هذا السطر لا يقف تحت الأسطر التي ينتمي إليها",
        "أزِحه بالمسافات كما أُزيحت جاراته تمامًا",
    ),
    "bracket": Message(
        "the list or mapping that opens with {bracket} goes wrong: a comma or the closing bracket is missing",
        "part the words with commas and close the bracket",
        "في القائمة التي تبدأ بالقوس {bracket} خلل: تنقص فاصلة لاتينية (,) أو قوس الإغلاق",
        "افصل بين الكلمات بالفاصلة اللاتينية وأغلق القوس",
    ),
    "quote": Message(
        "a quotation mark is opened here and never closed",
        "close it at the end of the text",
        "فُتحت هنا علامة اقتباس ولم تُغلق",
        "أغلقها في آخر النص",
    ),
    "no-colon": Message(
        "a key was begun here, but no colon follows it",
        "write key: value, with a space after the colon",
        "بدأ هنا مفتاح لا تتبعه نقطتان",
        "اكتب key: value بمسافة بعد النقطتين",
    ),
    "star-or-ampersand": Message(
        "a text that begins with {character} means something else in YAML",
        "put it in quotes; the star of a term stands at its end: word*",
        "النص الذي يبدأ بالعلامة {character} له معنى آخر في YAML",
        "ضعه بين علامتي اقتباس، ونجمة العبارة في آخرها",
    ),
    "escape": Message(
        "a backslash in double quotes begins an escape that YAML does not know",
        "write the text in single quotes, or the backslash twice",
        "الشرطة المائلة العكسية بين علامتي الاقتباس المزدوجتين رمز لا يعرفه YAML",
        "اكتب النص بين علامتين مفردتين، أو كرّر الشرطة",
    ),
    "nothing-here": Message(
        "a value is missing here",
        "write one, or remove the comma or bracket before it",
        "تنقص هنا قيمة",
        "اكتبها، أو احذف الفاصلة أو القوس الذي قبلها",
    ),
    # keys and kinds of value
    "key-not-text": Message(
        "a key must be one word",
        "write key: value",
        "المفتاح كلمة واحدة",
        "اكتب key: value",
    ),
    "key-twice": Message(
        "{key} is written twice; the first is in line {first}",
        "keep one of them, or join their values",
        "تكرر {key}، والأول في السطر {first}",
        "أبقِ واحدًا أو ادمج قيمتيهما",
    ),
    "key-unknown": Message(
        "the key {key} is not known here",
        "write one that is{near}",
        "المفتاح {key} غير معروف هنا",
        "اكتب مفتاحًا معروفًا{near}",
    ),
    "key-later": Message(
        "the key {key} is not yet in this version of Marsad",
        "remove it, so that nobody relies on it",
        "المفتاح {key} لم يدخل بعد في هذا الإصدار من مرصد",
        "احذفه حتى لا يعوّل عليه أحد",
    ),
    "key-missing": Message(
        "{owner} lacks {key}",
        "write {key}: {example}",
        "ينقص {owner} المفتاح {key}",
        "اكتب {key}: {example}",
    ),
    "invisible": Message(
        "{name} holds an invisible character ({character})",
        "delete the word and type it again",
        "في {name} محرف لا يُرى ({character})",
        "احذف الكلمة واكتبها من جديد",
    ),
    "not-mapping": Message(
        "{owner} must be keys with values, one a line",
        "write key: value, with a space after the colon",
        "يجب أن يكون {owner} مفاتيح وقيمًا، كلٌّ في سطر",
        "اكتب key: value بمسافة بعد النقطتين",
    ),
    "not-list": Message(
        "{owner} must be a list",
        "write {owner}: [{example}]",
        "يجب أن يكون {owner} قائمة",
        "اكتب {owner}: [{example}]",
    ),
    "not-text": Message(
        "{owner} must be a single text",
        "write {example}",
        "يجب أن يكون {owner} نصًا واحدًا",
        "اكتب {example}",
    ),
    "empty-list": Message(
        "{owner} is empty",
        "write at least one value, or remove the key",
        "{owner} فارغ",
        "اكتب قيمة واحدة على الأقل، أو احذف المفتاح",
    ),
    "not-one-of": Message(
        "{value} is not a value of {owner}",
        "write one of: {choices}",
        "{value} ليست من قيم {owner}",
        "اكتب واحدة من: {choices}",
    ),
    "not-number": Message(
        "{value} is not a whole number from {least} to {most}",
        "write such a number as {owner}",
        "{value} ليس عددًا صحيحًا من {least} إلى {most}",
        "اكتب عددًا كهذا في {owner}",
    ),
    "name": Message(
        "{value} cannot be the name of {owner}",
        "use letters, digits, - _ and . without spaces, at most 64",
        "{value} لا يصلح اسمًا في {owner}",
        "استعمل حروفًا وأرقامًا و- و_ و. بلا مسافات، وعلى الأكثر 64",
    ),
    # outlets and channels
    "outlet-unknown": Message(
        "no outlet has the id {name}",
        "write the id of one in the catalogue (marsad outlets){near}",
        "لا مصدر معرّفه {name}",
        "اكتب معرّف مصدر من الفهرس (marsad outlets){near}",
    ),
    "outlets-text": Message(
        "outlets: {value} is neither a list nor all",
        "write outlets: [arab48, …] or outlets: all",
        "outlets: {value} ليست قائمة ولا all",
        "اكتب outlets: [arab48, …] أو outlets: all",
    ),
    "outlet-not-read": Message(
        "no outlet of this rule is among the file's outlets: the rule can never fire",
        "add one of them to outlets: at the top, or remove it here",
        "ليس بين مصادر هذه القاعدة مصدر من مصادر الملف، فلن تنطلق أبدًا",
        "أضف أحدها إلى outlets: في أعلى الملف، أو احذفه هنا",
    ),
    "channel-unknown": Message(
        "no channel is called {name}",
        "write the name of one under channels:{near}",
        "لا قناة اسمها {name}",
        "اكتب اسم قناة من channels:{near}",
    ),
    "channel-unused": Message(
        "no rule sends to the channel {name}",
        "name it in the send: of a rule, or remove it",
        "لا قاعدة ترسل إلى القناة {name}",
        "اذكرها في send: لإحدى القواعد، أو احذفها",
    ),
    "chat": Message(
        "{value} is not a Telegram chat",
        'write "@name" in quotes, or the chat\'s number, e.g. -1001234567890',
        "{value} ليست محادثة في تلغرام",
        'اكتب "@name" بين علامتي اقتباس، أو رقم المحادثة، مثل -1001234567890',
    ),
    "timezone": Message(
        "{value} is not a time zone",
        "write one as Region/City, e.g. Asia/Damascus{near}",
        "{value} ليست منطقة زمنية",
        "اكتبها على صورة Region/City، مثل Asia/Damascus{near}",
    ),
    "grace": Message(
        "{value} is not a duration from 1 s to 10 min",
        "write a number and its unit, e.g. 20s or 2min",
        "{value} ليست مدة بين ثانية وعشر دقائق",
        "اكتب عددًا ووحدته، مثل 20s أو 2min",
    ),
    "time-of-day": Message(
        "{value} is not a time of day",
        'write {owner}: "23:00", hours from 00 to 23 and minutes from 00 to 59',
        "{value} ليست وقتًا من اليوم",
        'اكتب {owner}: "23:00"، الساعة من 00 إلى 23 والدقيقة من 00 إلى 59',
    ),
    "quiet-empty": Message(
        "quiet hours that begin and end at {value} are none, or the whole day",
        "write another time in from or to, or remove quiet",
        "ساعات الهدوء التي تبدأ وتنتهي عند {value} إما لا شيء وإما اليوم كله",
        "اكتب وقتًا آخر في from أو to، أو احذف quiet",
    ),
    "digest-when": Message(
        "digest must say when: either every or at",
        'write digest: "every 3h", or digest: {{at: ["08:00", "20:00"]}}',
        "يجب أن يذكر digest متى: إما every وإما at",
        'اكتب digest: "every 3h" أو digest: {{at: ["08:00", "20:00"]}}',
    ),
    "digest-every": Message(
        "{value} is not an interval from 15 min to 12 h",
        'write digest: "every 3h" or "every 30min"; for once a day, digest: {{at: ["08:00"]}}',
        "{value} ليست فترة بين ربع ساعة واثنتي عشرة ساعة",
        'اكتب digest: "every 3h" أو "every 30min"، ولمرة في اليوم digest: {{at: ["08:00"]}}',
    ),
    "weekday": Message(
        "{value} is not the name of a day of the week",
        "write mon, tue, wed, thu, fri, sat or sun, in English or Arabic; numbers mean other days to other people",
        "{value} ليس اسم يوم من أيام الأسبوع",
        "اكتب الاثنين أو mon وما شابه بالعربية أو الإنكليزية، فالأرقام تعني أيامًا مختلفة عند الناس",
    ),
    # lists
    "list-unknown": Message(
        "no list is called {name}",
        "write the name of one under lists:{near}",
        "لا قائمة اسمها {name}",
        "اكتب اسم قائمة من lists:{near}",
    ),
    "list-cycle": Message(
        "the list {name} contains itself: {way}",
        "remove one of these references",
        "القائمة {name} تحوي نفسها: {way}",
        "احذف إحدى هذه الإحالات",
    ),
    "list-unused": Message(
        "no rule uses the list {name}",
        "write ${name} in a rule, or remove the list",
        "لا قاعدة تستعمل القائمة {name}",
        "اكتب ${name} في إحدى القواعد، أو احذف القائمة",
    ),
    "list-too-large": Message(
        "the lists that {name} stands for hold more than {most} terms",
        "part them into smaller lists",
        "في القوائم التي يعنيها {name} أكثر من {most} عبارة",
        "قسّمها إلى قوائم أصغر",
    ),
    "list-too-deep": Message(
        "lists refer to lists more than {depth} levels deep",
        "write the words where they are used",
        "تحيل القوائم إلى قوائم أكثر من {depth} مستوى",
        "اكتب الكلمات حيث تُستعمل",
    ),
    "list-takes-terms": Message(
        "a list holds terms, not groups",
        "write the group in the rule",
        "القائمة تحوي عبارات لا مجموعات",
        "اكتب المجموعة في القاعدة",
    ),
    "list-in-term": Message(
        "a list takes no options",
        "write {name} by itself; forms, in and exact belong to the terms in the list",
        "القائمة لا تأخذ خيارات",
        "اكتب {name} وحدها، أما forms وin وexact فمكانها عبارات القائمة",
    ),
    # rules
    "rule-twice": Message(
        "a rule with the id {name} stands already in line {first}",
        "give each rule an id of its own",
        "توجد قاعدة معرّفها {name} في السطر {first}",
        "اجعل لكل قاعدة معرّفًا خاصًا بها",
    ),
    "nothing-wanted": Message(
        "{owner} asks for nothing",
        "write any:, all: or where:",
        "{owner} لا تطلب شيئًا",
        "اكتب any: أو all: أو where:",
    ),
    "near-alone": Message(
        "near has nothing to tie together",
        "write where: beside any:, or two terms in all:",
        "ليس عند near ما يربطه",
        "اكتب where: مع any:، أو عبارتين في all:",
    ),
    "near": Message(
        "{value} is not a way to be near",
        "write near: {{words: 15}}, or one of: {choices}",
        "{value} ليست طريقة لبيان القرب",
        "اكتب near: {{words: 15}}، أو واحدة من: {choices}",
    ),
    "threshold": Message(
        "{threshold} can never be reached: all parts together count {total}",
        "lower it, or add terms",
        "لا يمكن بلوغ {threshold}: الأجزاء كلها تساوي {total}",
        "اخفضه أو أضف عبارات",
    ),
    "threshold-alone": Message(
        "threshold belongs to any:, and there is none beside it",
        "write any: with weights, or remove threshold",
        "threshold تابعة لـany: ولا any: معها",
        "اكتب any: بأوزان، أو احذف threshold",
    ),
    "weight-alone": Message(
        "weight counts only in any: with a threshold",
        "write threshold: beside any:, or remove the weight",
        "الوزن لا يُحسب إلا في any: مع threshold",
        "اكتب threshold: مع any:، أو احذف الوزن",
    ),
    "none-nested": Message(
        "a group with none: alone asks for nothing",
        "write any: or all: beside it",
        "مجموعة فيها none: وحدها لا تطلب شيئًا",
        "اكتب معها any: أو all:",
    ),
    # terms
    "term-empty": Message(
        "the term {term} can match nothing: no letter or digit is left of it",
        "write a word, or remove it",
        "العبارة {term} لا تطابق شيئًا: لا حرف فيها ولا رقم",
        "اكتب كلمة أو احذفها",
    ),
    "term-missing": Message(
        "there is no term here",
        "write a word (in quotes where it is null or ~)",
        "لا عبارة هنا",
        "اكتب كلمة (بين علامتي اقتباس إن كانت null أو ~)",
    ),
    "term-colon": Message(
        "{key}: is read as a key, not as part of a term",
        "put the term in quotes: '{key}: {value}'",
        "قُرئت {key}: مفتاحًا لا جزءًا من عبارة",
        "ضع العبارة بين علامتي اقتباس: '{key}: {value}'",
    ),
    "term-list": Message(
        "a list stands where a term belongs",
        "write the words on one level, or a group: all: […]",
        "هنا قائمة في موضع عبارة",
        "اكتب الكلمات في مستوى واحد، أو مجموعة: all: […]",
    ),
    "term-many-kinds": Message(
        "a term is only one of term, exact and regex",
        "keep one of these keys",
        "العبارة واحدة من term أو exact أو regex",
        "أبقِ واحدًا من هذه المفاتيح",
    ),
    "term-long": Message(
        "the term is longer than {most} characters",
        "write the few words that matter",
        "العبارة أطول من {most} محرف",
        "اكتب الكلمات القليلة المهمة",
    ),
    "term-star": Message(
        "{term}: a star may stand only at the end of a word of two letters or more",
        "write word*; what stands before a word (و، ال، ب…) is found without it",
        "{term}: النجمة لا تقف إلا في آخر كلمة من حرفين فأكثر",
        "اكتب كلمة*، أما ما يسبق الكلمة (و، ال، ب…) فيُعرف بلا نجمة",
    ),
    "term-guillemets": Message(
        "{term}: «…» must stand around the whole term",
        "write «the words» or leave the marks out",
        "{term}: تحيط «…» بالعبارة كلها",
        "اكتب «الكلمات» أو احذف العلامتين",
    ),
    "term-forms": Message(
        "forms has no meaning for an exact term, word* or regex",
        "remove forms here, or write the word plainly",
        "لا معنى لـforms مع عبارة حرفية أو كلمة* أو regex",
        "احذف forms هنا، أو اكتب الكلمة مجردة",
    ),
    "regex": Message(
        "the regular expression cannot be used ({reason})",
        "write it in RE2's syntax, which has no lookaround and no back references",
        "لا يمكن استعمال هذا التعبير النمطي ({reason})",
        "اكتبه بصيغة RE2، وليس فيها نظر إلى الأمام أو الخلف ولا إحالة",
    ),
    "regex-empty": Message(
        "the regular expression matches an empty text, hence everywhere",
        "ask for at least one letter",
        "التعبير النمطي يطابق نصًا فارغًا، أي كل موضع",
        "اطلب حرفًا واحدًا على الأقل",
    ),
    "term-yaml-word": Message(
        "{term} is read here as the word itself, but as true or false by other YAML programs",
        "put it in quotes: '{term}'",
        "تُقرأ {term} هنا كلمةً، وتقرؤها برامج YAML أخرى صوابًا أو خطأً",
        "ضعها بين علامتي اقتباس: '{term}'",
    ),
    "term-quoted": Message(
        'YAML takes the marks "…" away, so the term is not an exact one (such terms in the file: {count})',
        "write «…» around a term that must stand exactly as written; else leave the marks out",
        'يزيل YAML العلامتين "…" فليست العبارة حرفية (مثلها في الملف: {count})',
        "ضع «…» حول العبارة التي يجب أن ترد كما كُتبت، وإلا فاحذف العلامتين",
    ),
    "term-swallowed": Message(
        "{term} adds nothing: {other} finds it already",
        "remove it",
        "{term} لا تضيف شيئًا، فإن {other} تجدها",
        "احذفها",
    ),
    # places
    "place-ambiguous": Message(
        "{name} may be several places: {candidates}",
        "write which one is meant, e.g. {example}, or its id",
        "{name} يحتمل أكثر من مكان: {candidates}",
        "بيّن المقصود، مثل {example}، أو اكتب معرّفه",
    ),
    "place-unknown": Message(
        "the gazetteer knows no place called {name}: it is looked for as words, and nothing lies within it",
        "check the spelling (marsad places '{name}'), add it under regions:, or import a gazetteer",
        "لا مكان اسمه {name} في المعجم الجغرافي، فيُبحث عنه كلماتٍ ولا يقع فيه شيء",
        "راجع الإملاء (marsad places '{name}') أو أضفه في regions: أو استورد معجمًا",
    ),
    "region-empty": Message(
        "the region {name} holds nothing",
        "write within: and names:, within: 30 km of a place, or a list of places",
        "لا شيء في المنطقة {name}",
        "اكتب within: وnames:، أو within: 30 km of مكان، أو قائمة أماكن",
    ),
    "circle-size": Message(
        "{km} km is no circle of 1 to {most} km",
        "write a smaller one, or name the places that are meant",
        "{km} كم ليست دائرة بين كيلومتر و{most} كم",
        "اكتب دائرة أصغر، أو سمِّ الأماكن المقصودة",
    ),
    "circle-centre": Message(
        "the gazetteer does not know where {name} lies",
        "take a town near it as the centre",
        "لا يعرف المعجم موقع {name}",
        "اجعل المركز بلدة قريبة منه",
    ),
    # examples
    "example-silent": Message(
        "rule {rule} does not fire on its example «{example}»: {why}",
        "change the rule or the example (marsad explain {rule})",
        "القاعدة {rule} لا تنطلق عند مثالها «{example}»: {why}",
        "غيّر القاعدة أو المثال (marsad explain {rule})",
    ),
    "example-fires": Message(
        "rule {rule} fires on «{example}», which should leave it silent: {why}",
        "narrow the rule, e.g. with none:, or change the example (marsad explain {rule})",
        "القاعدة {rule} تنطلق عند «{example}» وحقها أن تسكت: {why}",
        "ضيّق القاعدة، مثلًا بـnone:، أو غيّر المثال (marsad explain {rule})",
    ),
}
