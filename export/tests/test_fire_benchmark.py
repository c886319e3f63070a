"""Fire as a task of the benchmark: starts, thresholds, counts by hand, and refusals."""

import numpy as np
import pytest
from fires import write_shard

from emberline_export.__main__ import main
from emberline_export.data.clips import Clips
from emberline_export.data.fire import cut, rendered, seen_arrival
from emberline_export.data.fire_starts import Start, start_of
from emberline_export.data.heat import flame_intensity
from emberline_export.data.task import TASKS, batches
from emberline_export.evaluate.benchmark import fire
from emberline_export.evaluate.benchmark.fire_table import f1_interval
from emberline_export.evaluate.benchmark.methods import refuse

CONTEXT, LEADS = 10, 20


def growing(side: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """A wall of fire that moves half a cell a frame from the left edge; its film and arrival."""
    arrival = np.tile(np.arange(side, dtype=np.float32) * 2, (side, 1)) - 4
    film = np.where(arrival[None] <= np.arange(30)[:, None, None], 0.9, 0.1)
    return film.astype(np.float32), arrival


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> Clips:
    """Eight rendered fires."""
    return rendered(write_shard(tmp_path_factory.mktemp("fires"), 8), 8)


def test_a_start_knows_what_burns_when():
    """Burnt now 0, next lead 1, later than the horizon L + 1."""
    film, arrival = growing()
    start = start_of(film[:CONTEXT], arrival, LEADS)
    assert start.burnt_by[0, 6] == 0 and start.now[0, 6]  # arrival 8
    assert start.burnt_by[0, 7] == 1  # arrival 10, lead 1 is frame 10
    assert start.burnt_by[0, 16] == 19 and start.burnt_by[0, 17] == LEADS + 1


def test_the_truth_scores_one_and_silence_nothing():
    """F1 of a perfect forecast is 1 at every threshold it passes; persistence gets 0."""
    film, arrival = growing()
    start = start_of(film[:CONTEXT], arrival, LEADS)
    truth = fire.heat_share(film[CONTEXT:], start)
    still = fire.heat_share(np.repeat(film[CONTEXT - 1 : CONTEXT], LEADS, 0), start)
    assert fire.f1(fire.confusion(truth, start))[10].tolist() == [1.0] * 4
    assert fire.f1(fire.confusion(still, start)).max() == 0
    perfect, silent = (fire.lateness(p, False, start)[10] for p in (truth, still))
    assert perfect[0] == 0 and perfect[2] == silent[2] > 0
    assert silent[0] > silent[1] > 0  # never counts three horizons, or one


def test_counts_by_threshold_are_those_of_a_loop():
    """Passing thresholds by bins equals comparing with each."""
    film, arrival = growing()
    start = start_of(film[:CONTEXT], arrival, LEADS)
    p = np.maximum.accumulate(np.random.default_rng(0).random((LEADS, 32, 32)), axis=0)
    got = fire.confusion(p, start)
    free = start.burnt_by > 0
    for i, t in enumerate(fire.THRESHOLDS):
        for j, lead in enumerate(fire.LEADS):
            yes, is_ = (p[lead - 1] >= t) & free, (start.burnt_by <= lead) & free
            want = [(yes & is_).sum(), (~yes & is_).sum(), (yes & ~is_).sum()]
            assert got[i, j].tolist() == want


def test_the_threshold_comes_from_validation(clips):
    """A forecaster that says half of what it means is read at half the threshold."""
    lead = np.arange(1, LEADS + 1)[:, None, None]

    def meek(s: Start):
        return None, np.where(s.burnt_by[None] <= lead, 0.42, 0.31)

    got = fire.score(meek, clips, clips, CONTEXT, LEADS, None)
    assert 0.3 < got["threshold"] <= 0.42
    assert fire.f1(np.sum(got["counts"], 0)).tolist() == [1.0] * 4
    assert len(got["counts"]) == len(got["event"]) == len(got["late"])
    given = fire.score(meek, clips, 0.37, CONTEXT, LEADS, None)  # between two of those tried
    assert given["threshold"] == 0.37 and given["counts"] == got["counts"]
    none = fire.score(meek, clips, 0.43, CONTEXT, LEADS, None)
    assert fire.f1(np.sum(none["counts"], 0)).max() == 0


def test_fronts_come_with_batches_and_films_stay_the_same(clips):
    """A network with an arrival head learns from the films of every other method."""
    task = TASKS["fire"]
    plain = next(batches([(clips, 1.0)], task, 3, 5))
    more = next(batches([(clips, 1.0)], task, 3, 5, fronts=True))
    assert plain.front is None and (plain.context == more.context).all()
    assert more.front.shape == (3, 6, 64, 64) and more.burnt_by.shape == (3, 64, 64)
    hot = more.context[:, -1, 0] > 0.5
    assert (more.burnt_by[hot] == 0).float().mean() > 0.9  # turned together


def test_windows_of_a_real_clip():
    """Starts and steps; arrival is when the film first shows fire."""
    film, arrival = growing()
    clips = cut(np.concatenate([film, film[-1:]]), "clip", (1,), 1)
    assert len(clips) == 2
    said = seen_arrival(film)
    assert said[0, 10] == arrival[0, 10] and said[0, 31] == 99


@pytest.mark.parametrize(
    ("rgb", "want"),
    [((250, 140, 40), 1.0), ((222, 74, 53), 0.7), ((255, 255, 255), 0.0), ((120, 90, 60), 0.0)],
)
def test_flame_intensity_is_the_runtimes(rgb, want):
    """The table of `runtime/vision/src/heat/tests.rs`: flame, deep red, sky, straw."""
    assert flame_intensity(np.array([[rgb]], np.uint8))[0, 0] == pytest.approx(want, abs=0.05)


def test_the_interval_of_f1_holds_it():
    """Bootstrapped over events."""
    counts = np.random.default_rng(1).integers(1, 50, (2, 12, 4, 3))
    low, high = f1_interval(counts, [f"e{i}" for i in range(12)])
    mean = fire.f1(counts.sum(1)).mean(0)
    assert (low < mean).all() and (mean < high).all()


@pytest.mark.parametrize(
    ("method", "task", "want"),
    [
        ("local-speed", "moving-mnist", "is for fire"),
        ("fire-v1", "rain-fmi", "is for fire"),
        ("lucas-kanade", "fire", "is for rain"),
    ],
)
def test_methods_that_do_not_fit_are_refused(method, task, want, tmp_path):
    """One line."""
    assert want in refuse(method, TASKS[task])
    with pytest.raises(SystemExit, match=want):
        main(["evaluate", "benchmark", task, method, str(tmp_path), str(tmp_path / "rows.ndjson")])


def test_fires_that_were_not_made_are_named(tmp_path):
    """What to do stands in the line."""
    with pytest.raises(SystemExit, match="data fire"):
        main(["data", "set", "fire", str(tmp_path)])
