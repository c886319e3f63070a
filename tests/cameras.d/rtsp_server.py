"""A camera on loopback: video by RTSP with sender reports, a password if asked, and bad habits.

    /usr/bin/python3 rtsp_server.py --port 8554 [--codec h264|h265|jpeg] [--size 320x240] [--fps 5]
        [--picture moving|frozen|noisy|busy|colour] [--user cam --password secret]

Says "ready" once it listens, and "connected" for each viewer. SIGUSR1 halves the picture's sides in
mid-stream, and a second one doubles them again. kill -9 makes a camera that dies, kill -STOP one
that hangs with its sockets open. Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and
GStreamer's plugins.
"""

import argparse
import signal

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

# A picture under the noise of a sensor.
SIZE = "video/x-raw,width={w},height={h},framerate={fps}/1"
NOISY = (
    f"videotestsrc is-live=true pattern=snow ! {SIZE} ! mix.sink_0 "
    f"videotestsrc is-live=true pattern=smpte75 horizontal-speed={{speed}} ! {SIZE} ! mix.sink_1 "
    "compositor name=mix sink_0::zorder=1 sink_0::alpha={noise} sink_1::zorder=0 "
    "! videoconvert ! videobalance saturation=0"
)
BARS = "videotestsrc is-live=true pattern=smpte75"
PICTURES = {
    "moving": f"{BARS} horizontal-speed=4 ! videobalance saturation=0",
    "frozen": f"{BARS} ! videobalance saturation=0",
    # Still, with little noise, at a constant quality: it is skipped until the next key frame.
    "noisy": NOISY.replace("{speed}", "0").replace("{noise}", "0.006"),
    # As a camera sees it that moves.
    "busy": NOISY.replace("{speed}", "4").replace("{noise}", "0.05"),
    "colour": f"{BARS} horizontal-speed=4",
}
CODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max={keys} {rate} ! "
    "rtph264pay name=pay0 pt=96 config-interval=1",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max={keys} "
    "bitrate={bitrate} ! rtph265pay name=pay0 pt=96 config-interval=1",
    "jpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--codec", choices=CODERS, default="h264")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--fps", type=int, default=5)
    parser.add_argument("--picture", choices=PICTURES, default="moving")
    return parser.parse_args()


def caps(width: int, height: int, fps: int) -> str:
    """A picture of this size, as GStreamer writes it."""
    return f"video/x-raw,format=I420,width={width},height={height},framerate={fps}/1"


def with_password(server, factory, user: str, password: str) -> None:
    """Lets nobody but `user` see the stream."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for what in ("access", "construct"):
        permissions.add_permission_for_role("viewer", f"media.factory.{what}", True)
    factory.set_permissions(permissions)


def main() -> None:
    """Serves one stream until it is killed."""
    told = arguments()
    width, height = map(int, told.size.split("x"))
    Gst.init(None)
    bitrate = 2000 if told.picture == "busy" else 800  # kbit/s
    rate = "pass=qual quantizer=30" if told.picture == "noisy" else f"bitrate={bitrate}"
    picture = PICTURES[told.picture].format(w=width, h=height, fps=told.fps)
    coder = CODERS[told.codec].format(keys=2 * told.fps, rate=rate, bitrate=bitrate)
    server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    server.set_address("127.0.0.1")
    server.set_service(told.port)
    factory.set_launch(
        f"( {picture} ! videoconvert ! videoscale ! capsfilter name=sized "
        f'caps="{caps(width, height, told.fps)}" ! {coder} )'
    )
    factory.set_shared(True)
    if told.user:
        with_password(server, factory, told.user, told.password)
    server.get_mount_points().add_factory("/cam", factory)
    server.connect("client-connected", lambda *_: print("connected", flush=True))

    sized: list = []  # the filter of the stream that is being sent
    small = False

    def configured(_factory, media) -> None:
        sized[:] = [media.get_element().get_by_name("sized")]

    def resize() -> bool:
        nonlocal small
        small = not small
        k = 2 if small else 1
        wanted = Gst.Caps.from_string(caps(width // k, height // k, told.fps))
        for element in sized:
            element.set_property("caps", wanted)
        return True

    factory.connect("media-configure", configured)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, resize)
    if server.attach(None) == 0:
        raise SystemExit(f"port {told.port} is taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
