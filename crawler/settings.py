"""Scrapy's settings for this project (scrapy.cfg names this module; `crawler.crawl` reads it too).

What is not set here is Scrapy's default. ADDRESS_TIMEOUT, RETRY_WAIT and RETRY_AFTER_MOST are our own.
"""

from __future__ import annotations

import os
from importlib.metadata import version

BOT_NAME = "marsad"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.OutletLoader"

# Who asks. Only the operator knows an address where a webmaster reaches them: MARSAD_USER_AGENT (docs/operate.md).
USER_AGENT = os.environ.get("MARSAD_USER_AGENT") or f"Marsad/{version('marsad')} (news monitor)"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ar",
}

# One asyncio loop and no reactor: the mode that lives beside APScheduler and python-telegram-bot (stack.md). Scrapy
# calls it experimental; MARSAD_REACTOR=asyncio runs the same handler on Twisted's asyncio reactor instead.
TWISTED_REACTOR_ENABLED = os.environ.get("MARSAD_REACTOR") == "asyncio"

# Bounds. DOWNLOAD_TIMEOUT is one try's, ADDRESS_TIMEOUT that of all tries and redirects of one address, in seconds:
# no address takes more than 30, and aiohttp rounds the end of a wait up to a whole second.
DOWNLOAD_TIMEOUT = 20
ADDRESS_TIMEOUT = 29
DOWNLOAD_MAXSIZE = 5 * 2**20  # bytes, before and after decompression
DOWNLOAD_WARNSIZE = 0
RETRY_TIMES = 1
RETRY_WAIT = 1.0  # seconds before the retry, where the server names none
RETRY_AFTER_MOST = 10.0  # seconds; a longer Retry-After is left to the next poll or the page's next try
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REDIRECT_MAX_TIMES = 5

# Manners: crawler.net.manners counts connections and turns. No limit over all hosts, so that no outlet's queue
# stands before another's; first in, first out, so that pages are had in the order of the feed.
CONCURRENT_REQUESTS = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
ROBOTSTXT_OBEY = True  # by crawler.net.robots

# Safety.
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.net.handler.GuardedHandler",
    "https": "crawler.net.handler.GuardedHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}

# Only what this project uses; None switches a default off.
DOWNLOADER_MIDDLEWARES = {
    "crawler.net.robots.RobotsMiddleware": 100,
    "crawler.net.retry.RetryOnce": 550,
    "crawler.net.redirect.RedirectWithin": 600,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider judges every status itself
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # an Arabic URL is long once percent-encoded
}
EXTENSIONS = {
    "crawler.net.manners.Manners": 0,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}

# Scrapy makes CONCURRENT_ITEMS tasks for each answer; its default of 100 costs a third of the speed (stack.md).
CONCURRENT_ITEMS = 4
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False
