"""The whole benchmark in miniature: every film set, every method, real radar, a page at the end."""

import pytest
from fires import write_shard

from emberline_export.__main__ import main
from emberline_export.data.fire import SHARDS
from emberline_export.data.root import data_root
from emberline_export.data.task import TASKS as ALL
from emberline_export.evaluate.benchmark.fire import FRONTS
from emberline_export.evaluate.benchmark.methods import METHODS, SHIPPED, refuse
from emberline_export.models.peers import PEERS
from emberline_export.models.simple import frames as simple

MAIN = (
    *simple.NAMES,
    *FRONTS,
    *PEERS,
    "physicnet",
    SHIPPED,
)  # variants run on one set: they differ in no data
TASKS = {
    "reaction-diffusion": METHODS,
    "rd-classical": ("nearest-frame", "fno", "physicnet"),
    "fire": MAIN,
    "moving-mnist": MAIN,
    "rain-simulated": MAIN,
    "rain-meteonet": MAIN,
}
SETS = ("reaction-diffusion", "fire", "moving-mnist", "rain")


@pytest.mark.skipif(not data_root().is_dir(), reason="NOT RUN: EMBERLINE_DATA is missing")
def test_all_sets_and_all_methods(tmp_path, capsys):
    """Two steps of training each; nothing is learnt, everything runs and is scored."""
    data, rows, page = tmp_path / "data", tmp_path / "rows.ndjson", tmp_path / "results.md"
    for i, (folder, _) in enumerate(SHARDS.values()):
        write_shard(data / folder, 4, int(folder[-3:].lstrip("nlt")), 10 * i)
    for name in SETS:
        assert main(["data", "set", name, str(data), "--scale", "0.01"]) == 0
    for task, methods in TASKS.items():
        for method in methods:
            if refuse(method, ALL[task]):
                continue
            call = ["evaluate", "benchmark", task, method, str(data), str(rows), "--steps", "2"]
            assert main([*call, "--batch", "2", "--limit", "1"]) == 0
    assert main(["evaluate", "results", str(rows), str(page)]) == 0
    text = page.read_text()
    assert text.count("PhysicNet: PSNR") >= 2 * len(TASKS)
    assert all(f"| {m} |" in text for m in METHODS)
    assert "### test-128" in text and "PhysicNet: F1 " in text and "| local-speed |" in text
    assert "held out: meteonet" in text and "| lucas-kanade-matched |" in text
