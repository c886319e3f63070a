"""Which layers a precision hurts: each is quantized alone and what changes is measured.

On calibration films, three figures against the float32 graph, none of which needs to be large to be
seen: the noise in the frames beside the forecast's own error (as the dB of PSNR that it will
cost), codes that differ, and decisions that differ (fire: burnt or not at the threshold; rain: 0.5
and 5 mm/h or not). Noise of different layers adds up, so these figures do too. Then layers go back
to float32, the costliest first, until the whole graph is within the margin.
"""

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto

from ...data.rain import share_of
from ...data.scores.image import MSE_MIN
from . import gate
from .films import Film
from .plan import FLOAT16, Plan, build
from .qdq import Layer, Ranges, layers_of
from .ranges import session
from .scores import CODES, RAIN_RATES, frames_of

MARGIN = 0.7  # of the gate's limits, which calibration films may use up
SUM = 1.0  # the same of costs of single layers, added up, above which no plan is tried
DECISIONS = 0.1  # share of differing decisions that counts as much as a limit of the gate


@dataclass(frozen=True)
class Cost:
    """Change of one graph against float32 on calibration films."""

    psnr_db: float
    codes: float  # share that differs, of the worse level
    decisions: float  # share that differs

    def strain(self) -> float:
        """How much of what is allowed is used up."""
        return max(
            self.psnr_db / gate.PSNR_DB, self.codes / (1 - gate.CODES), self.decisions / DECISIONS
        )

    def text(self) -> str:
        """For the report."""
        return f"{self.psnr_db:.4f} dB  codes {self.codes:.2%}  decisions {self.decisions:.2%}"


class Probe:
    """The float32 graph's answers on calibration films, to hold others against."""

    def __init__(self, small: ModelProto, films: list[Film], card: dict) -> None:
        """Run the float32 graph."""
        self.small, self.films, self.card = small, films, card
        self.names = [o.name for o in small.graph.output]
        self.answers = self.run(small)
        said = [frames_of(f, a, card) for f, a in zip(films, self.answers, strict=True)]
        self.said = said
        self.errors = [
            np.maximum(np.nanmean((s - f.future) ** 2, axis=(1, 2)), MSE_MIN)
            for s, f in zip(said, films, strict=True)
        ]
        self.decided = [self.decisions(*x) for x in zip(films, self.answers, said, strict=True)]

    def run(self, model: ModelProto) -> list[dict[str, np.ndarray]]:
        """Answers of a graph, film by film."""
        runner = session(model)
        rows = (runner.run(self.names, f.feed) for f in self.films)
        return [dict(zip(self.names, row, strict=True)) for row in rows]

    def decisions(
        self, film: Film, out: dict[str, np.ndarray], said: np.ndarray
    ) -> list[np.ndarray]:
        """Yes or no by cell and lead, as products have it."""
        if "burn_probability" in out:
            free = film.start.burnt_by > 0
            h, w = free.shape
            p = out["burn_probability"][0, :, :h, :w]
            return [(p >= self.card["decision"]["threshold"]) & free]
        if self.card["task"] == "rain":
            return [said >= share_of(rate) for rate in RAIN_RATES]
        return []

    def cost(self, model: ModelProto) -> Cost:
        """Hold a graph against float32."""
        lost_db, codes, changed, yes = [], [], 0, 0
        rows = zip(
            self.films,
            self.run(model),
            self.answers,
            self.said,
            self.errors,
            self.decided,
            strict=True,
        )
        for film, out, was, said_was, errors, decided in rows:
            said = frames_of(film, out, self.card)
            noise = ((said - said_was) ** 2).mean((1, 2))
            lost_db.append(float((10 * np.log10(1 + noise / errors)).mean()))
            codes.append([(out[k] != was[k]).mean() for k in CODES if k in out])
            for a, b in zip(self.decisions(film, out, said), decided, strict=True):
                changed, yes = changed + int((a != b).sum()), yes + int(b.sum())
        return Cost(
            float(np.mean(lost_db)),
            float(np.max(np.mean(codes, 0), initial=0.0)),
            changed / max(yes, 1),
        )


@dataclass
class Search:
    """Layers that go back to float32, the costliest first, and a report of it."""

    probe: Probe
    ranges: Ranges
    plan: Plan
    order: list[Layer]
    lines: list[str]
    cost: Cost

    def give_back(self) -> bool:
        """One more layer in float32; whether there was one left."""
        while self.order:
            layer = self.order.pop(0)
            if layer.digest in self.plan.low:
                self.plan = self.plan.without(layer.digest)
                return True
        return False


def search(precision: str, probe: Probe, ranges: Ranges) -> Search:
    """Plan for a precision that stays within the margin on calibration films."""
    layers = layers_of(probe.small.graph)
    whole = Plan(precision, frozenset(x.digest for x in layers))
    cost = probe.cost(build(whole, probe.small, ranges))
    lines = [f"{precision}: all {len(layers)} layers: {cost.text()}"]
    found = Search(probe, ranges, whole, [], lines, cost)
    if cost.strain() <= MARGIN:
        return found
    alone = [
        (probe.cost(build(Plan(precision, frozenset({x.digest})), probe.small, ranges)), x)
        for x in layers
    ]
    alone.sort(key=lambda pair: -pair[0].strain())
    lines.append("  each layer alone, the costliest first:")
    lines += [f"    {x.name:28s} {x.bytes:6d} B  {c.text()}" for c, x in alone]
    found.order = [x for _, x in alone]
    # Costs add up: which layers must go back is nearly known before the first trial.
    while sum(c.strain() for c, x in alone if x.digest in found.plan.low) > SUM:
        found.give_back()
    while True:
        found.cost = probe.cost(build(found.plan, probe.small, ranges))
        if found.cost.strain() <= MARGIN or not found.give_back():
            break
    if precision != FLOAT16 and found.cost.strain() > MARGIN:
        found.plan = found.plan.exact()
        found.cost = probe.cost(build(found.plan, probe.small, ranges))
    names = {x.digest: x.name for x in layers}
    kept = [names[x.digest] for x in layers if x.digest not in found.plan.low]
    stored = " (weights stored as float16)" if found.plan.stored else ""
    lines.append(f"  in float32{stored}: {', '.join(kept) or 'none'}")
    lines.append(f"  then: {found.cost.text()}")
    return found
