"""Importing: public gazetteers put beside the one that ships, `marsad places import|sources|remove`.

The state folder holds one index (`gazetteer.IMPORTED`) of all that was imported, which `imports.py` writes. One import
at a time; what is read meanwhile, or after a failure, is the old index.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from alerts.places.gazetteer import IMPORTED
from alerts.places.imports import Import, Progress, read_imports, write_imports
from alerts.places.report import Report
from alerts.places.rows import SOURCES, ImportFailed, Source
from alerts.places.tables import Table, read_table


def import_file(
    path: Path,
    source: Source,
    mapping: Mapping[str, str] | None,
    state_dir: Path,
    *,
    shipped: Path | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Takes the places of a file into the index of the state folder; a file of that name imported before is replaced.

    `mapping`: the columns of a file, by field (`tables.FIELDS`); `shipped`: the index that these are added to. Raises
    ImportFailed where the file cannot be used (the index is as before), OSError, IndexFileError.
    """
    began = time.perf_counter()
    if source not in SOURCES:
        raise ImportFailed(f"there is no source {source}; it is one of {', '.join(SOURCES)}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ImportFailed(f"{path.name}: no regular file, which is read twice; write it to one first")
    name = f"{source}:{path.name}"
    with path.open("rb") as file, _locked(state_dir) as index:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        given = json.dumps(dict(mapping or {}), sort_keys=True)
        new = Import(name, source, str(path.absolute()), digest, given)
        old = read_imports(index)
        before = old.get(name)
        if before is not None and before.report and (before.sha256, before.mapping) == (digest, given):
            return replace(before.report, seconds=time.perf_counter() - began, changed=False)

        def reading() -> tuple[Table, Callable[[], float]]:
            file.seek(0)
            size = max(1, os.fstat(file.fileno()).st_size)
            return read_table(file, source, mapping, country_of(path.name)), lambda: file.tell() / size

        try:
            reports = write_imports(index, {**old, name: new}.values(), shipped, reading, progress)
        except ImportFailed as error:
            raise ImportFailed(f"{path.name}: {error}") from None
        return replace(reports[name], seconds=time.perf_counter() - began)


def sources(state_dir: Path) -> tuple[Report, ...]:
    """The files that were imported, the first first, each with what became of it. Raises IndexFileError."""
    return tuple(one.report for one in read_imports(state_dir / IMPORTED).values() if one.report)


def remove_source(
    name: str, state_dir: Path, *, shipped: Path | None = None, progress: Progress = lambda _: None
) -> bool:
    """Takes away what a file brought (`name` as `sources` has it, or the file's name); False: there is none such.

    Raises IndexFileError, OSError.
    """
    with _locked(state_dir) as index:
        old = read_imports(index)
        name = next((known for known in old if name in (known, known.partition(":")[2])), name)
        if name not in old:
            return False
        left = [one for one in old.values() if one.name != name]
        if left:
            write_imports(index, left, shipped, progress=progress)
        else:
            index.unlink()
        return True


def country_of(file_name: str) -> str | None:
    """The country that a file's name names, ISO 3166-1: SY.txt of GeoNames, syr_admin.csv of OCHA, yemen_places.tsv."""
    from babel import Locale  # only an import asks, and it reads the names of all countries
    from babel.core import get_global

    stem = file_name.partition(".")[0]
    names = {code: name for code, name in Locale("en").territories.items() if re.fullmatch("[A-Z]{2}", code)}
    if stem in names:
        return stem
    words = re.findall("[a-z]+", stem.lower())
    by_three = get_global("territory_aliases")
    if words and len(words[0]) == _ALPHA_3 and words[0].upper() in by_three:
        return str(by_three[words[0].upper()][0])
    text = f" {' '.join(words)} "
    found = [code for code, name in names.items() if f" {' '.join(re.findall('[a-z]+', name.lower()))} " in text]
    return max(found, key=lambda code: len(names[code]), default=None)


_ALPHA_3 = 3
"""Letters of a country's longer code."""


@contextmanager
def _locked(state_dir: Path) -> Iterator[Path]:
    """The path of the index, for one process at a time; the others wait."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / f"{IMPORTED}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield state_dir / IMPORTED
