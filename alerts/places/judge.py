"""Judge: whether a name that stands in a text is a place there, with the reason in words.

Pure: a name, what is known of it and the words around it in, a `Verdict` out. Names differ in what they need: بغداد is
a place unless something speaks against it, a village needs something that speaks for it, and a name that is a common
word or a person's (الباب، صور، سالم) needs that to be strong. Which of several places it is, is for `choose.py`; what
the other names of the text say is asked by `resolve.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from alerts.arabic.lexicon import is_common
from alerts.places.demonyms import country_of
from alerts.places.model import Place
from alerts.places.neighbours import Neighbours, classes, classes_of_key, is_definite
from alerts.places.rows import SOURCES, VILLAGE

Need = Literal["nothing", "no-person", "no-sport", "something", "strong", "village", "word", "list", "never"]
"""What a name needs to be taken for a place: nothing against it, where neither a person (of a country) nor a team (of
a governorate) is likely to bear it; nothing against it at all; something for it; something strong; of a village that
only imported tables know, a word of kind, or what it lies in below its country; of such a one whose name is a common
word (البلاد، الذهب), a word for settlements; another place in one list with it. شمال is never one."""
WELL_KNOWN: Final = frozenset[Need](["nothing", "no-person"])

KNOWN_PEOPLE: Final = 300_000
"""People of a town that every reader knows by its name alone."""
TOWN_PEOPLE: Final = 15_000
"""People of a town whose name is seldom another thing. Measured: benchmarks/bench_places.py."""
FAR_TOWN_PEOPLE: Final = 50_000
"""The same of a town outside the countries that the gazetteer knows in detail: its name in Arabic letters is often
that of a person."""
HOME: Final = frozenset(
    [
        *("SY", "IQ", "LB", "PS", "JO", "YE", "LY", "SD", "EG", "SA", "AE", "QA", "KW", "BH", "OM", "TN", "DZ", "MA"),
        *("MR", "SO", "DJ", "KM", "TR", "IR", "IL"),
    ]
)
"""The Arab countries, Turkey, Iran and Israel."""
OURS: Final = "ours"
"""How the source begins of a place that was written down since the news names it."""
_TABLES: Final = frozenset(SOURCES) - {"geonames"}
"""The sources of places that only an imported table knows."""
VILLAGES: Final = frozenset[Need](["village", "word"])
"""What the names of villages need that only imported tables know."""
_IN_CONSTRUCT = VILLAGES | {"strong"}
"""Of which a word of kind speaks only without its article: مدينة الباب, not البلدة القديمة."""
SHORT: Final = 3
"""Letters of a name that a clitic's slip easily makes out of another word: قف in وقف."""


_WEAK = frozenset[Need](["something", "strong", "village", "word", "list"])
_OF_PLACES = frozenset(["type", "settlement", "direction", "in"])
"""Classes of words that names of places begin with: بيت، تل."""
_APPOSED = frozenset(["type", "title"])
"""Classes of definite words after which a name stands by itself: العاصمة بغداد."""
_NAMES = frozenset(["given", "kin"])
_KUNYA = ("ابو ", "ام ", "بو ")
"""How a name begins that people are called by: of أبو كمال, the town, and of a man whose son is Kamal."""


class Verdict(NamedTuple):
    """`place`: True, False, or None while only the other names of the text can tell. `strong`: certain enough that
    the same name elsewhere in the text is the same place. `why` is a key of reasons.py, `word` what it is about."""

    place: bool | None
    strong: bool
    why: str
    word: str = ""


GRAMMAR: Final = Verdict(False, True, "function")
"""What is decided of a word of grammar (`is_grammar`), whatever stands around it."""
_KNOWN = Verdict(True, True, "known")
_COMMON = Verdict(None, False, "common")
_TEAM = Verdict(False, False, "sport")


class Sight(NamedTuple):
    """A name as it stands: its key, the clitics before it, the whole of it as folded, what surrounds it, and whether
    the text is about sport."""

    name: str
    head: str
    written: str
    around: Neighbours
    sport: bool

    def placed(self) -> str:
        """The preposition or direction that puts something there; "": none does."""
        if "ب" in self.head:
            return "ب"
        return "" if self.head else self.around.before_in("in") or self.around.before_in("direction")


def need_of(name: str, places: Sequence[Place], *, common: bool) -> Need:
    """What a name needs, by the best known of the places that bear it. `common`: the gazetteer says that it is a
    common word too."""
    own = classes_of_key(name)
    if own & {"type", "direction", "in", "function"} or all("direction" in classes_of_key(w) for w in name.split(" ")):
        return "never"  # شمال غرب too
    if "never" in own:
        return "list"
    people = max((place.population for place in places), default=0)
    country = any(place.kind == "country" for place in places)
    if all(map(_is_imported, places)) and not country:
        if people < TOWN_PEOPLE and all(place.kind != "governorate" for place in places):
            return _need_of_village(name)
        if is_word(name):
            return "strong"
    governorate = any(place.kind == "governorate" and place.source.startswith(OURS) for place in places)
    wide = governorate or any(place.kind == "site" for place in places)
    if "homonym" in own or (own - {"adjective"} and not country):
        return "strong"
    if country:
        return "nothing"
    if " " in name:
        return "nothing" if people > KNOWN_PEOPLE or wide else "no-sport"
    if common and len(name) > SHORT and people < FAR_TOWN_PEOPLE and not governorate:
        return "strong"
    if wide:
        return "no-person" if governorate else "nothing"
    if people > KNOWN_PEOPLE:
        return "no-sport"
    adjective = name.endswith("ية")
    if adjective or len(name) < SHORT or is_common(name) or is_common(name.removeprefix("ال")):
        return "strong"
    near = any(place.parents[-1:] and place.parents[-1] in HOME for place in places)
    return "no-sport" if people > (TOWN_PEOPLE if near else FAR_TOWN_PEOPLE) and len(name) > SHORT else "something"


def _is_imported(place: Place) -> bool:
    """Whether only an imported table knows a place; the gazetteer that ships has the towns of GeoNames."""
    return place.source in _TABLES or (place.source == "geonames" and place.population < VILLAGE)


def _need_of_village(name: str) -> Need:
    """The same of a name that only imported tables of villages know."""
    words = name.split(" ")
    if country_of(name):  # مدن عراقية
        return "list"
    if all(map(is_word, words)):
        return "word"
    if len(words) == 1 or is_word(words[0]):
        return "village"
    return "something"


def is_word(name: str) -> bool:
    """Whether a word of a name is a common word, or a person's name, with its article or without."""
    bare = name.removeprefix("ال")
    listed = classes_of_key(name) | classes_of_key(bare)
    return bool(listed - _OF_PLACES) or is_common(name) or is_common(bare) or len(bare) < SHORT


def is_grammar(written: str, need: Need) -> bool:
    """Whether a name, as folded with its clitics, is a word of grammar wherever it stands."""
    return need == "never" or (need != "nothing" and "function" in classes(written))


def judge(sight: Sight, need: Need) -> Verdict:
    """Whether the name, which is no word of grammar, is a place where it stands, as far as the words around it tell."""
    if need not in WELL_KNOWN and sight.written.endswith("ه") and sight.name.endswith("ة"):
        need = "word" if need in VILLAGES else "strong"  # قوله is "his saying" far oftener than the town of قولة
    return _against(sight, need) or _for(sight, need)


def _against(sight: Sight, need: Need) -> Verdict | None:
    """What makes something else of the name; None: nothing does."""
    name, head, _, around, sport = sight
    before, after = around.before_kinds, around.after_kinds
    # مطار صنعاء الدولي is no newspaper
    if after and ("tail" in after or ("press" in after and need != "nothing" and "type" not in before)):
        return Verdict(False, True, "tail", around.after)
    if head:
        return None
    weak = need in _WEAK
    if around.before.startswith("ال"):
        if before.isdisjoint(_APPOSED) and (kind := _after_definite(name, weak=weak)):
            return Verdict(False, kind == "person", kind, around.before)
    elif "owner" in before:
        return Verdict(False, True, "owner", around.before)
    if before and (
        "kin" in before
        or ("title" in before and need not in WELL_KNOWN)  # غادر الرئيس بغداد is none
        or ("given" in before and need != "nothing")
    ):
        return Verdict(False, True, "person", around.before)
    if weak and not after.isdisjoint(_NAMES) and "given" in classes_of_key(name):
        return Verdict(False, True, "person", around.after)
    if sport and need not in WELL_KNOWN and "type" not in before and not sight.placed():
        return _TEAM
    return None


def _after_definite(name: str, *, weak: bool) -> Literal["adjective", "person", ""]:
    """What a name is after a definite word that it does not belong to: an adjective, or the man of التاجر أبو كمال."""
    if name.startswith("ال") and ((weak and name.endswith(("ة", "ي"))) or "adjective" in classes_of_key(name)):
        return "adjective"
    return "person" if name.startswith(_KUNYA) else ""


def _for(sight: Sight, need: Need) -> Verdict:
    """What speaks for a place, measured by what the name needs."""
    if need == "list":
        return _COMMON
    head, around = sight.head, sight.around
    construct = not head and around.before != "" and not is_definite(around.before)
    kind = "settlement" if need == "word" else "type"
    if not head and kind in around.before_kinds and (construct or need not in _IN_CONSTRUCT):
        return Verdict(True, True, "type", around.before)
    if need in WELL_KNOWN:
        return _KNOWN
    placed = sight.placed()
    if need == "no-sport":
        return Verdict(True, bool(placed), "likely")
    if construct and "direction" in around.before_kinds and need not in VILLAGES:
        return Verdict(True, need == "something", "direction", around.before)
    if need == "something" and placed:
        return Verdict(True, False, "placed", placed)
    toward = "" if head else around.before_in("toward")
    return Verdict(None, False, "small" if need == "something" else "common", placed or toward)
