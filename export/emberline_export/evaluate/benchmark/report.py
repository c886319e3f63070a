"""Turn recorded rows into `docs/results.md`: tables with intervals, plots and strips of films.

    python -m emberline_export evaluate results ../docs/results.ndjson ../docs/results.md

The words are in `results.md.j2`; every number comes from the rows.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ...data.scores.rows import Methods, by_task, read
from ...models.peers import PEERS
from ...onnx.page import render
from . import examined, fire_table, tables

PAGE = Path(__file__).with_name("results.md.j2")


def plot(path: Path, title: str, methods: Methods) -> None:
    """PSNR by lead of every method."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7, 4.2))
    for m in tables.ORDER:
        if m in methods and "by_lead" in methods[m][0]:
            psnr = np.mean([r["by_lead"]["psnr"] for r in methods[m]], axis=0)
            style = "-" if m in tables.VARIANTS else "--" if m in PEERS else ":"
            wide = 2.5 if m == "physicnet" else 1.2
            ax.plot(np.arange(1, len(psnr) + 1), psnr, style, lw=wide, label=m)
    ax.set(xlabel="lead, frames", ylabel="PSNR, dB", title=title)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7, ncol=2)
    fig.tight_layout()
    fig.savefig(path, dpi=110)
    plt.close(fig)


def section(task: str, split: str, methods: Methods, images: Path) -> dict[str, Any]:
    """What the page says of one test split; a strip where one was drawn."""
    strip = f"strip-{task}-{split}.png"
    return {
        "task": task,
        "split": split,
        "plot": f"results-{task}-{split}.png",
        "strip": strip if (images / strip).exists() else None,
        **tables.images(methods),
    }


def text(rows: dict[str, list[dict]], images: Path) -> str:
    """The page; `images` is the folder of its plots and strips."""
    found = by_task(rows["score"])
    held = {s: m for (t, s), m in found.items() if t.startswith("rain-") and "maker" not in s}
    fires = {s: m for (t, s), m in sorted(found.items()) if t == "fire"}
    rain, rain_pooled = tables.rain(held)
    return render(
        PAGE,
        sets=[section(*key, methods, images) for key, methods in sorted(found.items())],
        fires=fire_table.sections(fires),
        rain=rain,
        rain_pooled=rain_pooled,
        costs=tables.costs(rows["cost"], found) if rows["cost"] else None,
        **{kind: of(rows[kind]) if rows[kind] else None for kind, of in examined.TABLES.items()},
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate results`."""
    p.add_argument("rows", type=Path, help="NDJSON that `evaluate benchmark` appended to")
    p.add_argument("out", type=Path, help="results.md; plots go to img/ beside it")


def main(args: argparse.Namespace) -> int:
    """Write the page and its plots."""
    try:
        rows, images = read(args.rows), args.out.parent / "img"
        page = text(rows, images)
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    images.mkdir(parents=True, exist_ok=True)
    for (task, split), methods in sorted(by_task(rows["score"]).items()):
        plot(images / f"results-{task}-{split}.png", f"{task}, {split}", methods)
    args.out.write_text(page)
    print(args.out)
    return 0
