"""Debian packages that a row needs: unpacked beside the system, else installed."""

import os
import shutil
import subprocess
import threading
from glob import glob
from pathlib import Path

from trial import NotRun

TOOLS = Path(__file__).resolve().parents[2] / "target/life"
# One at a time: apt has a lock of its own.
APT = threading.Lock()


def apt(*words: str, folder: Path | None = None) -> bool:
    """Whether apt-get does it."""
    command = ["apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=300", *words]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd=folder, env=env, **quiet).returncode == 0


def unpacked(package: str) -> Path:
    """The folder with what is in `package`, which is fetched once; no service is started by it."""
    folder = TOOLS / package
    if folder.is_dir():
        return folder
    if not shutil.which("apt-get"):
        raise NotRun(f"no {package}, and no apt-get")
    fetched = TOOLS / f"{package}.fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    fetched.mkdir(parents=True)
    # A bare machine has no lists of packages yet, or old ones.
    if not (apt("download", package, folder=fetched) or apt("update")):
        raise NotRun(f"cannot fetch {package}: apt-get update, or apt-get install {package}")
    if not list(fetched.glob("*.deb")) and not apt("download", package, folder=fetched):
        raise NotRun(f"cannot fetch {package}: apt-get install {package}")
    whole = fetched / "whole"
    subprocess.run(["dpkg-deb", "-x", next(fetched.glob("*.deb")), whole], check=True)
    whole.rename(folder)
    shutil.rmtree(fetched)
    return folder


def command(name: str, package: str) -> str:
    """The program `name`, of the system or of `package`."""
    with APT:
        return shutil.which(name) or str(unpacked(package) / "usr/bin" / name)


def need(package: str, *commands: str) -> None:
    """Sees to it that `commands` are there, which `package` brings when it is installed."""
    with APT:
        if all(map(shutil.which, commands)):
            return
        if os.geteuid() == 0 and shutil.which("apt-get") and not apt("install", package):
            apt("update")
            apt("install", "--no-install-recommends", package)
        if not all(map(shutil.which, commands)):
            raise NotRun(f"no {', '.join(commands)}: apt-get install {package}")


def need_root() -> None:
    """A row that mounts disks is root's."""
    if os.geteuid():
        raise NotRun("mounts small disks: run it as root")


def faketime() -> dict[str, str]:
    """The environment in which a program has made-up clocks."""
    library = "usr/lib/*/faketime/libfaketimeMT.so.1"
    with APT:
        found = glob(f"/{library}") or glob(str(unpacked("libfaketime") / library))
    if not found:
        raise NotRun("no libfaketimeMT.so.1: apt-get install faketime")
    return {"LD_PRELOAD": found[0]}
