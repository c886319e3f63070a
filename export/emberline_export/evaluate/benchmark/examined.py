"""Tables of what `evaluate examine` found: rollout, grids, levels, drift."""

from ...onnx.page import table


def rollout(rows: list[dict]) -> str:
    """Error and physics by horizon."""
    head = ["task", "frames", "films", "PSNR, dB", "SSIM", "mass", "energy", "small scales"]
    return table(
        head,
        [
            [
                r["task"],
                r["part"],
                str(r["films"]),
                f"{r['psnr']:.2f}",
                f"{r['ssim']:.3f}",
                *(f"{r[k]:.4f} ({r[k + '_true']:.4f})" for k in ("mass", "energy", "high")),
            ]
            for r in rows
        ],
    )


def grid(rows: list[dict]) -> str:
    """Error, time and memory by grid."""
    return table(
        ["task", "cells", "MSE", "CPU s", "peak MiB", "tiled"],
        [
            [
                r["task"],
                f"{r['part']}²",
                f"{r['mse']:.6f}",
                str(r["cpu_s"]),
                str(r["peak_mib"]),
                "yes" if r["tiled"] else "no",
            ]
            for r in rows
        ],
    )


def level(rows: list[dict]) -> str:
    """MSE when a part of the trained network falls silent."""
    tasks = list(dict.fromkeys(r["task"] for r in rows))
    parts = list(dict.fromkeys(r["part"] for r in rows))
    found = {(r["task"], r["part"]): r["mse"] for r in rows}
    cells = [
        [p, *(f"{found[t, p] / found[t, 'nothing']:.2f}" if (t, p) in found else "" for t in tasks)]
        for p in parts
        if p != "nothing"
    ]
    return table(["silent", *tasks], cells)


def drift(rows: list[dict]) -> str:
    """Area under the curve by foreign set."""
    head = ["model of", "films of", "area under the curve", "warned", "warned of its own"]
    return table(
        head,
        [
            [
                r["task"],
                r["part"],
                f"{r['auc']:.3f}",
                f"{r['warned']:.0%}",
                f"{r['warned_own']:.0%}",
            ]
            for r in rows
        ],
    )


TABLES = {"rollout": rollout, "grid": grid, "level": level, "drift": drift}
