"""Scores of one graph on validation films, and what another graph loses against it.

Fire: new-burn F1 at leads 5, 10 and 20 at the card's threshold, of every set. Rain: CSI at 0.5 and
5 mm/h at leads 1, 5 and 10, after rates are matched by rank where the card says so. All: PSNR, and
which codes came out. A loss is the worst over sets, rates and leads, so that none hides another.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from ...data.scores.image import MSE_MIN
from ...data.scores.rain import RATES_MM_H, counts, csi
from ...models.simple.rain import ranked
from .films import Film

Run = Callable[[Film], dict[str, np.ndarray]]
BURN_LEADS, RAIN_LEADS, RAIN_RATES = (5, 10, 20), (1, 5, 10), (0.5, 5.0)
CODES = ("codes_global", "codes_local")


@dataclass
class Scores:
    """PSNR (dB), F1 and CSI by name of set and lead; codes by level, film after film."""

    psnr_db: dict[str, float] = field(default_factory=dict)
    f1: dict[str, float] = field(default_factory=dict)
    csi: dict[str, float] = field(default_factory=dict)
    codes: dict[str, list[np.ndarray]] = field(default_factory=dict)


@dataclass(frozen=True)
class Loss:
    """Worst loss of each kind of score (None: it has no such score), least share of equal codes."""

    psnr_db: float
    f1: float | None
    csi: float | None
    codes: float | None

    def text(self) -> str:
        """As the card says it: `0.02 dB PSNR, 0.001 F1, codes 99.7 %`."""
        parts = [f"{self.psnr_db:.2f} dB PSNR"]
        parts += [f"{self.f1:.3f} F1"] if self.f1 is not None else []
        parts += [f"{self.csi:.3f} CSI"] if self.csi is not None else []
        parts += [f"codes {self.codes:.2%}".replace("%", " %")] if self.codes is not None else []
        return ", ".join(parts)


def matched(card: dict) -> bool:
    """Whether every lead of rain gets the rates of the last frame by rank."""
    return card.get("output", {}).get("rates") == "matched"


def frames_of(film: Film, out: dict[str, np.ndarray], card: dict) -> np.ndarray:
    """Frames `[L, H, W]` as they are handed on, cut to the film's grid.

    A graph's `forecast` becomes what is handed on here; a program answers with such `frames`.
    """
    if "frames" in out:
        return out["frames"][: len(film.future)]
    _, h, w = film.frames.shape
    said = out["forecast"][0, : len(film.future), 0, :h, :w]
    if matched(card):
        said = np.stack([ranked(s, film.frames[-1]) for s in said])
    return said


def burn_counts(film: Film, out: dict[str, np.ndarray], threshold: float) -> np.ndarray:
    """Hits, misses, false alarms `[leads, 3]` of new burn."""
    _, h, w = film.frames.shape
    p, free, rows = out["burn_probability"][0, :, :h, :w], film.start.burnt_by > 0, []
    for lead in BURN_LEADS:
        if lead > len(p):
            continue
        said, truth = p[lead - 1][free] >= threshold, film.start.burnt_by[free] <= lead
        rows.append([(said & truth).sum(), (~said & truth).sum(), (said & ~truth).sum()])
    return np.array(rows)


def measure(run: Run, films: Iterable[Film], card: dict) -> Scores:
    """Run a graph on films and score it."""
    psnr: dict[str, list[float]] = {}
    burn: dict[str, np.ndarray] = {}
    rain: dict[str, np.ndarray] = {}
    done = Scores()
    for film in films:
        out = run(film)
        said = frames_of(film, out, card)
        mse = ((said.astype(np.float64) - np.nan_to_num(film.future)) ** 2).mean((1, 2))
        psnr.setdefault(film.set, []).append(
            float((-10 * np.log10(np.maximum(mse, MSE_MIN))).mean())
        )
        if film.start is not None:
            c = burn_counts(film, out, card["decision"]["threshold"])
            burn[film.set] = burn.get(film.set, 0) + c
        if card["task"] == "rain":
            rain[film.set] = rain.get(film.set, 0) + counts(said, film.future)
        for key in CODES:
            if key in out:
                done.codes.setdefault(key, []).append(out[key].astype(np.uint16))
    done.psnr_db = {f"PSNR {s}": float(np.mean(v)) for s, v in psnr.items()}
    for s, c in burn.items():
        rows = 2 * c[:, 0] / np.maximum(2 * c[:, 0] + c[:, 1] + c[:, 2], 1)
        done.f1 |= {f"F1 {s} lead {k}": float(x) for k, x in zip(BURN_LEADS, rows, strict=False)}
    for s, c in rain.items():
        table = csi(c)
        done.csi |= {
            f"CSI {s} {rate} mm/h lead {k}": float(table[k - 1, RATES_MM_H.index(rate)])
            for rate in RAIN_RATES
            for k in RAIN_LEADS
            if k <= len(table)
        }
    return done


def equal_codes(a: Scores, b: Scores) -> dict[str, float]:
    """Share of equal codes of each level, the mean over films."""
    return {
        key: float(
            np.mean([(x == y).mean() for x, y in zip(a.codes[key], b.codes[key], strict=True)])
        )
        for key in a.codes
    }


def lost(reference: Scores, other: Scores) -> Loss:
    """What `other` loses against `reference`; a gain is no loss."""

    def worst(a: dict[str, float], b: dict[str, float]) -> float | None:
        return max(0.0, *(float(a[k] - b[k]) for k in a)) if a else None

    codes = equal_codes(reference, other)
    return Loss(
        worst(reference.psnr_db, other.psnr_db),
        worst(reference.f1, other.f1),
        worst(reference.csi, other.csi),
        min(codes.values()) if codes else None,
    )
