"""Starts of fire films: what the context shows, and when each cell burns after it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .clips import Clips
from .front import burnt_from_heat, maps_of


@dataclass(frozen=True)
class Start:
    """One start of a fire film: context frames `[T, H, W]` and what is known of the fire."""

    context: np.ndarray
    front: np.ndarray  # [5, H, W], see `front.maps_of`
    now: np.ndarray  # [H, W] seen burnt at the last context frame
    burnt_by: np.ndarray  # [H, W] first lead by which a cell burns; 0 has burnt; L + 1 not yet


def start_of(context: np.ndarray, arrival: np.ndarray, leads: int) -> Start:
    """What a film shows of a fire, and when each cell burns (`arrival`, frames of the film).

    Ground that burnt before and has cooled again looks unburnt; it is left out of every score.
    """
    burnt, _ = burnt_from_heat(context)
    now, last = burnt[-1], len(context) - 1
    wait = np.ceil(np.minimum(arrival.astype(np.float32), 90.0) - last).astype(np.int64)
    by = np.clip(wait, 1, leads + 1)
    by[now | (arrival <= last)] = 0
    return Start(context, maps_of(context, burnt), now, by)


def seen(context: np.ndarray) -> Start:
    """A start of which only the context `[T, H, W]` is known."""
    return start_of(context, np.full(context.shape[1:], 99.0), 0)


def starts(
    clips: Clips, context: int, leads: int, limit: int | None
) -> Iterator[tuple[str, Start]]:
    """Event and start of every film in which something burns."""
    for i in range(min(len(clips), limit or len(clips))):
        film = clips.film(i)
        start = start_of(film[:context], clips.facts["arrival"][i], leads)
        if start.now.any():
            yield str(clips.event[i]), start
