"""Who is who: the canonical form of a URL, and the keys under which an entry or article is known.

Two entries are the same when they share a key. A GUID is never a key (it changes: docs of lemon24/reader,
FreshRSS#5909, NetNewsWire#3286), only the canonical URL and the outlet's own id in it.
"""
