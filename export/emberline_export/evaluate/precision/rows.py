"""Rows of the first table: every precision on every engine, with size, scores and differences."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...onnx.folder import GRAPHS, file_of
from ...onnx.page import table
from ...onnx.precision.films import Film
from ...onnx.precision.quantize import Workshop
from ...onnx.precision.runner import Engine, Refused
from ...onnx.precision.scores import Loss, Scores, equal_codes, lost, measure

TOLD_EVERY = 40  # films


@dataclass(frozen=True)
class Result:
    """What was measured of one precision on one engine."""

    scores: Scores
    loss: Loss
    far: float  # largest difference to PyTorch on golden clips
    alike: float  # least share of equal codes on golden clips
    codes: float  # least share of equal codes on validation films, against float32


@dataclass(frozen=True)
class Row:
    """One precision on one engine."""

    precision: str
    engine: str
    note: str
    bytes: int
    result: Result | str  # or why the engine refused


def told(films: list[Film], doing: str) -> Iterator[Film]:
    """Films, while a line now and then says how many are done."""
    for k, film in enumerate(films):
        if k and k % TOLD_EVERY == 0:
            print(f"  {doing}: {k} of {len(films)} films", flush=True)
        yield film


def measured(
    shop: Workshop,
    folder: Path,
    engines: dict[str, Engine],
    precisions: dict[str, str],
    reference: Scores,
) -> list[Row]:
    """Every precision, with a note each, on every engine; losses against `reference`."""
    rows = []
    for engine, open_ in engines.items():
        for precision, note in precisions.items():
            doing = f"{precision} on {engine}"
            size = (folder / file_of(GRAPHS[0], precision)).stat().st_size
            try:
                opened = open_(folder, precision)
                scores = measure(opened.run, told(shop.validation, doing), shop.card)
            except Refused as e:
                rows.append(Row(precision, engine, note, size, str(e)))
                print(f"  {doing}: refused: {e}", flush=True)
                continue
            codes = min(equal_codes(reference, scores).values(), default=1.0)
            loss = lost(reference, scores)
            result = Result(scores, loss, opened.far, opened.alike, codes)
            rows.append(Row(precision, engine, note, size, result))
            print(f"  {doing}: {loss.text()}", flush=True)
    return rows


def table_of(rows: list[dict[str, str]]) -> str:
    """Markdown table with the columns of the first row, a dash where another row has none."""
    head = list(rows[0])
    return table(head, [[r.get(h, "–") for h in head] for r in rows])


def mean(scores: dict[str, float], ending: str) -> float:
    """Mean over sets of the scores whose names end alike."""
    return float(np.mean([v for k, v in scores.items() if k.endswith(ending)]))


def score_cells(s: Scores) -> dict[str, str]:
    """Columns of a model's table."""
    cells = {"PSNR, dB": f"{np.mean(list(s.psnr_db.values())):.3f}"}
    for kind, scores in (("F1", s.f1), ("CSI", s.csi)):
        for ending in dict.fromkeys(k.split(" ", 2)[2] for k in scores):
            cells[f"{kind} {ending}"] = f"{mean(scores, ' ' + ending):.4f}"
    return cells


def accuracy_table(rows: list[Row]) -> str:
    """Size, scores, differences; the first row is the reference."""
    lines = []
    for row in rows:
        cells = {
            "precision": row.precision + row.note,
            "engine": row.engine,
            "kB": f"{row.bytes / 1e3:.0f}",
            "of float32": f"{row.bytes / rows[0].bytes:.3f}",
        }
        r = row.result
        if isinstance(r, str):
            lines.append(cells | {"worst loss": f"refused: {r}"})
            continue
        cells |= score_cells(r.scores)
        cells["worst loss"] = "reference" if row is rows[0] else r.loss.text()
        cells["max abs error"] = "–" if math.isnan(r.far) else f"{r.far:.1e}"
        cells["equal codes, golden"] = "–" if math.isnan(r.alike) else f"{r.alike:.2%}"
        lines.append(cells | {"validation": f"{r.codes:.2%}"})
    return table_of(lines)
