"""Alerts of a fire in view, counted; scenes without one."""

import numpy as np
import pytest

from emberline_export.data.fire_free import KINDS, gained, scene
from emberline_export.evaluate.fire_alerts import Count, Scene, judged, raised, spells


@pytest.mark.parametrize(
    ("what", "seen", "hold_s", "want"),
    [
        # A frame a minute; over after ten without.
        ("at once", "0011100", 0, [120]),
        ("after it has held", "0011100", 120, [240]),
        ("it does not hold", "0110110", 120, []),
        ("one while it goes out of view", "0110000000110", 0, [60]),
        ("another after it was over", "01" + 11 * "0" + "1", 0, [60, 780]),
    ],
)
def test_an_alert_is_raised_as_a_rule_says(what: str, seen: str, hold_s: float, want: list) -> None:
    """Seconds at which alerts are raised."""
    assert spells(np.array([s == "1" for s in seen]), 60.0, hold_s) == want, what


@pytest.mark.parametrize(
    ("what", "appears_s", "raised_s", "want"),
    [
        # Fires, told, alerts, false, seconds after.
        ("told", 120.0, [180.0], (1, 1, 1, 0, [60.0])),
        ("twice told", 120.0, [180.0, 900.0], (1, 1, 2, 0, [60.0])),
        ("never told", 120.0, [], (1, 0, 0, 0, [])),
        ("before it came", 120.0, [60.0], (1, 0, 0, 1, [])),
        ("there was none", None, [60.0, 900.0], (0, 0, 0, 2, [])),
    ],
)
def test_an_alert_is_right_after_the_fire_appeared(
    what: str, appears_s: float | None, raised_s: list, want: tuple
) -> None:
    """Counts of one film."""
    count = Count()
    film = Scene("a", np.zeros((20, 2, 2), np.uint8), 60.0, appears_s)
    judged(film, raised_s, count)
    got = (count.fires, count.told, count.alerts, count.false, count.took_s)
    assert got == want, what
    assert count.hours == pytest.approx((1200 if appears_s is None else 120) / 3600)


def test_an_alert_was_raised_by_the_frame_that_it_names(tmp_path) -> None:  # noqa: ANN001
    """Three seconds in, whenever it was looked at."""
    (tmp_path / "outbox").mkdir()
    line = (
        '{"seq":1,"body":{"phase":"%s","rule":"hold-30","source":"a",'
        '"frame":"frames/2026-08-02/a/20260802T120003Z.png"}}\n'
    )
    (tmp_path / "outbox/1-2026-08-02.ndjson").write_text(line % "raised" + line % "closed")
    begins = 1785672000  # 2026-08-02T12:00:00Z
    film = Scene("a", np.zeros((9, 2, 2), np.uint8), 1.0, 0.0)
    found = raised(tmp_path, [film], begins)
    assert found["a", 30] == [3.0]
    assert found["a", 0] == []


def test_scenes_without_a_fire_are_colder_than_one_and_a_camera_stretches_them() -> None:
    """Each kind has its range, and the picture's top is its hottest ground."""
    for kind in KINDS:
        heat = scene(np.random.default_rng(3), kind, (48, 64), 40)
        assert heat.shape == (40, 48, 64)
        assert heat.min() >= 0
        assert heat.max() <= 1
        changes = (heat.max(0) - heat.min(0)).max()
        assert (changes > 0.1) == (kind != "rocks"), kind
        frames = gained(heat)
        assert frames.dtype == np.uint8
        assert np.median(frames[-1]) < 150
        assert frames[-1].max() > 200
