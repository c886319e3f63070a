"""Home Assistant itself: begun, set up as a person does it, asked by its own interface."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from mosquitto import free_port
from station import ENDS_WITH_US
from trial import Miss, until

# At its first start it installs what the interface needs.
FIRST_S = 1800
CLIENT = "http://127.0.0.1/"


class HomeAssistant:
    """One of its own folder; leaving its `with` kills it."""

    def __init__(self, hass: Path, room: Path) -> None:
        """Writes its configuration and begins it."""
        self.room, self.port, self.token, self.process = room / "config", free_port(), "", None
        self.room.mkdir()
        (self.room / "configuration.yaml").write_text(
            f"http:\n  server_host: 127.0.0.1\n  server_port: {self.port}\n"
            "logger:\n  default: warning\n"
        )
        self.command = [*ENDS_WITH_US, str(hass), "-c", str(self.room), "--log-no-color"]
        self.out = room / "hass.log"
        self.start()

    def start(self) -> None:
        """Begins it, and waits until it answers."""
        with self.out.open("ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out)
        until(self.answers, FIRST_S, lambda: f"it does not answer: {self.out.read_text()[-500:]}")

    def answers(self) -> bool:
        """Whether it does."""
        if self.process.poll() is not None:
            raise Miss(f"Home Assistant has ended: {self.out.read_text()[-500:]}")
        try:
            self.ask("/api/onboarding")
        except (OSError, urllib.error.HTTPError):
            # It is asked again in a moment: a start takes half a minute.
            time.sleep(0.5)
            return False
        return True

    def end(self) -> None:
        """Ends it in order: it writes what it knows."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def __enter__(self) -> "HomeAssistant":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kills it."""
        self.process.kill()
        self.process.wait()

    def ask(self, path: str, said: object = None, *, form: bool = False) -> bytes:
        """What it answers at `path`; with `said` that is sent."""
        body, kind = None, "application/json"
        if form:
            body, kind = urllib.parse.urlencode(said).encode(), "application/x-www-form-urlencoded"
        elif said is not None:
            body = json.dumps(said).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def set_up(self, broker_port: int) -> None:
        """Makes a user, and adds MQTT with the broker on this port, as a person does it."""
        user = {"name": "Ann", "username": "ann", "password": "only for this test"}
        user |= {"client_id": CLIENT, "language": "en"}
        code = json.loads(self.ask("/api/onboarding/users", user))["auth_code"]
        asked = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT}
        self.token = json.loads(self.ask("/auth/token", asked, form=True))["access_token"]
        flow = "/api/config/config_entries/flow"
        step = json.loads(self.ask(flow, {"handler": "mqtt"}))
        broker = {"broker": "127.0.0.1", "port": broker_port}
        done = json.loads(self.ask(f"{flow}/{step['flow_id']}", broker))
        if done["type"] != "create_entry":
            raise Miss(f"MQTT cannot be added: {done}")

    def version(self) -> str:
        """Its version."""
        return json.loads(self.ask("/api/config"))["version"]

    def entities(self) -> dict[str, dict]:
        """The entities that came by MQTT, by the name that a person sees."""
        template = "{{ integration_entities('mqtt') | to_json }}"
        ids = set(json.loads(self.ask("/api/template", {"template": template})))
        states = json.loads(self.ask("/api/states"))
        found = {s["attributes"]["friendly_name"]: s for s in states if s["entity_id"] in ids}
        return found

    def states(self) -> dict[str, str]:
        """Their states."""
        return {name: entity["state"] for name, entity in self.entities().items()}

    def picture(self, name: str) -> bytes:
        """What it shows of an image."""
        return self.ask(f"/api/image_proxy/{self.entities()[name]['entity_id']}")

    def complaints(self) -> list[str]:
        """Lines of its log that warn of what came by MQTT."""
        lines = self.out.read_text(errors="replace").splitlines()
        bad = [line for line in lines if " WARNING " in line or " ERROR " in line]
        return [line for line in bad if "components.mqtt" in line]
