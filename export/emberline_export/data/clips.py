"""A set of films with the event each comes from, and how it lies on disk.

A set is one folder: `<split>.npz` a split and `manifest.json` with what made it and the SHA-256 of
every array, so that equal digests mean equal data on any machine.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Clips:
    """Films `[N, T, H, W]` and the event, initial state or parameter draw behind each."""

    frames: np.ndarray  # uint8, 0..full stands for 0..1
    event: np.ndarray  # [N] str: what splits and bootstrap go by
    facts: dict[str, np.ndarray] = field(default_factory=dict)  # [N] each, such as `beta`
    full: int = 255  # grey that stands for 1; greys above it mean no data

    def __post_init__(self) -> None:
        """Refuse what would be scored wrongly in silence."""
        if self.frames.dtype != np.uint8 or self.frames.ndim != 4:
            raise ValueError(
                f"frames: uint8 [N, T, H, W], not {self.frames.dtype} {list(self.frames.shape)}"
            )
        for name, values in {"event": self.event, **self.facts}.items():
            if len(values) != len(self.frames):
                raise ValueError(f"{name}: {len(values)} values for {len(self.frames)} films")

    def __len__(self) -> int:
        """Count films."""
        return len(self.frames)

    def film(self, i: int) -> np.ndarray:
        """Film `i` as float32 in 0..1, NaN where there is no data."""
        frames = self.frames[i]
        return np.where(frames > self.full, np.nan, frames / np.float32(self.full))

    def digest(self) -> str:
        """SHA-256 over frames, events and facts."""
        h = hashlib.sha256(repr((self.frames.shape, self.full)).encode())
        h.update(np.ascontiguousarray(self.frames).data)
        h.update("\n".join(map(str, self.event)).encode())
        for name in sorted(self.facts):
            h.update(name.encode() + np.ascontiguousarray(self.facts[name]).tobytes())
        return h.hexdigest()


def write(folder: Path, splits: dict[str, Clips], facts: dict) -> None:
    """Write every split and the manifest; the manifest comes last, so it vouches for the rest."""
    shared = find_shared(splits)
    if shared:
        raise ValueError(f"{folder}: event {shared} stands in two splits")
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, clips in splits.items():
        part = folder / f".{name}.part.npz"
        np.savez_compressed(part, frames=clips.frames, event=clips.event, **clips.facts)
        os.replace(part, folder / f"{name}.npz")
        rows[name] = {
            "films": len(clips),
            "shape": list(clips.frames.shape[1:]),
            "full": clips.full,
            "events": len(set(clips.event.tolist())),
            "sha256": clips.digest(),
        }
    text = json.dumps({**facts, "splits": rows}, indent=1) + "\n"
    (folder / ".manifest.part").write_text(text)
    os.replace(folder / ".manifest.part", folder / "manifest.json")


def find_shared(splits: dict[str, Clips]) -> str | None:
    """Return an event that stands in two splits, if any does."""
    seen: dict[str, str] = {}
    for name, clips in splits.items():
        for event in set(clips.event.tolist()):
            if seen.setdefault(event, name) != name:
                return f"{event} ({seen[event]} and {name})"
    return None


def read(folder: Path, split: str) -> Clips:
    """Read one split; its digest must be the manifest's."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        raise FileNotFoundError(f"{manifest}: missing; make the set with `data set`")
    rows = json.loads(manifest.read_text())["splits"]
    if split not in rows:
        raise ValueError(f"{folder}: no split `{split}`; it has {', '.join(rows)}")
    with np.load(folder / f"{split}.npz") as z:
        facts = {k: z[k] for k in z.files if k not in ("frames", "event")}
        clips = Clips(z["frames"], z["event"], facts, rows[split]["full"])
    if clips.digest() != rows[split]["sha256"]:
        raise ValueError(f"{folder}/{split}.npz: not the data of its manifest; make the set anew")
    return clips
