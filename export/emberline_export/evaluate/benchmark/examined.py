"""Tables of what `evaluate examine` found: rollout, grids, levels, drift."""


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(r) + " |" for r in rows), ""]


def rollout(rows: list[dict]) -> list[str]:
    """Error and physics by horizon."""
    lines = [
        "## Rollout on its own output",
        "",
        "Mass and energy: mean absolute drift from the last frame seen, relative; small scales: "
        "share of variance at wavelengths under 8 cells. In brackets the truth's own.",
        "",
    ]
    head = ["task", "frames", "films", "PSNR, dB", "SSIM", "mass", "energy", "small scales"]
    cells = [
        [
            r["task"],
            r["part"],
            str(r["films"]),
            f"{r['psnr']:.2f}",
            f"{r['ssim']:.3f}",
            *(f"{r[k]:.4f} ({r[k + '_true']:.4f})" for k in ("mass", "energy", "high")),
        ]
        for r in rows
    ]
    return [*lines, *table(head, cells)]


def grid(rows: list[dict]) -> list[str]:
    """Error, time and memory by grid."""
    lines = [
        "## Other grids",
        "",
        "One test film, repeated by mirror images; above 256 cells in tiles of 256 that overlap by "
        "64. PyTorch, one process: memory is its peak so far.",
        "",
    ]
    head = ["task", "cells", "MSE", "CPU s", "peak MiB", "tiled"]
    cells = [
        [
            r["task"],
            f"{r['part']}²",
            f"{r['mse']:.6f}",
            str(r["cpu_s"]),
            str(r["peak_mib"]),
            "yes" if r["tiled"] else "no",
        ]
        for r in rows
    ]
    return [*lines, *table(head, cells)]


def level(rows: list[dict]) -> list[str]:
    """MSE when a part of the trained network falls silent."""
    tasks = list(dict.fromkeys(r["task"] for r in rows))
    parts = list(dict.fromkeys(r["part"] for r in rows))
    found = {(r["task"], r["part"]): r["mse"] for r in rows}
    lines = [
        "## What each level gives",
        "",
        "MSE of the trained network with one part of one expert set to zero, as a multiple of the "
        "whole network's.",
        "",
    ]
    cells = [
        [p, *(f"{found[t, p] / found[t, 'nothing']:.2f}" if (t, p) in found else "" for t in tasks)]
        for p in parts
        if p != "nothing"
    ]
    return [*lines, *table(["silent", *tasks], cells)]


def drift(rows: list[dict]) -> list[str]:
    """Area under the curve by foreign set."""
    lines = [
        "## Drift",
        "",
        "Chance that a film of another set drifts more than a test film of the task's own (area "
        "under the curve), and the share of films that are warned of.",
        "",
    ]
    head = ["model of", "films of", "area under the curve", "warned", "warned of its own"]
    cells = [
        [
            r["task"],
            r["part"],
            f"{r['auc']:.3f}",
            f"{r['warned']:.0%}",
            f"{r['warned_own']:.0%}",
        ]
        for r in rows
    ]
    return [*lines, *table(head, cells)]


SECTIONS = {"rollout": rollout, "grid": grid, "level": level, "drift": drift}
