"""Bytes → Entry and Article: feeds, listing pages, article pages, dates, paragraph cleaning.

Pure functions over bytes and an `Outlet`; no network, no clock of their own.
"""
