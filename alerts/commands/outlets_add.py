"""`marsad outlets add URL`: the file of a new outlet is drafted (`crawler.drafting`), shown, and written if wanted."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.commands.outlets_check import lines, printable, reason
from alerts.config import ConfigError

if TYPE_CHECKING:
    from crawler.article import Article
    from crawler.drafting.draft import Draft

_WIDTH = 100  # columns of a shown text
_SHOWN = 3  # paragraphs of a sample that are shown


def add(args: argparse.Namespace, own_folder: Path | None) -> int:
    """Drafts, shows, asks, writes; 0 where the file was written, 1 where there is no draft, or it was not wanted.

    `own_folder` is MARSAD_OUTLETS. Raises ConfigError, before anything is asked of the network where it can.
    """
    from crawler.drafting.draft import DraftError, Wishes, draft_outlet
    from crawler.outlets.catalogue import CatalogueError, load_catalogue, outlet_of_host
    from crawler.outlets.values import identifier, language

    if len(args.ids) != 2:
        raise ConfigError("write one address: marsad outlets add https://www.daily.test")
    if args.check or args.json or args.tag or args.proven:
        raise ConfigError("--check, --json, --tag and --proven do not go with add")
    url, folder = args.ids[1], _folder(args.out, own_folder)
    for option, value, form, like in (
        ("id", args.id, identifier, "daily"),
        ("language", args.language, language, "ar"),
    ):
        try:
            if value is not None:
                form(value)
        except ValueError:
            raise ConfigError(f"--{option} {value!r} cannot be used; write it like {like}") from None
    if not (args.yes or sys.stdin.isatty()):
        raise ConfigError("there is no terminal to ask on; write --yes to have the draft written without being asked")
    catalogue = load_catalogue(own_folder)
    if not args.id and (known := outlet_of_host(catalogue, url)):
        print(
            f"marsad: {url} is of {known.id}, which the catalogue has; `marsad outlets --check {known.id}` tries it,"
            f" --id {known.id} writes a file of your own over it",
            file=sys.stderr,
        )
        return 1
    wishes = Wishes(args.id or "", args.country or "", args.kind or "", args.language or "")
    try:
        draft = asyncio.run(
            draft_outlet(
                url, wishes, clock=lambda: datetime.now(UTC), step=lambda what: print(f"… {what}", file=sys.stderr)
            )
        )
    except DraftError as e:
        print(f"marsad: {e}", file=sys.stderr)
        return 1
    except CatalogueError as e:  # a mistake of ours; what a site says must not show as a traceback all the same
        print(f"marsad: the draft cannot be read back: {e.what}; write the file by hand", file=sys.stderr)
        return 1
    path = folder / f"{draft.outlet.id}.yaml"
    print("\n".join(_shown(draft)))
    if draft.outlet.id in catalogue and not args.id:
        print(f"marsad: the catalogue has another outlet {draft.outlet.id}; give yours its own: --id", file=sys.stderr)
        return 1
    if not args.yes and not _agreed(path, replaces=path.exists() or draft.outlet.id in catalogue):
        print("nothing was written")
        return 1
    if path.exists():
        print("there was such a file: it is written over")
    _write(path, draft.text)
    print(f"written: {path}\n\nnext:")
    print("\n".join(f"  {line}" for line in _next(draft, path, own_folder)))
    return 0


def _folder(out: str | None, own_folder: Path | None) -> Path:
    folder = Path(out) if out else own_folder
    if folder is None:
        raise ConfigError(
            "where should the outlet's file go? Set MARSAD_OUTLETS to a folder of your own, or write --out FOLDER"
        )
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigError(f"{folder}: no folder that can be written to; make it, or name another with --out")
    return folder


def _agreed(path: Path, *, replaces: bool) -> bool:
    print(f"write {path}{' OVER what the catalogue has' if replaces else ''}? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a daemon may be reading the folder."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as e:
        raise ConfigError(f"{path}: cannot be written ({e.strerror}); name another folder with --out") from e


# ---- what is shown ------------------------------------------------------------------------------------------


def _shown(draft: Draft) -> Iterator[str]:
    yield "tried:"
    for way in draft.ways:
        what = f"{way.items} items" if way.alive else reason(way.failure, way.source.url) if way.failure else "no items"
        yield f"  {way.source.kind:<8} {what:<26} {printable(way.source.url)}"
    yield "\nthe draft, tried:"
    yield from (f"  {line}" for line in lines(draft.trial, sys.stdout))
    if draft.trial.articles:
        yield from _sample(draft.trial.articles[0])
    yield "\nthe draft:\n"
    yield draft.text


def _sample(article: Article) -> Iterator[str]:
    yield "\na sample:"
    when = f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "none was found"
    for name, value, why in (
        ("url", article.url, ""),
        ("title", article.title, article.reasons.get("title", "")),
        ("published", when, article.reasons.get("published_at", "") if article.published_at else ""),
        ("author", article.author or "", article.reasons.get("author", "")),
        ("text", f"{len(article.paragraphs)} paragraphs", article.reasons.get("text", "")),
    ):
        if value:
            yield f"  {name:<10} {value}{f'  ({why})' if why else ''}"
    for paragraph in article.paragraphs[:_SHOWN]:
        yield f"    {textwrap.shorten(paragraph, _WIDTH, placeholder=' …')}"


def _next(draft: Draft, path: Path, own_folder: Path | None) -> Iterator[str]:
    if own_folder is None or path.parent.absolute() != own_folder.absolute():
        yield f"export MARSAD_OUTLETS={path.parent.absolute()}"
    yield f"look at the guesses in {path}"
    yield f"marsad outlets --check {draft.outlet.id}"
    yield f"name {draft.outlet.id} under outlets: in rules.yaml, and it is followed"
