"""What must hold: the limits, what was seen, and whether it holds."""

from dataclasses import dataclass

import numpy as np

from .cases import SHAPED
from .rows import Row


@dataclass(frozen=True)
class Held:
    """One limit."""

    what: str
    limit: str
    seen: str
    holds: bool


def chosen(rows: list[Row], **names: str) -> list[Row]:
    """Rows whose members are these."""
    return [row for row in rows if all(row[k] == v for k, v in names.items())]


def most(rows: list[Row]) -> list[float]:
    """Errors between frames below which 95 % of a flight's frames lie; a refusal is no figure."""
    return [row["between_m"][1] if row.get("between_m") else np.inf for row in rows]


def rms_place(rows: list[Row]) -> float:
    """How far off the truth flights lie, rms; a refusal lies nowhere."""
    places = [np.inf if r.get("place_m") is None else r["place_m"] for r in rows]
    return float(np.sqrt(np.mean(np.square(places))))


def one(what: str, limit: str, values: list[float], top: float, middle: bool = False) -> Held:
    """The largest of the values, or their median, is no more than `top`."""
    seen = float(np.median(values) if middle else np.max(values)) if values else np.inf
    word = "median" if middle else "largest"
    return Held(what, limit, f"{word} {seen:.2f} of {len(values)}", seen <= top)


def held(rows: list[Row]) -> list[Held]:
    """Every limit that these rows can show; a case that was not flown has none."""
    out = []
    # Without poses a refusal is the right answer where the picture alone does not hold.
    refused = [row for row in rows if "refused" in row and row["poses"] != "none"]
    if refused:
        seen = f"{len(refused)}; {refused[0]['flight']}: {refused[0]['refused']}"
        out.append(Held("flights with poses that the program refused", "0", seen, False))
    plain = chosen(rows, what="plain")
    exact = chosen(plain, method="poses", poses="exact")
    if exact:
        places = [np.inf if r.get("place_m") is None else r["place_m"] for r in exact]
        out.append(one("exact poses: place", "≤ 0.1 m", places, 0.1))
    told = [r for r in rows if r.get("off_told_m") is not None]
    if told:
        off = [r["off_told_m"] for r in told]
        out.append(one("telemetry alone: off what telemetry says", "≤ 0.1 m", off, 0.1))
    steady = chosen(plain, method="poses + map", poses="noisy")
    for path in dict.fromkeys(r["path"] for r in steady):
        on_path = chosen(steady, path=path)
        what = f"telemetry + map, {path}: between frames, 95 %"
        out.append(one(what, "≤ 1.0 m", most(on_path), 1.0, middle=True))
        beside = chosen(plain, method="poses", poses="noisy", path=path)
        if beside:
            off, alone = (rms_place(r) for r in (on_path, beside))
            what = f"telemetry + map, {path}: place over that of telemetry alone"
            seen = f"{off:.2f} / {alone:.2f} m"
            out.append(Held(what, "≤ 1.2", seen, off <= 1.2 * alone))
    if steady:
        lost = sum(r.get("unfit", 0) for r in steady)
        frames = sum(r.get("frames", 0) for r in steady)
        what = "telemetry + map: frames without a fit, full contrast"
        out.append(Held(what, "0", f"{lost} of {frames}", lost == 0 and frames > 0))
        off = [
            abs(r["burnt_m2"] / r["exact_m2"] - 1) if r.get("exact_m2") else np.inf
            for r in steady
            if r.get("exact_m2") != 0
        ]
        what = "telemetry + map: burnt area, share off that from exact poses"
        out.append(one(what, "≤ 0.05", off, 0.05, middle=True))
    for row in chosen(rows, what="ground contrast × 0.1", method="poses + map"):
        beside = chosen(rows, what=row["what"], flight=row["flight"], method="poses", poses="noisy")
        if beside:
            share = most([row])[0] / most(beside)[0]
            what = f"contrast × 0.1, {row['flight']}: 95 % over that of telemetry"
            out.append(one(what, "≤ 1.2", [share], 1.2))
    for what in SHAPED[1:]:
        for row in chosen(rows, what=what, method="poses", poses="exact"):
            flat = chosen(rows, what=SHAPED[0], method="poses", poses="exact", path=row["path"])
            if flat and flat[0].get("film_iou"):
                share = (row.get("film_iou") or 0.0) / flat[0]["film_iou"]
                name = f"{what}, {row['path']}: burnt IoU with the film over that of flat ground"
                out.append(Held(name, "≥ 0.85", f"{share:.2f}", share >= 0.85))
    ahead = chosen(rows, what="forecast", method="poses + map", poses="noisy")
    if ahead:
        same = [r["same"]["300"] if r.get("same") else 0.0 for r in ahead]
        same = [s for s in same if s is not None]
        mean = float(np.mean(same)) if same else 0.0
        seen = f"mean {mean:.2f} of {len(same)}"
        out.append(Held("forecast, + 300 s: overlap", "≥ 0.75", seen, mean >= 0.75))
    return out
