"""Places: what each step of deciding is worth on gold data, built-in and with villages, and what it costs.

Gold is read from ../shared/data/ner: ANERcorp (train split) and the Wojood sample (its GPE), whose texts nobody of us
read; AQMAR is there without its annotation. Figures are of exact spans,
as score.py counts them. `villages` is the gazetteer with all of ../shared/data/gazetteer imported, into a folder that
is kept (`--state`), since importing takes minutes; without one that column is left out. Cost is the time of a 400-word
article beyond the rules' own scan, the median of many.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from alerts.places.gazetteer import Gazetteer
from alerts.places.resolve import Decision, Resolver
from alerts.rules.engine import Engine
from alerts.rules.expression import Condition, Group, Term
from alerts.rules.model import Document, Rule
from alerts.rules.page import Page

DATA = Path(__file__).parents[1] / "../shared/data"
WORDS = 400
"""Words of the article whose cost is measured."""
ROUNDS = 60
Sentence = tuple[str, list[tuple[int, int]], set[tuple[int, int]]]
"""A text, where its words stand, and the first word and the one beyond the last of each gold place."""
Step = Callable[[Decision], bool]

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
LATE = ("listed", "qualified", "company", "settled")


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


def score(sentences: Sequence[Sentence], resolver: Resolver, steps: Sequence[tuple[str, Step]]) -> list[str]:
    """P, R and F1 of each step."""
    counts = [[0, 0, 0] for _ in steps]
    for text, at, gold in sentences:
        page = Page(Document("", text))
        decisions = resolver.decide(page, resolver.scanner.scan_with_names(page)[1])
        spans = [span(page, resolver, one, at) for one in decisions]
        for count, (_, holds) in zip(counts, steps, strict=True):
            got = {where for where, one in zip(spans, decisions, strict=True) if holds(one)}
            for slot, value in enumerate((len(got & gold), len(got - gold), len(gold - got))):
                count[slot] += value
    return [figures(*count) for count in counts]


def span(page: Page, resolver: Resolver, one: Decision, at: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The words that a decision is about."""
    start, end = resolver.span(page, one)
    _, first, last, _ = page.evidence_span(start, end)
    inside = [number for number, (a, b) in enumerate(at) if a < last and first < b]
    return inside[0], inside[-1] + 1


def figures(true: int, false: int, missed: int) -> str:
    precision, recall = true / max(1, true + false), true / max(1, true + missed)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def cost(sentences: Sequence[Sentence], resolver: Resolver) -> str:
    """Milliseconds for an article, beyond a scan of a thousand terms."""
    words = " ".join(text for text, _, _ in sentences).split()
    texts = [" ".join(words[at : at + WORDS]) for at in range(0, ROUNDS * WORDS, WORDS)]
    terms = list(dict.fromkeys(word for word in words if len(word) > 3))[:1000]
    rules = [
        Rule(str(n), "", "live", "normal", (), (), {}, "", Condition(Group(1, (Term(word, word),))))
        for n, word in enumerate(terms)
    ]
    without = Engine(rules)
    with_places = Engine(rules, (), resolver, all_places=True)
    for text in texts:  # what is worked out once for each name
        with_places.survey(Document("", text))
    more = []
    for text in texts:
        document = Document("", text)
        more.append(_best(lambda d=document: with_places.survey(d)) - _best(lambda d=document: without.match(d)))
    return f"{statistics.median(more) * 1000:.2f} ms"


def _best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few runs: what the machine's other work does not spoil."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="a folder into which all of ../shared/data/gazetteer was imported")
    args = parser.parse_args()
    if not (DATA / "ner").is_dir():
        sys.exit(f"{DATA / 'ner'} is absent: there is no gold data to measure on")
    corpora = {
        "ANERcorp train": list(conll(DATA / "ner/ANERCorp_CamelLab_train.txt")),
        "Wojood sample": list(conll(DATA / "ner/wojood_sample.txt", "GPE")),
    }
    kinds = {"built-in": None, **({"with villages": args.state} if args.state else {})}
    for kind, state in kinds.items():
        resolver = Resolver(Gazetteer.load(imported=state))
        print(f"\n{kind}: {len(resolver.names.patterns)} first words")
        for name, sentences in corpora.items():
            steps = STEPS if name == "ANERcorp train" else (STEPS[0], STEPS[-1])
            for (label, _), line in zip(steps, score(sentences, resolver, steps), strict=True):
                print(f"  {name:<15} {label:<50} {line}")
        print(f"  cost of places for {WORDS} words beyond the rules' scan: {cost(corpora['ANERcorp train'], resolver)}")


if __name__ == "__main__":
    main()
