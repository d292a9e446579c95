"""Sections: which of the names that feeds and pages give say where an article stands."""

from __future__ import annotations

from crawler.extract.letters import fold

_SAYS_NOTHING = frozenset(
    map(
        fold,
        ("آخر الأخبار", "أخبار", "الأخبار", "الرئيسية", "عام", "مقالات", "منوعات", "Uncategorized", "غير مصنف"),
    )
)
"""Names that stand on every article of some outlets (traps.md §3d)."""


def says_section(name: str) -> bool:
    """Whether `name` is a section's, and not one that an outlet gives to all it publishes."""
    return fold(name).strip() not in _SAYS_NOTHING
