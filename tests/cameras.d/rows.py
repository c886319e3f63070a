"""What is done to cameras, and what the station must say of it."""

import functools
import signal
import time

from camera import Camera
from clock import clock
from scene import PASSWORD, Scene
from station import Station, dropped
from table import Table
from waiting import until


def rows(table: Table, station: Station, scene: Scene) -> None:
    """Each camera's fault in turn, and that no other camera suffers from it."""
    cameras = scene.cameras
    seeing = [n for n in cameras if n not in ("locked", "mjpeg", "palette")]
    fresh_s = until(40, lambda: all(station.state(n) in ("fresh", "clock") for n in seeing))
    lost = [n for n in seeing if station.state(n) not in ("fresh", "clock")]
    table.within(f"   all {len(seeing)} are seen: fresh {' '.join(lost)}", fresh_s, 30)
    station.seen_anew()
    says(table, station, "4", "locked", "refused", "wrong user or password")
    says(table, station, " ", "mjpeg", "refused", "set the camera to H.264")
    says(table, station, " ", "palette", "refused", "false colour")
    says(table, station, " ", "wrong-path", "refused", "404")
    says(table, station, " ", "nobody", "gone", "cannot be reached")
    killed(table, station, cameras["h264"], "h264")
    killed(table, station, cameras["udp"], "udp")
    stopped(table, station, cameras["h265"], "h265")
    resized(table, station, cameras["sized"])
    if scene.clock:
        clock(table, station, scene.clock)
    for name in ("spoiled", "spoiled5"):
        spoiled = station.source(name)
        corrupt = dropped(spoiled, "corrupt")
        figure = f"{spoiled['frames']} frames, {corrupt} dropped, {spoiled['reconnects']} reopened"
        holds = corrupt > 0 and spoiled["frames"] > 5
        table.row(f"7  {name}: bits turned on the line: dropped, counted", figure, holds)
    if scene.long:
        for name in ("frozen", "frozen5"):
            frozen(table, station, name)
        until(max(0.0, 100 - station.age_s()), lambda: False)
        states, _ = station.seen["noisy"]
        table.row(
            "3  noisy: still, constant quality: never frozen",
            " ".join(sorted(states)),
            "frozen" not in states,
        )
    tries = cameras["locked"].said("connected")
    table.row(
        "4  locked: at most one try in five minutes",
        f"{tries} tries",
        tries <= 1 + int(station.age_s() / 300),
    )
    states, age_s = station.seen["other"]
    table.row(
        "1  other: untouched all the while, frames within 4 s",
        f"{age_s:.1f} s, {' '.join(sorted(states))}",
        age_s < 4 and states == {"fresh"},
    )
    outputs = [station.get(path) for path in ("/healthz", "/metrics", "/")]
    table.row("4  the password is on no page", "", all(PASSWORD not in out for out in outputs))
    table.row(
        "   the camera's clock is in /metrics",
        "",
        'emberline_camera_clock_offset_seconds{source="other"}' in outputs[1],
    )


def says(table: Table, station: Station, row: str, name: str, state: str, words: str) -> None:
    """The station gives this state with these words."""
    took_s = until(
        20, lambda: station.state(name) == state and words in station.source(name)["why"]
    )
    why = station.source(name)["why"]
    shown = why.split(": ", 1)[-1][:40] if took_s < 20 else f"{station.state(name)}: {why}"
    table.row(f"{row}  {name}: {state}", shown, took_s < 20)


def killed(table: Table, station: Station, camera: Camera, name: str) -> None:
    """Killed, and started again."""
    camera.send(signal.SIGKILL)
    gone_s = until(30, lambda: station.state(name) == "gone")
    table.within(f"1  {name}: killed: gone", gone_s, 15)
    time.sleep(6)
    camera.start()
    back_s = until(30, lambda: station.state(name) == "fresh")
    table.within(f"1  {name}: started again: fresh", back_s, 15)


def stopped(table: Table, station: Station, camera: Camera, name: str) -> None:
    """It hangs, with its sockets open."""
    camera.send(signal.SIGSTOP)
    gone_s = until(30, lambda: station.state(name) == "gone")
    table.within(f"2  {name}: stopped with its sockets open: gone", gone_s, 15)
    camera.send(signal.SIGCONT)
    back_s = until(40, lambda: station.state(name) == "fresh")
    table.within(f"2  {name}: goes on: fresh", back_s, 25)


def frozen(table: Table, station: Station, name: str) -> None:
    """It shows the same since it was first seen."""
    waited_s = until(120, lambda: station.state(name) == "frozen")
    took_s = station.first_s.get((name, "frozen"), waited_s)
    took_s -= station.first_s.get((name, "fresh"), 0.0)
    table.within(f"3  {name}: the same since it is seen: frozen", took_s, 90)


def resized(table: Table, station: Station, camera: Camera) -> None:
    """Another size in mid-stream, and another codec at the same place."""
    words = "sized: begins anew: its picture has another size"

    def goes_on(times: int, frames: int) -> bool:
        anew = station.log.read_text().count(words)
        return anew >= times and station.source("sized")["frames"] > frames + 2

    for k in (1, 2):
        frames = station.source("sized")["frames"]
        camera.send(signal.SIGUSR1)
        took_s = until(20, functools.partial(goes_on, k, frames))
        table.within(f"6  sized: other size in mid-stream, {k}: goes on", took_s, 15)
    states, _ = station.seen["sized"]
    table.row(
        "6  sized: never gone meanwhile",
        " ".join(sorted(states)),
        states <= {"fresh", "late"} and station.source("sized")["reconnects"] == 0,
    )
    camera.send(signal.SIGKILL)
    camera.start("--codec", "h265", "--size", "320x192")
    frames = station.source("sized")["frames"]
    took_s = until(
        30,
        lambda: (
            station.state("sized") == "fresh" and station.source("sized")["frames"] > frames + 2
        ),
    )
    table.within("6  sized: other codec and size after a restart: fresh", took_s, 15)
