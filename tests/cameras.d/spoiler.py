"""A bad line in front of a camera: passes RTSP on, and turns bits of pictures that come with it.

    python3 spoiler.py --port 8555 --camera 8554 [--share 0.02]

Of each packet of the stream, headers are left whole: what is spoiled is what a decoder sees.
"""

import argparse
import random
import socket
import threading

HEADERS = 12 + 2  # of RTP, and of a fragment of a picture


def exactly(line: socket.socket, n: int) -> bytes:
    """n bytes, or none at the end."""
    out = b""
    while len(out) < n:
        got = line.recv(n - len(out))
        if not got:
            return b""
        out += got
    return out


def camera_to_viewer(camera: socket.socket, viewer: socket.socket, share: float) -> None:
    """Passes on what the camera sends; of its packets this share is spoiled."""
    chance = random.Random(22)
    while first := exactly(camera, 1):
        if first != b"$":
            # An answer in text: up to its end, as it is.
            line = first
            while not line.endswith(b"\r\n"):
                line += exactly(camera, 1) or b"\r\n"
            viewer.sendall(line)
            continue
        head = exactly(camera, 3)
        packet = bytearray(exactly(camera, int.from_bytes(head[1:3], "big")))
        if head[0] % 2 == 0 and len(packet) > HEADERS + 8 and chance.random() < share:
            for _ in range(chance.randint(1, 4)):
                packet[chance.randrange(HEADERS, len(packet))] ^= 1 << chance.randrange(8)
        viewer.sendall(first + head + packet)


def viewer_to_camera(viewer: socket.socket, camera: socket.socket) -> None:
    """Passes on what the viewer asks."""
    while got := viewer.recv(65536):
        camera.sendall(got)


def quietly(work, *lines) -> None:
    """Does `work` until a line is cut, then cuts the other."""
    try:
        work(*lines)
    except OSError:
        pass
    for line in lines[:2]:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main() -> None:
    """Stands between viewers and the camera until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--camera", type=int, required=True)
    parser.add_argument("--share", type=float, default=0.02)
    told = parser.parse_args()
    door = socket.create_server(("127.0.0.1", told.port))
    print("ready", flush=True)
    while True:
        viewer, _ = door.accept()
        try:
            camera = socket.create_connection(("127.0.0.1", told.camera))
        except OSError:
            viewer.close()
            continue
        for work in (
            (camera_to_viewer, camera, viewer, told.share),
            (viewer_to_camera, viewer, camera),
        ):
            threading.Thread(target=quietly, args=work, daemon=True).start()


if __name__ == "__main__":
    main()
