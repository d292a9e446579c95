"""Fetches Arabic news outlets: a Scrapy project that can be used alone and that knows nothing of alerts."""
