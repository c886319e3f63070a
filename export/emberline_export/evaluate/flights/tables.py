"""Tables of the page."""

from collections.abc import Callable, Iterable

import numpy as np

from ...onnx.page import table
from .cases import METHODS
from .flight import PATHS
from .limits import chosen, held
from .rows import Row

POSES = {"exact": "exact", "noisy": "as in the field", "none": "none"}
ORDER = [(m.name, m.poses) for m in METHODS]
NONE = "–"


def number(value: float | None) -> str:
    """Two digits that mean something."""
    if value is None or not np.isfinite(value):
        return NONE
    return f"{value:.2f}" if value < 9.95 else f"{value:.0f}"


def between(rows: Iterable[Row]) -> str:
    """Median, 95 % (medians over flights) and the worst flight's 95 %."""
    rows = list(rows)
    pairs = [r["between_m"] for r in rows if r.get("between_m")]
    if not pairs:
        return "refused" if any("refused" in r for r in rows) else NONE
    median, most = np.median(pairs, axis=0)
    said = f"{number(median)} / {number(most)} / {number(max(p[1] for p in pairs))}"
    refused = len(rows) - len(pairs)
    return f"{said} ({refused} refused)" if refused else said


def rms(rows: Iterable[Row], name: str) -> float | None:
    """Root of the mean square over flights."""
    values = [r[name] for r in rows if r.get(name) is not None]
    return float(np.sqrt(np.mean(np.square(values)))) if values else None


def mean(rows: Iterable[Row], get: Callable[[Row], float | None]) -> float | None:
    """Mean over flights that have it."""
    values = [v for v in map(get, rows) if v is not None]
    return float(np.mean(values)) if values else None


def unsteadied(rows: Iterable[Row]) -> str:
    """Frames that no ground steadied, of how many."""
    rows = [r for r in rows if "frames" in r]
    lost = sum(r["unfit"] for r in rows)
    return f"{lost} of {sum(r['frames'] for r in rows)}" if rows else NONE


def methods_of(rows: list[Row]) -> list[tuple[str, str]]:
    """Methods that flew these, in the order of tables."""
    flown = {(r["method"], r["poses"]) for r in rows}
    return [pair for pair in ORDER if pair in flown]


def middle(rows: Iterable[Row], get: Callable[[Row], float | None]) -> float | None:
    """Median over flights that have it."""
    values = [v for v in map(get, rows) if v is not None]
    return float(np.median(values)) if values else None


def area(row: Row) -> float | None:
    """Burnt area, percent off that from exact poses."""
    if not row.get("exact_m2"):
        return None
    return 100 * (row["burnt_m2"] / row["exact_m2"] - 1)


def plain(rows: list[Row]) -> str:
    """Method by path."""
    head = ["method", "poses", *PATHS, "without a fit", "burnt area", "burnt IoU", "with the film"]
    lines = []
    for method, poses in methods_of(rows):
        own = chosen(rows, method=method, poses=poses)
        off = middle(own, area)
        lines.append(
            [
                method,
                POSES[poses],
                *(between(chosen(own, path=path)) for path in PATHS),
                unsteadied(own) if method != "poses" and method != "not steadied" else NONE,
                NONE if off is None else f"{off:+.0f} %",
                number(mean(own, lambda r: r.get("burnt_iou"))),
                number(mean(own, lambda r: r.get("film_iou"))),
            ]
        )
    return table(head, lines)


def places(rows: list[Row]) -> str:
    """Method by path: rms over flights of how far off the truth the ground lies."""
    lines = [
        [method, POSES[poses]]
        + [
            number(rms(chosen(rows, method=method, poses=poses, path=path), "place_m"))
            for path in PATHS
        ]
        for method, poses in methods_of(rows)
    ]
    return table(["method", "poses", *PATHS], lines)


def hard(rows: list[Row]) -> str:
    """What makes it hard, by method: 95 % between frames of each film's flight."""
    names = [pair for pair in methods_of(rows) if pair != ("poses", "exact")]
    alone = {("poses", "noisy"): "telemetry alone", ("poses + map", "noisy"): "telemetry + map"}
    head = ["", *(alone.get(pair, pair[0]) for pair in names), "without a fit"]
    lines = []
    for what in dict.fromkeys(r["what"] for r in rows):
        cells = [what]
        for method, poses in names:
            own = chosen(rows, what=what, method=method, poses=poses)
            cells.append(" / ".join(last(r) for r in own) or NONE)
        steady = chosen(rows, what=what, method="poses + map", poses="noisy")
        lines.append([*cells, " / ".join(unsteadied([r]) for r in steady) or NONE])
    return table(head, lines)


def last(row: Row) -> str:
    """95 % between frames, or that the program refused."""
    if "refused" in row:
        return "refused"
    return number(row["between_m"][1]) if row["between_m"] else NONE


def shaped(rows: list[Row]) -> str:
    """Lens and relief, a row a flight and method."""
    head = ["", "path", "method", "poses", "between frames", "place", "burnt IoU", "with the film"]
    lines = []
    for what, path in dict.fromkeys((r["what"], r["path"]) for r in rows):
        flown = chosen(rows, what=what, path=path)
        for method, poses in methods_of(flown):
            own = chosen(flown, method=method, poses=poses)
            lines.append(
                [
                    what,
                    path,
                    method,
                    POSES[poses],
                    between(own),
                    number(rms(own, "place_m")),
                    number(mean(own, lambda r: r.get("burnt_iou"))),
                    number(mean(own, lambda r: r.get("film_iou"))),
                ]
            )
    return table(head, lines)


def forecast(rows: list[Row]) -> str:
    """What steadying is worth to a forecast."""
    head = ["film from", "poses", "burnt IoU", "same, +150 s", "same, +300 s"]
    head += ["F1 against the film, +150 s", "+300 s"]
    lines = []
    for method, poses in methods_of(rows):
        own = chosen(rows, method=method, poses=poses)
        said = [
            mean(own, lambda r, n=name, s=ahead: (r.get(n) or {}).get(s))
            for name in ("same", "f1")
            for ahead in ("150", "300")
        ]
        burnt = mean(own, lambda r: r.get("burnt_iou"))
        lines.append([method, POSES[poses], number(burnt), *map(number, said)])
    return table(head, lines)


def limits(rows: list[Row]) -> str:
    """What must hold."""
    lines = [[h.what, h.limit, h.seen, "ok" if h.holds else "**missed**"] for h in held(rows)]
    return table(["what", "limit", "seen", ""], lines)
