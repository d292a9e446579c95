"""Places: what each step of deciding is worth on gold data, built-in and with villages, and what it costs.

Gold is read from ../shared/data/ner: ANERcorp (train split) and the Wojood sample (its GPE), whose texts nobody of us
read before its figures were taken; AQMAR is there without its annotation. Figures are of exact spans, as score.py
counts them; Wojood's are also given by the ends of spans, since its spans take in the word of kind (مدينة صور whole),
and with the places inside the names of organisations, which it counts too. The villages are those of Who's On First
in ../shared/data/gazetteer, imported into a folder that is thrown away, or what a state folder holds (`--state`).

Cost is the time of an article beyond a scan of the same rules without places, as the processor counts it, the median
of many articles: `again`, the fastest of some runs of each; `in turn`, each article once after all the others.
"""

from __future__ import annotations

import argparse
import operator
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alerts.places.gazetteer import Gazetteer
from alerts.places.importing import import_file
from alerts.places.resolve import Decision, Resolver
from alerts.rules.engine import Engine
from alerts.rules.expression import Condition, Group, Term
from alerts.rules.model import Document, Rule
from alerts.rules.page import Page

DATA = Path(__file__).parents[1] / "../shared/data"
WORDS = 400
"""Words of an article whose cost is measured."""
WANTED_MS = {"built-in": 0.5, "with villages": 1.5}
ARTICLES = 60
"""Articles whose cost is measured."""
RUNS = 9
"""Runs of each, of which the fastest counts: what the machine's other work does not spoil."""
TERMS = 1000
"""Words that the rules look for."""
VILLAGES = DATA / "gazetteer/wof_ar_names.tsv"
Sentence = tuple[str, list[tuple[int, int]], set[tuple[int, int]]]
"""A text, where its words stand, and the first word and the one beyond the last of each gold place."""
Step = Callable[[Decision], bool]

LATE: Final = ("listed", "qualified", "company", "settled")
AGAINST = ("function", "tail", "owner", "person", "adjective", "sport")
STEPS: Sequence[tuple[str, Step]] = (
    ("plain gazetteer, longest match", lambda _: True),
    ("+ words of grammar refused", lambda d: d.verdict.why != "function"),
    ("+ organisations", lambda d: d.verdict.why not in AGAINST[:3]),
    ("+ people", lambda d: d.verdict.why not in AGAINST[:4]),
    ("+ adjectives, teams", lambda d: d.verdict.why not in AGAINST),
    ("+ common words and villages need a reason", lambda d: d.verdict.place is True and d.verdict.why not in LATE),
    ("+ lists, qualifiers, the rest of the text: ours", lambda d: d.verdict.place is True),
)


def conll(path: Path, tag: str = "LOC") -> Iterator[Sentence]:
    """The sentences of a file of `word tag` lines."""
    rows: list[tuple[str, str]] = []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.strip():
            word, _, label = line.rpartition(" ")
            rows.append((word.split(" ")[0], label))
        elif rows:
            yield sentence(rows, tag)
            rows = []


def sentence(rows: Sequence[tuple[str, str]], tag: str) -> Sentence:
    """One sentence with its gold places."""
    text, at, gold = "", [], set()
    for word, _ in rows:
        text += " " if text else ""
        at.append((len(text), len(text) + len(word)))
        text += word
    first = 0
    while first < len(rows):
        last = first + 1
        if rows[first][1] == f"B-{tag}":
            while last < len(rows) and rows[last][1] == f"I-{tag}":
                last += 1
            gold.add((first, last))
        first = last
    return text, at, gold


Count = Callable[[set[tuple[int, int]]], set[Any]]
EXACT: Count = set


def ends(spans: set[tuple[int, int]]) -> set[int]:
    """Spans by their ends: a word of kind before a name, in one and not in the other, counts for nothing."""
    return {end for _, end in spans}


def score(
    sentences: Sequence[Sentence], resolver: Resolver, steps: Sequence[tuple[str, Step]], count: Count = EXACT
) -> list[str]:
    """P, R and F1 of each step."""
    counts = [[0, 0, 0] for _ in steps]
    for text, at, gold in sentences:
        page = Page(Document("", text))
        decisions = resolver.decide(page, resolver.scanner.scan_with_names(page)[1])
        spans = [span(page, resolver, one, at) for one in decisions]
        wanted = count(gold)
        for slots, (_, holds) in zip(counts, steps, strict=True):
            got = count({where for where, one in zip(spans, decisions, strict=True) if holds(one)})
            for slot, value in enumerate((len(got & wanted), len(got - wanted), len(wanted - got))):
                slots[slot] += value
    return [figures(*slots) for slots in counts]


def span(page: Page, resolver: Resolver, one: Decision, at: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The words that a decision is about."""
    start, end = resolver.span(page, one)
    _, first, last, _ = page.evidence_span(start, end)
    inside = [number for number, (a, b) in enumerate(at) if a < last and first < b]
    return inside[0], inside[-1] + 1


def figures(true: int, false: int, missed: int) -> str:
    precision, recall = true / max(1, true + false), true / max(1, true + missed)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def cost(sentences: Sequence[Sentence], resolver: Resolver) -> tuple[float, float]:
    """Milliseconds that the places of an article take: run again and again, and in turn with others."""
    words = " ".join(text for text, _, _ in sentences).split()
    articles = [Document("", " ".join(words[at : at + WORDS])) for at in range(0, ARTICLES * WORDS, WORDS)]
    terms = list(dict.fromkeys(word for word in words if len(word) > 3))[:TERMS]
    rules = [
        Rule(str(n), "", "live", "normal", (), (), {}, "", Condition(Group(1, (Term(word, word),))))
        for n, word in enumerate(terms)
    ]
    without = Engine(rules)
    with_places = Engine(rules, (), resolver, all_places=True)
    for article in articles:  # what is worked out once for each name and word
        with_places.survey(article)
        without.match(article)
    again = [_best(with_places.survey, article) - _best(without.match, article) for article in articles]
    rounds = [
        [_run(with_places.survey, article) for article in articles]
        + [_run(without.match, article) for article in articles]
        for _ in range(RUNS)
    ]
    fastest = [min(times) for times in zip(*rounds, strict=True)]
    in_turn = map(operator.sub, fastest[:ARTICLES], fastest[ARTICLES:])
    return statistics.median(again) * 1000, statistics.median(in_turn) * 1000


def _run(work: Callable[[Document], object], article: Document) -> float:
    """Seconds of this thread's work, whatever else the machine does meanwhile."""
    began = time.thread_time()
    work(article)
    return time.thread_time() - began


def _best(work: Callable[[Document], object], article: Document) -> float:
    return min(_run(work, article) for _ in range(RUNS))


def show(kind: str, resolver: Resolver, corpora: Mapping[str, Sequence[Sentence]]) -> None:
    """Prints the table of one gazetteer."""
    print(f"\n{kind}: {len(resolver.names.patterns)} patterns of names in the automaton")
    for name, sentences in corpora.items():
        steps = STEPS if name.startswith("ANERcorp") else (STEPS[0], STEPS[-1])
        for (label, _), line in zip(steps, score(sentences, resolver, steps), strict=True):
            print(f"  {name:<15} {label:<50} {line}")
    wojood = corpora["Wojood sample"]
    ours, nested = STEPS[-1], ("ours, with those inside organisations", inside_names)
    for (label, _), line in zip((ours, nested), score(wojood, resolver, (ours, nested), ends), strict=True):
        print(f"  {'Wojood, by ends':<15} {label:<50} {line}")
    again, in_turn = cost(corpora["ANERcorp train"], resolver)
    print(f"  cost for {WORDS} words: {again:.2f} ms again, {in_turn:.2f} ms in turn (wanted: {WANTED_MS[kind]})")


def inside_names(one: Decision) -> bool:
    """Ours, and what is refused since it stands inside the name of an organisation."""
    return one.verdict.place is True or one.verdict.why == "owner"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="a state folder with imported gazetteers; default: imports villages")
    args = parser.parse_args()
    if not (DATA / "ner").is_dir():
        sys.exit(f"{DATA / 'ner'} is absent: there is no gold data to measure on")
    corpora = {
        "ANERcorp train": list(conll(DATA / "ner/ANERCorp_CamelLab_train.txt")),
        "Wojood sample": list(conll(DATA / "ner/wojood_sample.txt", "GPE")),
    }
    print("This takes about a minute, half of it to import the villages.")
    show("built-in", Resolver(Gazetteer.load()), corpora)
    with tempfile.TemporaryDirectory() as folder:
        state = args.state or Path(folder)
        if args.state is None:
            if not VILLAGES.exists():
                print(f"\nwith villages: left out, {VILLAGES} is absent")
                return
            report = import_file(VILLAGES, "wof", None, state)
            print(f"\n{report.taken} new places of {VILLAGES.name}, imported in {report.seconds:.0f} s")
        show("with villages", Resolver(Gazetteer.load(imported=state)), corpora)


if __name__ == "__main__":
    main()
