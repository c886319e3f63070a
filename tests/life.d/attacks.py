"""Whoever means ill: each attempt on the page is refused in a line, and the station goes on."""

import base64
import http.client
import http.server
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from mosquitto import free_port
from station import Station, sim, write_config
from trial import Trial, until

PASSWORD = "correct horse battery"
CAMERA_SECRET = "camera-secret-8431"
HOOK_SECRET = "hook-secret-2210"


def row(trial: Trial) -> None:
    """Ways out, too much, too slow, other names, forms from elsewhere, guesses, secrets."""
    heard: list[str] = []
    inside = server(heard)
    file, data = config(trial)
    with Station(trial, [file]) as station:
        until(lambda: station.get("/login")[0] == 200, 60, lambda: "no page to log in")
        attempts = Attempts(trial, station)
        attempts.paths()
        attempts.hosts()
        attempts.sizes()
        attempts.slow()
        attempts.many()
        attempts.forged()
        attempts.guesses()
        secrets(trial, station, attempts)
        # A file that is read anew must not make the station call somebody: that needs a restart.
        text = file.read_text()
        file.write_text(text + f'[webhook]\nurl = "http://127.0.0.1:{inside.server_port}/"\n')
        station.send(signal.SIGHUP)
        until(lambda: station.told("needs a restart"), 20, lambda: "the reload is not told")
        time.sleep(2)
        trial.hold(not heard, f"a reload calls {heard[:2]}")
        attempts.held("a webhook by reload: nothing is called before a restart")
        trial.hold(attempts.get("/healthz")[0] in (200, 503), "it answers no more")
        station.end()
    inside.shutdown()
    trial.figure(f"{attempts.count} attempts refused, {attempts.longest} bytes the longest answer")


def server(heard: list[str]) -> http.server.HTTPServer:
    """A server of the inner network that nobody may be made to call."""

    class Inside(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def config(trial: Trial):
    """A station with users, a camera with a password that answers nothing, and a signed webhook."""
    command = [trial.program, "config", "password"]
    made = subprocess.run(command, input=PASSWORD.encode(), capture_output=True, check=True)
    trial.hold(made.stdout.startswith(b"$argon2id$"), f"hash: {made.stdout[:40]}")
    ann, camera = trial.room / "ann.password", trial.room / "camera.password"
    ann.write_bytes(made.stdout)
    camera.write_text(CAMERA_SECRET)
    nobody = free_port()
    cameras = [
        sim(),
        f'name = "far"\nfrom = "rtsp://127.0.0.1:{nobody}/a?key={HOOK_SECRET}"\nkind = "thermal"\n'
        f'user = "viewer"\npassword_file = "{camera}"',
    ]
    users = f'[[user]]\nname = "ann"\nrole = "operator"\npassword_file = "{ann}"\n'
    data = trial.room / "data"
    more = users + '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
    return write_config(trial, data, cameras=cameras, more=more), data


class Attempts:
    """Attempts on a station's page."""

    def __init__(self, trial: Trial, station: Station) -> None:
        """Logs in as ann, so that what is refused is not refused for want of that."""
        self.trial, self.station = trial, station
        self.count, self.longest = 0, 0
        self.cookie = ""
        body = urllib.parse.urlencode({"user": "ann", "password": PASSWORD})
        status, _, headers = self.post("/login", body)
        trial.hold(status == 303, f"log-in: {status}")
        self.cookie = headers.get("Set-Cookie", "").split(";")[0]

    def held(self, what: str) -> None:
        """One more attempt came to nothing."""
        self.count += 1
        self.trial.say(what)

    def ask(self, method: str, path: str, body: str = "", headers: dict | None = None):
        """Status, body and headers of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.station.port, timeout=30)
        given = {"Cookie": self.cookie, **(headers or {})}
        try:
            line.putrequest(method, path, skip_host="Host" in given)
            if body:
                line.putheader("Content-Length", str(len(body)))
                line.putheader("Content-Type", "application/x-www-form-urlencoded")
            for name, value in given.items():
                line.putheader(name, value)
            line.endheaders(body.encode() or None)
            answer = line.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            line.close()

    def get(self, path: str, headers: dict | None = None):
        """Looks."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: str, headers: dict | None = None):
        """Does something, as the page itself would."""
        origin = {"Origin": f"http://127.0.0.1:{self.station.port}"}
        return self.ask("POST", path, body, {**origin, **(headers or {})})

    def refused(self, what: str, answer, *wants: int) -> None:
        """An answer that must be one of these, in a line."""
        status, body, _ = answer
        self.longest = max(self.longest, len(body))
        plain = status in wants and body.count(b"\n") <= 1 and len(body) < 300
        self.trial.hold(plain, f"{what}: {status} {body[:120]}")
        self.held(f"{what}: {status}")

    def raw(self, text: bytes, within_s: float = 30) -> bytes:
        """The answer to bytes that are no browser's."""
        with socket.create_connection(("127.0.0.1", self.station.port), within_s) as line:
            line.sendall(text)
            got = b""
            while part := line.recv(65_536):
                got += part
                if b"\r\n\r\n" in got:
                    break
            return got

    def paths(self) -> None:
        """Ways out of the folders."""
        for path in (
            "/../../../../etc/passwd",
            "/forecast/sim/..%2f..%2f..%2f..%2fetc%2fpasswd",
            "/forecast/sim/%2e%2e/%2e%2e/station.toml",
            "/forecast/..%2f..%2f..%2fann.password/x",
            "/alert/..%2f..%2f..%2fetc%2fpasswd/picture",
            "/weather/..%2f..%2fann.password",
            "/source/..%2f..%2fx/latest.jpg",
            "/tile/0/0/..%2f..%2fann.password.png",
            "/forecast/sim/overlay.png%00.txt",
            "//etc/passwd",
        ):
            answer = self.get(path)
            self.trial.hold(b"root:" not in answer[1], f"{path} gives a file of the system")
            self.refused(path, answer, 400, 404)

    def hosts(self) -> None:
        """Names that are not its own: one elsewhere may be made to mean this machine."""
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a@b"):
            self.refused(f"Host: {host}", self.get("/", {"Host": host}), 400, 421)
        got = self.raw(b"GET / HTTP/1.1\r\n\r\n")
        self.trial.hold(b" 400 " in got.split(b"\r\n")[0], f"no Host: {got[:60]}")
        self.held("no Host")

    def sizes(self) -> None:
        """Too much of anything."""
        big = "name=" + "a" * 100_000
        self.refused("a body of 100 kB", self.post("/rule", big), 413)
        for what, text in (
            ("a head of 1 MB", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (1 << 20)),
            ("a path of 1 MB", b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n\r\n"),
            ("10,000 headers", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 10_000 + b"\r\n"),
            ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00" * 100 + b"\r\n\r\n"),
        ):
            try:
                got = self.raw(text)
            except OSError:
                got = b""  # it was cut off
            status = got.split(b"\r\n")[0]
            self.trial.hold(not got or b" 4" in status, f"{what}: {got[:60]}")
            self.held(what)
        length = b"POST /rule HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n"
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        cookie = f"Cookie: {self.cookie}\r\nOrigin: http://localhost\r\n\r\n".encode()
        got = self.raw(length + kind + cookie + b"name=a")
        self.trial.hold(
            b" 413 " in got.split(b"\r\n")[0], f"a body that says it is huge: {got[:60]}"
        )
        self.held("a body that says it is huge")

    def slow(self) -> None:
        """Connections that dawdle: each is cut off, and others are answered meanwhile."""
        lines = [socket.create_connection(("127.0.0.1", self.station.port), 60) for _ in range(60)]
        began, cut = time.monotonic(), 0
        for k, line in enumerate(lines):
            head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a: "
            line.sendall(head if k % 2 else b"")
            line.setblocking(False)
        open_lines = set(lines)
        while open_lines and time.monotonic() - began < 40:
            for line in list(open_lines):
                try:
                    line.send(b"a")
                    if line.recv(4096) == b"":
                        raise ConnectionError
                except BlockingIOError:
                    continue
                except OSError:
                    open_lines.discard(line)
                    line.close()
                    cut += 1
            status, _, _ = self.get("/healthz")
            self.trial.hold(status in (200, 503), f"slowloris: others see {status}")
            time.sleep(0.5)
        self.trial.hold(not open_lines, f"slowloris: {len(open_lines)} of 60 still held after 40 s")
        self.trial.figure(f"60 slow connections cut off after {time.monotonic() - began:.0f} s")
        self.held("slowloris")
        # A body that never comes.
        head = (
            "POST /rule HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Cookie: {self.cookie}\r\nOrigin: http://localhost\r\n\r\nname="
        )
        got = self.raw(head.encode(), 40)
        self.trial.hold(b" 408 " in got.split(b"\r\n")[0], f"a body that never comes: {got[:60]}")
        self.held("a body that never comes")

    def many(self) -> None:
        """More connections than there are places."""
        lines = []
        for _ in range(400):
            try:
                lines.append(socket.create_connection(("127.0.0.1", self.station.port), 5))
            except OSError:
                break
        for line in lines:
            line.close()
        began = time.monotonic()
        until(lambda: self.get("/healthz")[0] in (200, 503), 30, lambda: "no answer after a flood")
        self.trial.figure(f"400 connections: answers again {time.monotonic() - began:.1f} s later")
        self.held("400 connections at once")

    def forged(self) -> None:
        """Forms of another page, and words that would forge lines of the log."""
        line = "name=road&source=sim&shape=line&points=1,1+9,9&within_min=10&percent=50"
        for what, headers in (
            ("no Origin", {}),
            ("another Origin", {"Origin": "http://evil.example"}),
            ("Origin null", {"Origin": "null"}),
            ("Sec-Fetch-Site: cross-site", {"Sec-Fetch-Site": "cross-site"}),
        ):
            self.refused(f"a form with {what}", self.ask("POST", "/rule", line, headers), 403)
        forged = "2026-01-01T00:00:00Z all well"
        for what, path, body in (
            ("log-in", "/login", {"user": f"x\n{forged}\x1b[2J", "password": "x"}),
            ("a rule", "/rule", {"name": f"x\n{forged}"}),
            ("an alert", "/alert/acknowledge", {"id": f"x\n{forged}", "by": f"y\r\n{forged}"}),
        ):
            status, answer, _ = self.post(path, urllib.parse.urlencode(body))
            self.trial.hold(400 <= status < 500, f"{what}: {status} {answer[:80]}")
            self.held(f"a forged line of the log by {what}")
        log = self.station.log()
        self.trial.hold("\x1b" not in log, "the log holds an escape")
        self.trial.hold(
            not any(told.startswith(forged[:20]) for told in log.splitlines()),
            "a line of the log is forged",
        )

    def guesses(self) -> None:
        """Guessing passwords: by form and by Basic authentication, as fast as it goes."""
        began, tried, waits, inside = time.monotonic(), 0, 0, 0
        while time.monotonic() - began < 6:
            tried += 1
            body = urllib.parse.urlencode({"user": "ann", "password": f"guess-{tried}"})
            status, _, headers = self.post("/login", body, {"Cookie": ""})
            waits += status == 429
            inside += status == 303
            code = base64.b64encode(f"ann:guess-{tried}".encode()).decode()
            given = {"Cookie": "", "Authorization": f"Basic {code}"}
            status, _, _ = self.get("/metrics", given)
            waits += status == 429
            inside += status == 200
        self.trial.hold(
            waits > 0 and not inside, f"{tried} guesses: {waits} told to wait, {inside} in"
        )
        log = len(self.station.told("wrong log-in"))
        self.trial.hold(log < 30, f"guesses write {log} lines")
        self.trial.figure(f"{2 * tried} guesses in 6 s, {waits} told to wait, none in")
        self.held("guessing")


def secrets(trial: Trial, station: Station, attempts: Attempts) -> None:
    """No password, hash, key or file of one is in what the station tells."""
    told = station.log()
    for path in ("/", "/healthz", "/metrics", "/log", "/map", "/source/sim", "/login"):
        status, body, headers = attempts.get(path)
        told += body.decode(errors="replace") + str(headers)
    bundle = trial.room / "bundle.json"
    command = [trial.program, "doctor", trial.room / "station.toml", "--bundle", bundle]
    made = subprocess.run(command, capture_output=True, timeout=300)
    trial.hold(bundle.exists(), f"no bundle: {made.stderr[-200:]}")
    told += made.stdout.decode(errors="replace")
    told += bundle.read_text() if bundle.exists() else ""
    for secret in (PASSWORD, CAMERA_SECRET, HOOK_SECRET, "argon2id$"):
        trial.hold(secret not in told, f"{secret} is told")
    attempts.held("secrets in page, log, metrics and bundle")
