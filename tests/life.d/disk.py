"""A small disk in a mount namespace of its own, to be filled, made read-only and stopped."""

import os
import subprocess
import threading
import time
from pathlib import Path

from packages import need, need_root
from station import ENDS_WITH_US
from trial import NotHere


class Disk:
    """A disk at `path`, seen by a program with `before` in front; it goes with its `with`."""

    def __init__(self, path: Path, mount: str) -> None:
        """`mount` is the shell's line that mounts it at "$0"."""
        need_root()
        need("util-linux", "unshare", "nsenter", "fsfreeze")
        path.mkdir(parents=True)
        self.path = path
        line = f"{mount} && echo mounted && exec sleep 100000"
        self.holder = subprocess.Popen(
            [
                *ENDS_WITH_US,
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                line,
                path,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if self.holder.stdout.readline() != b"mounted\n":
            self.holder.wait()
            said = self.holder.stderr.read().decode().strip()
            raise NotHere(f"this machine mounts no disk of its own: {said}")
        self.before = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt"]
        # As it is seen from outside.
        self.seen = Path(f"/proc/{self.holder.pid}/root{path}")

    @classmethod
    def small(cls, path: Path, megabytes: int) -> "Disk":
        """One in memory."""
        return cls(path, f'mount -t tmpfs -o size={megabytes}m none "$0"')

    @classmethod
    def image(cls, path: Path, megabytes: int) -> "Disk":
        """One that can be stopped: ext4 in a file beside it."""
        need("e2fsprogs", "mkfs.ext4")
        image = path.with_suffix(".image")
        image.touch()
        os.truncate(image, megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        return cls(path, f'mount -o loop "{image}" "$0"')

    def __enter__(self) -> "Disk":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of it: the mount goes with the last process in its namespace."""
        self.holder.kill()
        self.holder.wait()

    def call(self, *command: str) -> None:
        """Runs a command beside the station."""
        subprocess.run([*self.before, *command], check=True, capture_output=True)

    def set_read_only(self) -> None:
        """As the system does after an error: nothing more is written, open files or not."""
        path = str(self.path)
        self.call("sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', path)

    def set_writable(self) -> None:
        """Ends `set_read_only`."""
        self.call("umount", str(self.path))

    def stop(self) -> None:
        """Nothing that writes comes back until `go_on`."""
        self.call("fsfreeze", "--freeze", str(self.path))

    def go_on(self) -> None:
        """Ends `stop`."""
        self.call("fsfreeze", "--unfreeze", str(self.path))


class Filler(threading.Thread):
    """Keeps a disk filled but for `free` bytes until its end, whatever is deleted there."""

    def __init__(self, disk: Disk, free: int) -> None:
        """Begins at once."""
        super().__init__(daemon=True)
        self.root, self.free, self.ends = disk.seen, free, threading.Event()
        self.file = self.root / "filler"
        self.start()

    def run(self) -> None:
        """Writes until so little is free, and again where more has become free."""
        with self.file.open("ab") as file:
            while not self.ends.wait(0.02):
                told = os.statvfs(self.root)
                more = told.f_bavail * told.f_frsize - self.free
                if more <= 0:
                    continue
                try:
                    os.write(file.fileno(), bytes(more))
                except OSError:
                    time.sleep(0.01)

    def end(self) -> None:
        """Frees what it has filled."""
        self.ends.set()
        self.join()
        self.file.unlink()
