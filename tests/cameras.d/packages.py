"""Debian packages of the cameras: installed as root where they are missing."""

import os
import shutil
import subprocess

PYTHON = "/usr/bin/python3"  # Debian's, which has the bindings
PACKAGES = [
    "gir1.2-gst-rtsp-server-1.0",
    "python3-gi",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-ugly",
]
PROBE = """
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(map(Gst.ElementFactory.find, ["x264enc", "x265enc", "rtph264pay", "compositor"]))
"""


def have_server() -> bool:
    """Whether Debian's Python finds the RTSP server and its coders."""
    return subprocess.run([PYTHON, "-c", PROBE], capture_output=True).returncode == 0


def need_server(long: bool) -> bool:
    """Whether the servers can run; installs what they need where it may."""
    wanted = PACKAGES + (["faketime"] if long else [])
    missing = not have_server() or long and not shutil.which("faketime")
    if missing and os.geteuid() == 0:
        apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=apt, capture_output=True)
        subprocess.run(["apt-get", "install", "-qq", "-y", *wanted], env=apt, capture_output=True)
    return have_server()
