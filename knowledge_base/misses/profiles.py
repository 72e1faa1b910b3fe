"""Notes of each open question what it is about, so that the page that groups them needs no encoder."""

from __future__ import annotations

from knowledge_base.misses.grouping import STORED
from knowledge_base.misses.models import Miss, MissState
from knowledge_base.search import current_searcher
from knowledge_base.search.likeness import Profiler

_AT_ONCE = 200


def note_profiles(most: int | None = None) -> int:
    """Profiles the open questions that have none by the present index, newest first, at most ``most``; how many.

    Raises IndexUnusable or EncoderUnavailable, with the remedy in the message.
    """
    profiler = Profiler(current_searcher())
    rows = Miss.objects.filter(state=MissState.OPEN).exclude(profile_of=profiler.name).order_by("-day", "-id")
    found = list(rows.only("text")[:most])
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        for miss in some:
            miss.profile = profiler.profile(miss.text).astype(STORED).tobytes()
            miss.profile_of = profiler.name
        Miss.objects.bulk_update(some, ["profile", "profile_of"])
    return len(found)
