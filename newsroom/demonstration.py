"""`make run`: three passes of the real `marsad run` over the newsroom, as an operator's cron would start them.

What is printed is what Marsad printed, with a few lines around it. It is also a check: every piece that should be
told is told in its pass and once, nothing else is, or the exit code is 1.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from newsroom.pieces import HERE, Published, load
from newsroom.server import Newsroom

MARSAD = Path(sys.executable).with_name("marsad")
PROJECT = HERE.parent
PASS_SECONDS = 60
"""After which a pass is taken to hang. One takes about three seconds."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\x1b\\[[0-9;]*m")
"""Direction marks and colours, which rendering may put inside a headline."""


async def show() -> int:
    """Runs the demonstration; returns the exit code of the process."""
    with tempfile.TemporaryDirectory(prefix="marsad-newsroom-") as state:
        async with Newsroom() as newsroom:
            return await _show(newsroom, Path(state))


async def _show(newsroom: Newsroom, state: Path) -> int:
    environ = newsroom.environ(state)
    outlets = {published.piece.outlet for published in newsroom.out}
    say(f"The newsroom: {len(outlets)} invented outlets with {len(newsroom.out)} articles, played on this machine.")
    say("Marsad is told of it as of any network, by its environment:\n")
    for name in ("http_proxy", "MARSAD_OUTLETS", "MARSAD_RULES", "MARSAD_STATE_DIR"):
        say(f"    {name}={environ[name]}")
    say("\nNo MARSAD_TELEGRAM_TOKEN is set, so each alert is shown here as it would stand in the channel.")

    heading("First pass: the last six hours count")
    say("Two outlets are difficult on purpose: damas hides a page behind a browser check, sahel refuses its pages.")
    say("Marsad warns of it, and tells what their feeds say.\n")
    told = sum(published.piece.told for published in newsroom.out)
    remark = f"""{told} alerts from {len(newsroom.out)} articles. An agency's text that two outlets carry was told once;
the manoeuvre, the penalty kick, the report of nine hours ago, and what stands among the articles
(headlines about حماة, invitations to Telegram) were read too, and raised none."""
    if await _pass_goes_wrong(environ, newsroom.out, "run", "--backfill", "6h", remark=remark):
        return 1

    wave = newsroom.publish()
    heading(f"Second pass: {len(wave)} more articles are out")
    if await _pass_goes_wrong(environ, wave, "run", "--all", remark="Only what is new was told."):
        return 1

    heading("Third pass: nothing is new")
    if await _pass_goes_wrong(environ, (), "run", "--all", remark="Nothing was said."):
        return 1

    _how_to_go_live()
    return 0


async def _pass_goes_wrong(environ: dict[str, str], wanted: Sequence[Published], *words: str, remark: str) -> bool:
    """Runs a pass and says what became of it: the remark, or what is wrong."""
    wrong = await _pass(environ, wanted, *words)
    if wrong:
        say("This is not what should have come:")
    for line in wrong:
        say(f"  - {line}")
    if not wrong:
        say(remark)
    return bool(wrong)


async def _pass(environ: dict[str, str], wanted: Sequence[Published], *words: str) -> list[str]:
    """One `marsad` with these words, its output shown as it comes; returns what is wrong with it."""
    say(f"$ marsad {' '.join(words)}\n")
    process = await asyncio.create_subprocess_exec(
        MARSAD, *words, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    printed = []
    try:
        async with asyncio.timeout(PASS_SECONDS):
            async for line in process.stdout:
                printed.append(line.decode("utf-8", "replace"))
                say(printed[-1].rstrip("\n"))
            code = await process.wait()
    except TimeoutError:
        return [f"marsad {' '.join(words)} did not end within {PASS_SECONDS} s"]
    finally:
        if process.returncode is None:  # it hangs, or the demonstration was interrupted
            process.kill()
            await process.wait()
    wrong = [f"marsad {' '.join(words)} ended with exit code {code}"] if code else []
    if not wanted and printed:
        wrong.append("it spoke, though nothing is new")
    return wrong + complaints("".join(printed), wanted)


def complaints(printed: str, wanted: Sequence[Published]) -> list[str]:
    """What is wrong with the output of a pass in which `wanted` came out: each that should be told is, once, and
    neither another headline of the newsroom nor what stands among its articles is there. Empty: all is well."""
    text = " ".join(_INVISIBLE.sub("", printed).split())
    pieces = load()
    told = {published.piece.title for published in wanted if published.piece.told}
    silent = {piece.title for piece in pieces} - told
    silent |= {line.text for piece in pieces for line in piece.lines if line.kind in ("boilerplate", "related")}
    return [
        *(f"told {text.count(title)} times instead of once: {title}" for title in told if text.count(title) != 1),
        *(f"told, and should not have been: {title}" for title in silent if title in text),
    ]


def _how_to_go_live() -> None:
    rules = PROJECT / "rules.yaml"
    heading("To go live")
    say(
        f"""1. Ask @BotFather in Telegram for a bot (/newbot) and make it an administrator of your channel. Its token:
       export MARSAD_TELEGRAM_TOKEN=<token>
2. Put your channel and your words into {rules}, then:
       cd {PROJECT} && .venv/bin/marsad check
3. Let cron run it every minute (crontab -e):
       MARSAD_TELEGRAM_TOKEN=<token>
       * * * * * cd {PROJECT} && .venv/bin/marsad run"""
    )


def heading(text: str) -> None:
    """A line that parts the output; bold on a terminal."""
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
    say(f"\n{bold}== {text} =={plain}\n")


def say(text: str) -> None:
    """Prints at once, so that a log holds the lines in the order in which things happened."""
    print(text, flush=True)
