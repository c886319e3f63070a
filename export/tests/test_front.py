"""The front's maps on shapes whose answer is known."""

from pathlib import Path

import numpy as np
import pytest

from emberline_export.data.flow import carried_px
from emberline_export.data.front import FAR_PX, burnt_from_heat, front_of
from emberline_export.data.scores.fire import arrival_frames
from emberline_export.models.simple.fire import NAMES, arrival_of, flow_masks

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden" / "front.npz"


def growing_disc(radii: np.ndarray, n: int = 64) -> np.ndarray:
    """Burnt masks of a disc with the given radii."""
    yy, xx = np.mgrid[0:n, 0:n] - n // 2
    return np.hypot(yy, xx)[None] <= radii[:, None, None]


@pytest.mark.parametrize(
    ("p", "want"),
    [
        ([0.0, 0.0, 1.0, 1.0], 2.5),  # sure: middle of lead 3
        ([1.0, 1.0, 1.0, 1.0], 0.5),
        ([0.0, 0.2, 0.4, 0.4], 2.0),  # half of 0.4 at lead 2
        ([0.1, 0.2, 0.3, 0.4], 2.0),
        ([0.0, 0.0, 0.0, 0.09], np.nan),  # too unlikely
        ([0.0, 0.0, 0.0, 0.0], np.nan),
    ],
)
def test_arrival_is_the_runtimes(p: list[float], want: float) -> None:
    """The cases of `runtime/vision/src/forecast/arrival.rs`, in frames."""
    said = arrival_frames(np.array(p)[:, None, None])[0, 0]
    assert np.isclose(said, want, equal_nan=True)


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_a_disc_grows_at_its_speed(speed: float) -> None:
    """Local speed is the radius' growth; the mean (over the last, longest edge) is less."""
    front = front_of(growing_disc(4 + speed * np.arange(10)))
    assert 0.5 * speed < front.global_px < 1.05 * speed
    assert np.abs(front.local_px - speed).max() < 0.25 * max(speed, 1)
    assert front.distance_px[32, 32] == 0 and front.age[32, 32] == 1


def test_nothing_burnt_is_far_away_and_still() -> None:
    """No fire: far distance, no speed, and no forecaster says anything burns."""
    front = front_of(np.zeros((10, 40, 48), bool))
    assert (front.distance_px == FAR_PX).all() and front.global_px == 0
    for name in NAMES:
        if name != "optical-flow":
            assert np.isinf(arrival_of(name, front)).all()
    assert not flow_masks(np.zeros((10, 40, 48)), np.zeros((40, 48), bool), 3).any()


def test_everything_burnt_is_finite() -> None:
    """All burnt: no edge is left, and nothing is NaN."""
    front = front_of(np.ones((10, 32, 32), bool))
    assert np.isfinite(front.channels(front.local_px)).all()


def test_flow_carries_fire_at_the_speed_of_opencvs_masks() -> None:
    """The golden film's carried speed gives the golden masks back, where there are any."""
    z = np.load(GOLDEN.with_name("baseline.npz"))
    frames = np.zeros(z["burnt"].shape, np.float32)
    frames[6], frames[9] = z["before"] / 255.0, z["now"] / 255.0
    now = z["burnt"][-1]
    speed = carried_px(frames, now, front_of(z["burnt"]).distance_px)
    assert np.abs(speed - z["carried"].astype(np.float32) / 256).max() < 0.01
    first = np.argmax(z["optical-flow"], 0) + 1
    reached = z["optical-flow"][-1] & ~now
    at = front_of(z["burnt"]).distance_px[reached] / speed[reached]
    assert reached.sum() > 500 and (np.rint(at) == first[reached]).mean() > 0.99


@pytest.mark.parametrize(("contrast", "burns"), [(0.1, False), (0.5, True), (0.9, True)])
def test_heat_needs_contrast(contrast: float, burns: bool) -> None:
    """Below 0.15 of contrast there is no fire in view."""
    film = np.full((10, 32, 32), 0.1, np.float32)
    film[:, 10:16, 10:16] += contrast
    burnt, _ = burnt_from_heat(film)
    assert bool(burnt.any()) is burns


def test_a_ring_is_filled_and_never_shrinks() -> None:
    """Cold ground inside a burning ring has burnt; what burnt stays burnt."""
    film = np.zeros((3, 32, 32), np.float32)
    film[0, 8:20, 8:20] = 1
    film[0, 10:18, 10:18] = 0
    burnt, _ = burnt_from_heat(film)
    assert burnt[0, 14, 14] and burnt[2].sum() == 144


CASES = sorted(k.removesuffix("_age") for k in np.load(GOLDEN).files if k.endswith("_age"))


@pytest.mark.parametrize("case", CASES)
def test_fronts_are_those_of_the_runtime(case: str) -> None:
    """The golden file holds `runtime/vision/src/front/` to the same maps."""
    z = np.load(GOLDEN)
    front = front_of(z[f"{case}_burnt"], z[f"{case}_burnt_for"])
    assert np.abs(front.distance_px - z[f"{case}_distance"]).max() < 1e-4
    assert np.abs(front.age - z[f"{case}_age"]).max() < 1e-6
    assert abs(front.global_px - z[f"{case}_global"]) < 1e-5
    assert (np.abs(front.local_px - z[f"{case}_local"]) < 1e-4).mean() > 0.995
    assert (np.abs(front.still - z[f"{case}_still"]) < 1e-4).mean() > 0.995
