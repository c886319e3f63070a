"""A webhook that answers as servers do: 500, nothing, 404; each alert arrives signed, in order."""

import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
from typing import ClassVar

from alerts import Fires
from mosquitto import free_port
from station import Station, write_config
from trial import Trial, until

SECRET = "what only the two know"


class Server(http.server.BaseHTTPRequestHandler):
    """Answers as it is told, one answer after the other, and 200 then."""

    answers: ClassVar[list] = []
    got: ClassVar[list] = []

    def do_POST(self) -> None:
        """Takes a message in, and answers."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.answers.pop(0) if self.answers else 200
        self.got.append((answer, self.headers, body))
        if answer == "hangs":
            time.sleep(14)
            return
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def row(trial: Trial) -> None:
    """500 and a hang are tried again, 404 is final; signature, event and number are right."""
    port = free_port()
    # The first is tried four times, the second once, in vain.
    Server.answers[:] = [500, 503, "hangs", 200, 404]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    data, drop = trial.room / "data", trial.room / "drop"
    fires = Fires(drop, 4)
    camera = f'name = "north"\nfrom = "file://{drop}/"\nkind = "thermal"\nevery_s = 0.5\nstep_s = 1'
    file = write_config(trial, data, cameras=[camera], every_s=1)
    alert = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\nclear = "0s"\n'
    (trial.room / "secret").write_text(SECRET + "\n")
    url = f"http://127.0.0.1:{port}/hook?key=s3cret"
    hook = f'[webhook]\nurl = "{url}"\nsecret_file = "{trial.room}/secret"\n'
    hook += 'on = ["raised", "acknowledged", "closed"]\n'
    file.write_text(file.read_text() + alert + hook)
    with Station(trial, [file]) as station:
        until(lambda: len(Server.got) >= 5, 120, lambda: f"{len(Server.got)} requests")

        def open_alert() -> str | None:
            alerts = station.health()["alerts"]
            return next((a["id"] for a in alerts if a["phase"] == "raised"), None)

        until(open_alert, 60, lambda: "no alert is open")
        command = [trial.program, "alerts", file, "--acknowledge", open_alert() or "none"]
        said = subprocess.run([*command, "--by", "ann"], capture_output=True, text=True)
        trial.hold(said.returncode == 0, f"acknowledge: {said.stderr}")
        known = "X-Emberline-Event"
        events = lambda: [h[known] for a, h, _ in Server.got if a == 200]  # noqa: E731
        until(lambda: "acknowledged" in events(), 60, lambda: f"events {events()}")
        lines = station.health()["lines"]
        trial.hold(lines[0]["refused"] == 1, f"refused {lines}")
        page = station.get("/")[1] + station.get("/healthz")[1] + station.get("/metrics")[1]
        trial.hold(b"s3cret" not in page, "the address is shown")
        trial.hold("s3cret" not in station.log(), "the address is logged")
        station.end()
    fires.ends.set()
    server.shutdown()
    for _, headers, body in Server.got:
        want = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        trial.hold(headers.get("X-Emberline-Signature") == want, "a wrong signature")
        told = json.loads(body)
        trial.hold(headers["X-Emberline-Seq"] == str(told["seq"]), "another number")
        trial.hold(headers["X-Emberline-Event"] == told["phase"], "another event")
    numbers = [json.loads(body)["seq"] for _, _, body in Server.got]
    trial.hold(numbers[:4] == [1] * 4, f"the first four tries were of {numbers[:4]}")
    trial.hold(numbers[4] == 2 and 2 not in numbers[5:], "404 was tried again")
    trial.hold(numbers == sorted(numbers), f"not in order: {numbers}")
    trial.hold(len(set(numbers[4:])) == len(numbers[4:]), f"twice: {numbers}")
    trial.figure(f"{len(Server.got)} requests, {len(set(numbers))} messages, all signed, in order")
