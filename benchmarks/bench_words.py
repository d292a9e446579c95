"""How well terms are found: precision, recall and F1 on gold segmentations, beside what other tools do.

    .venv/bin/python benchmarks/bench_words.py [--score]

The data (../shared/data/arabic, see its README) is not part of the project; where it is absent this says so and only
the costs are measured. A query is a term; which tokens it ought to find, the treebanks say. Beside Marsad stand a
search for whole words and one for substrings, both over folded text, Lucene's light10 and, if `snowballstemmer` is
installed, Snowball: these two find a token where its stem is the query's. `--score` runs the data's own score.py over
`marsad match` too, as a check of this file.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from alerts.arabic.folding import _TABLE, Folded, fold
from alerts.rules.engine import Engine
from alerts.rules.expression import Condition, Group, Term
from alerts.rules.model import Document, Rule

ROOT = Path(__file__).parents[1]
DATA = ROOT / "../shared/data"
SENTENCES = ("padt_dev", "pud_first500")
QUERIES = ("queries_dev_freq", "queries_dev_hard")
SETTINGS = (("given", ""), ("given", "hydt"), ("all", ""))

Hit = tuple[int, int]
"""Sentence and token."""
Finder = Callable[[list[str], list[list[str]], str], Iterator[set[Hit]]]


class Score(NamedTuple):
    right: int
    false: int
    missed: int

    def __str__(self) -> str:
        precision, recall = self.right / (self.right + self.false), self.right / (self.right + self.missed)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / (precision + recall):.4f}"


@cache
def scorer() -> ModuleType:
    """The data's own score.py: what counts as the same word, and how newsrooms misspell."""
    spec = importlib.util.spec_from_file_location("score", DATA / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def marsad(queries: list[str], sentences: list[list[str]], forms: str) -> Iterator[set[Hit]]:
    """The engine, every query a rule."""
    terms = [Term(query, query, forms=forms) for query in queries]  # type: ignore[arg-type]
    engine = Engine([_rule(str(n), Condition(Group(1, (term,)))) for n, term in enumerate(terms)])
    found: list[set[Hit]] = [set() for _ in queries]
    for number, words in enumerate(sentences):
        starts, length = {}, 0
        for at, word in enumerate(words):
            starts.update(dict.fromkeys(range(length, length + len(word)), at))
            length += len(word) + 1
        for match in engine.match(Document("", " ".join(words))):
            for evidence in match.evidence:
                covered = range(evidence.start, evidence.end)
                found[int(match.rule.id)] |= {(number, starts[at]) for at in covered if at in starts}
    yield from found


def by(test: Callable[[str, str], bool]) -> Finder:
    """A finder that compares the folded query with each folded token."""

    def find(queries: list[str], sentences: list[list[str]], forms: str) -> Iterator[set[Hit]]:
        folded = [[scorer().key(word) for word in words] for words in sentences]
        for query in map(scorer().key, queries):
            yield {(n, at) for n, words in enumerate(folded) for at, word in enumerate(words) if test(query, word)}

    return find


def by_stem(stem: Callable[[str], str]) -> Finder:
    """A finder of the tokens that have the query's stem."""

    def find(queries: list[str], sentences: list[list[str]], forms: str) -> Iterator[set[Hit]]:
        having: dict[str, set[Hit]] = defaultdict(set)
        for number, words in enumerate(sentences):
            for at, word in enumerate(words):
                having[stem(word)].add((number, at))
        for query in queries:
            yield having[stem(query)]

    return find


def light10(word: str) -> str:
    """Lucene's ArabicStemmer: Larkey, Ballesteros and Connell's light10 (2007)."""
    word = re.sub("[\u064b-\u0652\u0640]", "", word).translate(str.maketrans("أإآىة", "ااايه"))
    for prefix in ("ال", "وال", "بال", "كال", "فال", "لل", "و"):
        if word.startswith(prefix) and len(word) >= len(prefix) + (3 if prefix == "و" else 2):
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"):
        if word.endswith(suffix) and len(word) >= len(suffix) + 2:
            word = word[: -len(suffix)]
    return word


def finders() -> dict[str, Finder]:
    """Marsad and its references; Snowball only where it is installed."""
    known: dict[str, Finder] = {
        "whole word": by(lambda query, word: query == word),
        "substring": by(lambda query, word: query in word),
        "light10": by_stem(light10),
    }
    if importlib.util.find_spec("snowballstemmer"):
        import snowballstemmer

        known["Snowball"] = by_stem(snowballstemmer.stemmer("arabic").stemWord)
    return {**known, "Marsad": marsad}


def score(find: Finder, sentences: Sequence[Any], queries: Sequence[Any], forms: str, noise: str) -> Score:
    """One finder on one set of sentences and queries."""
    rng = random.Random(48)
    written = [[scorer().spoil(token["s"], noise, rng) for token in sentence] for sentence in sentences]
    gold: dict[str, set[Hit]] = defaultdict(set)
    judged: set[Hit] = set()
    for number, sentence in enumerate(sentences):
        for at, token in enumerate(sentence):
            if token["skip"]:
                continue
            judged.add((number, at))
            nominal = [u in ("NOUN", "PROPN", "X", "ADJ") for u in token["u"]]
            words = token["b"] if forms == "given" else [w for w, yes in zip(token["l"], nominal, strict=False) if yes]
            for word in words:
                gold[scorer().key(word)].add((number, at))
    right = false = missed = 0
    for query, found in zip(queries, find([q["query"] for q in queries], written, forms), strict=True):
        wanted = gold[query["key" if forms == "given" else "lemma"]]
        found &= judged
        right += len(found & wanted)
        false += len(found - wanted)
        missed += len(wanted - found)
    return Score(right, false, missed)


def table() -> None:
    """Every finder on every set."""
    for name in SENTENCES:
        lines = (DATA / "arabic" / f"{name}.jsonl").read_text("utf-8").splitlines()
        sentences = [json.loads(line) for line in lines]
        for queries_name in QUERIES:
            queries = json.loads((DATA / "arabic" / f"{queries_name}.json").read_text("utf-8"))
            for forms, noise in SETTINGS:
                print(f"\n{name}, {queries_name}, forms: {forms}{', spelling noise' if noise else ''}")
                for finder, find in finders().items():
                    print(f"  {finder:12} {score(find, sentences, queries, forms, noise)}")


def with_score_py() -> None:
    """The data's own measure, over the real command."""
    for name in SENTENCES:
        for queries in QUERIES:
            for forms, noise in SETTINGS:
                more = (["--forms", "all"] if forms == "all" else []) + (["--noise", noise] if noise else [])
                files = [f"{DATA}/arabic/{name}.jsonl", f"{DATA}/arabic/{queries}.json"]
                command = [sys.executable, f"{DATA}/score.py", "--marsad", f"{ROOT}/.venv/bin/marsad", "words"]
                subprocess.run([*command, *files, *more], check=True)


def costs() -> None:
    """What folding and building cost, beside a plain reference for each."""
    text = " ".join(["أعلنت الحكومةُ أنّ المفاوضات مستمرّة، وأنّ الوفد سيصل إلى العاصمة غدًا."] * 40)[:2400]
    folding, reference = _cost(lambda: fold(text)), _cost(lambda: text.translate(_TABLE))
    print(
        f"\nfolding {len(text.split())} words: {folding:.0f} µs; str.translate with the same table {reference:.0f} µs,"
    )
    print(f"a ratio of {folding / reference:.2f}; with the way back {_cost(lambda: Folded(text).span(0, 1)):.0f} µs")


def _cost(work: Callable[[], object], times: int = 300) -> float:
    """The least time that some work took, in µs."""
    least = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least * 1e6


def _rule(name: str, condition: Condition) -> Rule:
    return Rule(name, name, "live", "normal", (), (), {}, "", condition)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--score", action="store_true", help="also run score.py over the real command")
    asked = parser.parse_args()
    if (DATA / "arabic").is_dir():
        table()
        if asked.score:
            with_score_py()
    else:
        print(f"no data at {DATA / 'arabic'}: precision and recall are not measured")
    costs()


if __name__ == "__main__":
    main()
