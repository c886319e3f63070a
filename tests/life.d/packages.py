"""Debian packages that a row needs: installed as root, else the row is not run."""

import os
import shutil
import subprocess
import threading
from glob import glob

from trial import NotRun

# apt has a lock of its own, and gives up at once.
APT = threading.Lock()


def need(package: str, *commands: str) -> None:
    """Sees to it that `commands` are there, which `package` brings."""
    with APT:
        if all(map(shutil.which, commands)):
            return
        if os.geteuid() == 0 and shutil.which("apt-get"):
            install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            if subprocess.run(install, env=env, **quiet).returncode:
                subprocess.run(["apt-get", "update", "-qq"], env=env, **quiet)
                subprocess.run(install, env=env, **quiet)
        if not all(map(shutil.which, commands)):
            raise NotRun(f"no {', '.join(commands)}: apt-get install {package}")


def need_root() -> None:
    """A row that mounts disks is root's."""
    if os.geteuid():
        raise NotRun("mounts small disks: run it as root")


def faketime() -> dict[str, str]:
    """The environment in which a program has made-up clocks."""
    need("faketime", "faketime")
    libraries = glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise NotRun("no libfaketimeMT.so.1: apt-get install faketime")
    return {"LD_PRELOAD": libraries[0]}
