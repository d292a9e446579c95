"""What matching costs: µs for a 400-word article, by the number of rules, beside a bare scan for the same words.

    .venv/bin/python benchmarks/bench_rules.py [--quick]

Articles and terms are made up of words of our own tables, drawn by a fixed seed as news uses words (a few often, most
seldom), so nothing outside the project is needed. Articles and terms draw on different words, and each article holds
three terms more. The references are timed on the same articles, in the same run, turn by turn with Marsad: a bare
ahocorasick_rs scan for the same words, which knows no clitics, spellings or edges; a Python expression for each rule;
hyperscan, if it is installed. A time is the least of many runs of one article, averaged over the articles.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from alerts.arabic.lexicon import families
from alerts.rules.engine import Engine
from alerts.rules.evaluate import Finding
from alerts.rules.expression import Condition, Group, Term
from alerts.rules.model import Document, Rule
from alerts.rules.page import Page

ROOT = Path(__file__).parents[1]
WORDS = 400
ARTICLES = 100
SIZES = (10, 100, 1_000, 10_000, 100_000)
BASE_SIZE, FULL_SIZE = 10, 10_000
EXPRESSIONS_UP_TO = 1_000
"""Rules with a Python expression each that are still worth waiting for."""
HEADS = ("", "", "", "ال", "ال", "و", "ب", "ل", "وال", "بال")
TAILS = ("", "", "", "", "", "ه", "ها", "هم")


class Newsroom:
    """Words, articles and rules made of them, the same in every run."""

    def __init__(self) -> None:
        self.random = random.Random(2026)
        words = sorted({word for family in families() for word in family if len(word) > 2})
        self.random.shuffle(words)
        half = len(words) // 2
        self._spoken, self._roots = words[:half], words[half:]
        self._weights = [1 / rank for rank in range(1, half + 1)]
        self._quiet = [self.article([]) for _ in range(ARTICLES)]

    def articles(self, terms: Sequence[str], planted: int) -> list[str]:
        """Articles, the same for every number of terms, with some of these planted in each."""
        return [self._with(article, self.random.sample(terms, planted)) for article in self._quiet]

    def terms(self, number: int) -> list[str]:
        """Terms that no article holds but by planting: words of the tables, then longer ones made of two."""
        terms = list(self._roots)
        while len(terms) < 1.2 * number:
            first, second = self.random.choice(self._roots), self.random.choice(self._roots)
            terms.append(first[:4] + second[-4:])
        terms = list(dict.fromkeys(terms))
        engine = Engine([rule(number, term) for number, term in enumerate(terms)])
        read = {match.rule.title for article in self._quiet for match in engine.match(Document("", article))}
        return [term for term in terms if term not in read][:number]

    def article(self, planted: Sequence[str]) -> str:
        """An article of WORDS words, as often as news has them, with clitics and full stops."""
        words = [self._dressed(word) for word in self.random.choices(self._spoken, self._weights, k=WORDS)]
        for at in range(14, len(words), 15):
            words[at] += "." if at % 60 else ".\n"
        return self._with(" ".join(words), planted)

    def _with(self, article: str, planted: Sequence[str]) -> str:
        words = article.split(" ")
        for term in planted:
            words[self.random.randrange(len(words))] = self._dressed(term)
        return " ".join(words)

    def _dressed(self, word: str) -> str:
        head, tail = self.random.choice(HEADS), self.random.choice(TAILS)
        return head + word if head.endswith("ال") or word[-1] in "ةىاءي" else head + word + tail


def rule(number: int, term: str) -> Rule:
    """A rule that wants one term."""
    return Rule(str(number), term, "live", "normal", (), (), {}, "", Condition(Group(1, (Term(term, term),))))


def least(works: Sequence[Callable[[int], object]], articles: int, times: int) -> list[float]:
    """For each of some works on an article, by its number: the least time of several turns, averaged, in µs."""
    best = [[float("inf")] * articles for _ in works]
    for _ in range(times):
        for at in range(articles):
            for which, work in enumerate(works):
                start = time.perf_counter()
                work(at)
                best[which][at] = min(best[which][at], time.perf_counter() - start)
    return [sum(times_) / articles * 1e6 for times_ in best]


def by_size(newsroom: Newsroom, size: int, times: int) -> float:
    """One line of the table; returns what matching an article costs, in µs."""
    terms = newsroom.terms(size)
    texts = newsroom.articles(terms, 3)
    documents = [Document("", text) for text in texts]
    bare = AhoCorasick(terms)
    start = time.perf_counter()
    engine = Engine([rule(number, term) for number, term in enumerate(terms)])
    built = time.perf_counter() - start
    gc.freeze()
    pages = [Page(document) for document in documents]
    found = [engine._scanner.scan(page) for page in pages]
    works: list[Callable[[int], object]] = [
        lambda at: bare.find_matches_as_indexes(texts[at], overlapping=True),
        lambda at: engine.match(documents[at]),
        lambda at: Page(documents[at]),
        lambda at: engine._scanner.scan(pages[at]),
        lambda at: [Finding(pages[at], found[at]).proof(engine._demands[needle]) for needle in found[at]],
    ]
    reference, whole, folding, scanning, deciding = least(works, ARTICLES, times if size <= FULL_SIZE else 5)
    others = ""
    if size <= EXPRESSIONS_UP_TO:
        expressions = [re.compile(rf"\b{re.escape(term)}\b") for term in terms]
        each = least([lambda at: [expression.search(texts[at]) for expression in expressions]], 10, 2)[0]
        others += f"  an expression each {each:.0f}"
    if importlib.util.find_spec("hyperscan"):
        others += f"  hyperscan {least([_hyperscan(terms, texts)], ARTICLES, times)[0]:.1f}"
    fired = sum(len(engine.match(document)) for document in documents) / ARTICLES
    print(
        f"{size:>7,} rules  bare scan {reference:6.1f}  Marsad {whole:6.1f}  ratio {whole / reference:4.2f}   "
        f"(folding {folding:.1f}, scan {scanning:.1f}, deciding {deciding:.1f}; {fired:.1f} fire)  "
        f"built in {built:.2f} s{others}"
    )
    gc.unfreeze()
    return whole


def _hyperscan(terms: Sequence[str], texts: Sequence[str]) -> Callable[[int], object]:
    import hyperscan

    database = hyperscan.Database()
    expressions = [re.escape(term).encode() for term in terms]
    database.compile(expressions=expressions, ids=list(range(len(terms))), flags=[hyperscan.HS_FLAG_UTF8] * len(terms))
    encoded = [text.encode() for text in texts]
    return lambda at: database.scan(encoded[at], match_event_handler=lambda *_: None)


def hundred_fire(newsroom: Newsroom, times: int) -> None:
    """What each rule costs where a hundred fire."""
    terms = newsroom.terms(FULL_SIZE)
    engine = Engine([rule(number, term) for number, term in enumerate(terms)])
    documents = [Document("", text) for n in (0, 110) for text in newsroom.articles(terms, n)[:20]]
    fired = [len(engine.match(document)) for document in documents]
    quiet, busy = fired[:20], fired[20:]
    costs = least([lambda at: engine.match(documents[at]), lambda at: engine.match(documents[at + 20])], 20, times)
    each = (costs[1] - costs[0]) / ((sum(busy) - sum(quiet)) / 20)
    print(f"\n{sum(busy) / 20:.0f} of {FULL_SIZE:,} rules fire: {costs[1]:.0f} µs, {each:.1f} µs for each (at most 25)")


def memory() -> None:
    """What a process with FULL_SIZE rules takes, in a process of its own."""
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}]\n"
        "import benchmarks.bench_rules as b\n"
        f"terms = b.made_up({FULL_SIZE})\n"
        "before = b.peak()\n"
        "engine = b.Engine([b.rule(number, term) for number, term in enumerate(terms)])\n"
        "print(before, b.peak())\n"
    )
    before, after = map(float, subprocess.check_output([sys.executable, "-c", code], text=True).split())
    print(f"{FULL_SIZE:,} rules: {after:.0f} MB at most, {after - before:.0f} MB of them the engine's (at most 150)")


def made_up(number: int) -> list[str]:
    """Terms of two halves of words, without a look at the articles."""
    roots = sorted({word for family in families() for word in family if len(word) > 3})
    pairs = ((first[:4], second[-4:]) for first in roots for second in roots)
    return [first + second for (first, second), _ in zip(pairs, range(number), strict=False)]


def peak() -> float:
    """The most memory that this process has had, in MB (Linux: the peak of its own, not of the one that forked it)."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer turns, and no 100,000 rules")
    asked = parser.parse_args()
    times = 5 if asked.quick else 20
    print(f"µs for an article of {WORDS} words; a term a rule; Python {sys.version.split()[0]}")
    newsroom = Newsroom()
    whole = {size: by_size(newsroom, size, times) for size in SIZES if size <= FULL_SIZE or not asked.quick}
    growth = whole[FULL_SIZE] / whole[BASE_SIZE]
    print(f"\nfrom {BASE_SIZE} to {FULL_SIZE:,} rules: {growth:.1f} times the cost (at most 4)")
    hundred_fire(newsroom, times)
    memory()


if __name__ == "__main__":
    main()
