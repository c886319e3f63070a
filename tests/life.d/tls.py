"""A broker and a webhook with TLS: the right certificate, another one, and one that is renewed."""

import http.server
import re
import shutil
import ssl
import threading

from certificate import Certificate
from mosquitto import Broker, Hub, free_port
from station import Station, sim, write_config
from trial import Trial, until

# A line that does not stand is told on /healthz after half a minute.
TOLD_S = 90


class Server:
    """A webhook by https:// that counts what it was sent."""

    def __init__(self, shown: Certificate) -> None:
        """Begins it."""
        self.got: list[bytes] = []
        got = self.got

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass

        self.port = free_port()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown.pem, shown.folder / "key.pem")
        self.server = Quiet(("127.0.0.1", self.port), Handler)
        # Each greets in its own thread: one who hangs up hinders nobody.
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def row(trial: Trial) -> None:
    """Wrong: nothing is sent, one line says what to write. That written: all arrives."""
    own, other = (Certificate(trial.room / name) for name in ("own", "other"))
    broker = Broker(trial.room, own.folder)
    hub = Hub(broker, trial.room)
    server = Server(own)
    (trial.room / "password").write_text("s3cret\n")
    known = trial.room / "hook.pem"
    shutil.copy(other.pem, known)

    def write(pin: str) -> list:
        mqtt = f'[mqtt]\nbroker = "mqtts://127.0.0.1:{broker.tls_port}"\nhome_assistant = true\n'
        mqtt += f'user = "u"\npassword_file = "{trial.room}/password"\n{pin}\n'
        hook = f'[webhook]\nurl = "https://127.0.0.1:{server.port}/hook"\n'
        hook += f'certificate_file = "{known}"\n'
        alert = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
        more, cameras = alert + mqtt + hook, [sim("north", 0.5, 0.5)]
        return [write_config(trial, trial.room / "data", cameras=cameras, every_s=1, more=more)]

    print_of = re.escape(own.pin())
    advice = re.compile(rf'if {print_of} is the broker\'s own, write (certificate_sha256 = "\S+")')
    # (what stands in the file, what is said of the certificate)
    for pin, why in [
        ("", "its certificate is not known (self-signed, or of another name)"),
        (f'certificate_sha256 = "{other.pin()}"', "another one than certificate_sha256 says"),
    ]:
        with Station(trial, write(pin), log=f"wrong{len(pin)}") as station:

            def noted(receiver: str, health: dict) -> str:
                found = [note for note in health["notes"] if note.startswith(f"{receiver}: ")]
                return found[0] if found else ""

            station.until(lambda h: noted("mqtt", h), TOLD_S, "no note of mqtt")
            station.until(lambda h: noted("webhook", h), TOLD_S, "no note of the webhook")
            health = station.health()
            trial.hold(not health["blind"], f"blind: {health['reasons']}")
            note = noted("mqtt", health)
            trial.hold(why in note, f"mqtt: {note}")
            told = advice.search(note)
            trial.hold(bool(told), f"no advice: {note}")
            lines = station.told("mqtt: ")
            trial.hold(len(lines) == 1 and why in lines[0], f"the log: {lines}")
            note = noted("webhook", health)
            trial.hold(f"is none that {known} vouches for" in note, f"webhook: {note}")
            trial.hold(print_of in re.escape(note), f"webhook: {note}")
            trial.hold("s3cret" not in station.log(), "the password is logged")
            waits = health["outbox"]["newest"]
            trial.hold(waits > 3, f"only {waits} messages wait")
            station.end()
        trial.hold(not hub.heard("emberline/"), f"sent all the same: {hub.heard('')[:2]}")
        trial.hold(not server.got, f"the webhook got {len(server.got)}")
    trial.figure(f"{waits} messages waited, none was sent, one line each")
    # What the line says to write, and a file that is renewed while it runs.
    with Station(trial, write(told[1]), log="right") as station:
        until(lambda: waits in hub.numbers(), 60, lambda: f"{waits} has not come by MQTT")
        trial.hold(not server.got, "the webhook was asked before its file was renewed")
        shutil.copy(own.pem, known)
        until(lambda: server.got, 60, lambda: "the alert has not come by the webhook")
        lines = {line["receiver"]: line for line in station.health()["lines"]}
        trial.hold(lines["mqtt"]["stands"] and lines["webhook"]["stands"], f"{lines}")
        station.end()
    numbers = list(dict.fromkeys(hub.numbers()))
    trial.hold(numbers[:waits] == list(range(1, waits + 1)), f"not all, in order: {numbers[:9]}")
    trial.figure(f"with it all came in order; {len(server.got)} alerts by the renewed webhook")
    server.server.shutdown()
    hub.away()
    broker.end()
