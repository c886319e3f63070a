"""All cameras that the station watches at once."""

import signal
from pathlib import Path

from camera import Camera
from clock import Clock
from port import free_port
from station import camera_text

PASSWORD = "not-the-s3cret"


class Scene:
    """Cameras and bad lines by their names; `clock` is made up where the machine can."""

    def __init__(self, room: Path, long: bool) -> None:
        """Starts nothing yet."""
        self.long, self.clock = long, None
        colour = ("--picture", "colour")
        self.cameras = {
            name: Camera(room, name, *arguments)
            for name, arguments in {
                "other": (),
                "h264": (),
                "h265": ("--codec", "h265", *colour),
                "h265-other": ("--codec", "h265", *colour),
                "udp": (),
                "locked": ("--user", "cam", "--password", "the-right-one"),
                "sized": (),
                "mjpeg": ("--codec", "jpeg"),
                "palette": colour,
            }.items()
        }
        if long:
            frozen = ("--picture", "frozen")
            self.cameras["frozen"] = Camera(room, "frozen", *frozen)
            self.cameras["frozen5"] = Camera(room, "frozen5", "--codec", "h265", *frozen)
            self.cameras["noisy"] = Camera(room, "noisy", "--picture", "noisy")
            self.clock = Clock.of(room)
            if self.clock:
                self.cameras["clocked"] = Camera(room, "clocked", env=self.clock.env)
        self.lines = {
            name: Camera(
                room, name, "--camera", str(self.cameras[source].port), script="spoiler.py"
            )
            for name, source in (("spoiled", "other"), ("spoiled5", "h265-other"))
        }

    def start(self) -> list[str]:
        """Starts them all; what stands of them in the station's file."""
        for camera in [*self.cameras.values(), *self.lines.values()]:
            camera.start()
        login = 'user = "cam"\npassword_env = "CAMERA_PASSWORD"\n'
        more = {"locked": login, "udp": 'transport = "udp"\n'}
        kinds = {"h265": "rgb", "h265-other": "rgb", "spoiled5": "rgb"}
        return [
            *(
                camera_text(name, camera.port, kinds.get(name, "thermal"), more.get(name, ""))
                for name, camera in [*self.cameras.items(), *self.lines.items()]
            ),
            camera_text("wrong-path", self.cameras["other"].port, path="no-such"),
            camera_text("nobody", free_port()),
        ]

    def end(self) -> None:
        """Ends them all."""
        for camera in [*self.cameras.values(), *self.lines.values()]:
            if camera.runs():
                camera.send(signal.SIGCONT)
            camera.end()
