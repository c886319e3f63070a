"""What decoding costs."""

import shutil
import time
from pathlib import Path

from camera import Camera
from station import Station, camera_text


def cost(program: Path, room: Path) -> None:
    """Processor time of a station with one camera, beside which it does next to nothing."""

    def share_of(text: str, seconds: float) -> float:
        station = Station(program, room / "cost", [text], every_s=3600)
        time.sleep(15)  # the first forecast's beginnings, the model
        began = (station.processor_s(), time.monotonic())
        time.sleep(seconds)
        share = (station.processor_s() - began[0]) / (time.monotonic() - began[1])
        frames = station.source("c")["frames"]
        station.stop()
        shutil.rmtree(room / "cost")
        return share if frames else float("nan")

    print("| 640×512, 2 Mbit/s | pictures a second | share of a core |")
    for codec in ("h264", "h265"):
        for fps in (5, 15, 25):
            arguments = [
                "--codec",
                codec,
                "--fps",
                str(fps),
                "--size",
                "640x512",
                "--picture",
                "busy",
            ]
            camera = Camera(room, f"{codec}-{fps}", *arguments).start()
            share = share_of(
                camera_text("c", camera.port).replace("every_s = 1", "every_s = 5"), 30
            )
            camera.end()
            print(f"| {codec} | {fps} | {100 * share:.0f} % |", flush=True)
