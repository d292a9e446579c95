"""Draws docs/pictures: alert.png, real messages as `render.py` makes them, laid out as a phone shows a channel; and
map.png, the upper part of the page that `marsad places --map` makes of an article.

    .venv/bin/python docs/pictures/make_picture.py

Needs Chromium and a font for Arabic; says so and leaves where there is no Chromium. The red mark is drawn, since
few machines have a font for it. As in Telegram, each line
takes its direction from its first strong letter (`unicode-bidi: plaintext`), so a mistake with isolates would show.
The articles are invented.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.delivery.render import URGENT, AlertContent, render
from alerts.rules.model import Channel
from crawler.article import HEADLINE_ONLY

FOLDER = Path(__file__).parent
WIDTH, HEIGHT, SCALE = 412, 640, 2  # a common phone's width in CSS pixels
CHANNEL = Channel("east-syria", "@east_syria_alerts", timezone=ZoneInfo("Asia/Damascus"))
RULE = (("east-strikes", "ضربات شرق سوريا"),)
ALERTS = (
    AlertContent(
        title="غارات ليلية تستهدف مستودعًا عند أطراف البوكمال",
        lead="سُمعت ثلاثة انفجارات قبيل منتصف الليل في محيط المدينة، وقال شهود إن مسيّرة من طراز MQ-9 ظلّت تحلّق "
        "فوق ضفة الفرات نحو ساعة، ولم تعلن أي جهة مسؤوليتها حتى الآن.",
        outlet_name_ar="صدى الفرات",
        outlet_name_en="Sada al-Furat",
        place="البوكمال",
        published_at=datetime(2026, 11, 22, 21, 42, tzinfo=UTC),
        seen_at=datetime(2026, 11, 22, 21, 43, tzinfo=UTC),
        url="https://sada-alfurat.test/news/4512",
        rules=RULE,
        severity="urgent",
        evidence_line="غارات · البوكمال",
    ),
    AlertContent(
        title="عاجل | دوي انفجار قرب معبر القائم الحدودي",
        lead="",
        outlet_name_ar="شبكة بوابة 24",
        outlet_name_en="Bawaba 24",
        place="القائم",
        published_at=datetime(2026, 11, 22, 22, 7, tzinfo=UTC),
        seen_at=datetime(2026, 11, 22, 22, 7, tzinfo=UTC),
        url="https://bawaba24.test/flash/88",
        rules=RULE,
        flags=(HEADLINE_ONLY,),
        evidence_line="انفجار · القائم",
    ),
)
PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ box-sizing: border-box; margin: 0 }}
body {{ width: {width}px; background: #d5e3c8 linear-gradient(160deg, #dbe6c6, #c3d9c4 45%, #a9cbb9);
  min-height: {height}px; font: 16px/1.5 Roboto, "Noto Sans Arabic", "Noto Sans", "Noto Color Emoji", sans-serif }}
header {{ background: #fff; height: 58px; padding: 0 14px; display: flex; gap: 12px; align-items: center;
  direction: rtl; box-shadow: 0 1px 2px #0002 }}
header i {{ width: 40px; height: 40px; border-radius: 50%; background: linear-gradient(#6fc1f5, #3a94dd); color: #fff;
  display: grid; place-items: center; font: bold 18px "Noto Sans Arabic" }}
header b {{ display: block; font-size: 16px; line-height: 1.35 }} header span {{ color: #7d8b92; font-size: 13px }}
.day {{ margin: 10px auto 4px; width: fit-content; background: #6d9a7a99; color: #fff; border-radius: 12px;
  padding: 1px 10px; font-size: 13px }}
article {{ background: #fff; border-radius: 14px 14px 14px 4px; margin: 6px 44px 6px 8px; padding: 7px 12px 4px;
  box-shadow: 0 1px 1px #0002 }}
.text {{ white-space: pre-wrap; unicode-bidi: plaintext; text-align: start; overflow-wrap: anywhere }}
a, .tag {{ color: #2d83c5; text-decoration: none }}
.urgent {{ display: inline-block; width: 15px; height: 15px; border-radius: 50%; vertical-align: -2px;
  background: radial-gradient(circle at 35% 30%, #f26a66, #dd2e44 70%) }}
.eye {{ display: inline-block; width: 15px; height: 9px; border: 1.5px solid; border-radius: 60% / 90%;
  margin-right: 4px; background: radial-gradient(circle, currentColor 2px, #0000 2.5px) }}
footer {{ color: #93a1a8; font-size: 12px; text-align: right; direction: ltr; margin-top: -2px }}
</style><header><i>م</i><div><b>تنبيهات شرق سوريا</b><span>1,204 مشتركين</span></div></header>
<div class="day" dir="auto">23 تشرين الثاني</div>{messages}"""
MESSAGE = """<article><div class="text">{html}</div>
<footer><span class="eye"></span>{views}&nbsp;&nbsp;{time}</footer></article>"""


MAP_WIDTH, MAP_HEIGHT = 1000, 905  # down to the legend
ARTICLE = """توتر على ضفتي الفرات بعد ليلة من الانفجارات في البوكمال والميادين
هزّت انفجارات متتالية مدينة البوكمال ليل السبت، وقال سكان من حي الجمعيات إن النوافذ تحطمت. وفي الميادين أُغلق السوق.
ونُقل جرحى إلى مشفى في مدينة دير الزور، فيما حلّق طيران استطلاع فوق مطار دير الزور العسكري حتى الفجر.
وفي بغداد قالت وزارة الدفاع إن معبر القائم أُغلق أمام الشاحنات، وإن تعزيزات تحركت من الرمادي. ولم تعلّق دمشق.
ودعت الأردن إلى التهدئة، وأكدت واشنطن أن قواتها في الحسكة وفي العراق لم تشارك في ما جرى في سوريا."""


def main() -> None:
    """Writes the pictures, or says what is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("make_picture: there is no Chromium on this machine; the pictures are left as they are")
    messages = ""
    for alert, views in zip(ALERTS, (871, 640), strict=True):
        *lines, tags = render(alert, channel=CHANNEL).html.split("\n")
        html = "\n".join([*lines, f'<span class="tag">{tags}</span>'])  # clients make hashtags links themselves
        html = html.replace(URGENT, '<span class="urgent"></span>')
        at = alert.seen_at.astimezone(CHANNEL.timezone)
        messages += MESSAGE.format(html=html, views=views, time=f"{at:%H:%M}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = folder / "alert.html"
        page.write_text(PAGE.format(width=WIDTH, height=HEIGHT, messages=messages), encoding="utf-8")
        shoot(chromium, page, FOLDER / "alert.png", f"{WIDTH},{HEIGHT}", SCALE)
        article, page = folder / "article.txt", folder / "map.html"
        article.write_text(ARTICLE, encoding="utf-8")
        marsad = [sys.executable, "-m", "alerts.cli", "places", "--lang", "ar", "--map", str(page), str(article)]
        subprocess.run(marsad, check=True, env={**os.environ, "MARSAD_STATE_DIR": name})  # noqa: S603
        shoot(chromium, page, FOLDER / "map.png", f"{MAP_WIDTH},{MAP_HEIGHT}", 1)


def shoot(chromium: str, page: Path, picture: Path, size: str, scale: int) -> None:
    """A picture of a page, as a window of that size shows its beginning."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603
            [
                chromium,
                *("--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"),
                *(f"--window-size={size}", f"--force-device-scale-factor={scale}"),
                *(f"--user-data-dir={profile}", f"--screenshot={picture}"),
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


if __name__ == "__main__":
    main()
