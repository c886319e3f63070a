"""MQTT: a broker that is killed, a hub that is away, a station that is killed."""

import json
import re
import signal
import time

from mosquitto import Broker, Hub
from station import Station, sim, write_config
from trial import Trial, until


def flaws(told: dict, hub: Hub, plain: list[str]) -> list[str]:
    """What is wrong with what Home Assistant is told: ids, topics and keys of messages.

    Topics in `plain` hold no JSON.
    """
    found = []
    components = told["components"]
    ids = [component.get("unique_id") for component in components.values()]
    if len(set(ids)) < len(ids) or None in ids:
        found.append(f"ids are not unique: {ids}")
    heard = {topic: payload for topic, _, payload in hub.heard("emberline/")}
    for name, component in [("station", told), *components.items()]:
        asks = [component, *component.get("availability", [])]
        for ask in asks:
            topic = ask.get("topic") or ask.get("state_topic") or ask.get("image_topic")
            if topic is None:
                found += [] if ask is told else [f"{name}: no topic"]
                continue
            if topic not in heard:
                found.append(f"{name}: nothing is said under {topic}")
                continue
            keys = re.findall(r"value_json\.(\w+)", ask.get("value_template", ""))
            if keys and topic in plain:
                found.append(f"{name}: {topic} has no keys")
                continue
            found += [
                f"{name}: {topic} has no {key}"
                for key in keys
                if key not in json.loads(heard[topic])
            ]
            if (
                component.get("options")
                and json.loads(heard[topic])[keys[0]] not in (component["options"])
            ):
                found.append(f"{name}: {heard[topic]} is no option")
    return found


def row(trial: Trial) -> None:
    """Each message of the outbox reaches the hub, in order; will and discovery as they should."""
    broker = Broker(trial.room)
    hub = Hub(broker, trial.room)
    rest_s = 12 if trial.long else 4
    data = trial.room / "data"
    file = write_config(trial, data, cameras=[sim("north", 0.5, 0.5)], every_s=1)
    alert = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
    mqtt = f'[mqtt]\nbroker = "mqtt://127.0.0.1:{broker.port}"\nhome_assistant = true\n'
    file.write_text(file.read_text() + alert + mqtt)

    def last_kept(topic: str) -> str:
        told = [payload for t, _, payload in hub.heard(topic) if t == topic]
        return told[-1] if told else ""

    def newest() -> int:
        files = sorted((data / "outbox").glob("*.ndjson"))
        lines = [line for f in files for line in f.read_text().splitlines()]
        return json.loads(lines[-1])["seq"] if lines else 0

    available, picture = "emberline/station/available", "emberline/station/picture/north"
    config = "homeassistant/device/emberline_station/config"
    with Station(trial, [file], log="first") as station:
        station.healthy()
        until(lambda: len(hub.numbers()) > 2, 60, lambda: "nothing reaches the hub")
        trial.hold(last_kept(available) == "online", f"available: {last_kept(available)}")
        told = json.loads(last_kept(config))
        until(lambda: last_kept(picture), 30, lambda: "no picture")
        trial.hold("PNG" in last_kept(picture)[:4], f"no picture: {last_kept(picture)[:9]}")
        for wrong in flaws(told, hub, [available]):
            trial.miss(wrong)
        trial.figure(f"{len(told['components'])} components of Home Assistant")
        # The broker is killed, and comes back.
        broker.end()
        time.sleep(rest_s)
        broker.start()
        back = time.monotonic()
        hub.away()
        hub.listen()
        at = newest()
        until(lambda: at in hub.numbers(), 90, lambda: f"{at} has not come: {hub.numbers()[-3:]}")
        trial.figure(f"caught up {time.monotonic() - back:.1f} s after the broker was back")
        # The hub is away, and the broker is restarted meanwhile.
        hub.away()
        time.sleep(rest_s)
        broker.end(signal.SIGTERM)
        broker.start()
        time.sleep(rest_s)
        hub.listen()
        at = newest()
        until(lambda: at in hub.numbers(), 90, lambda: f"{at} has not come after it was away")
        # Home Assistant is born, and a forger says so again and again.
        births = len(hub.heard(config))
        for _ in range(20):
            broker.say("homeassistant/status", "online")
        until(lambda: len(hub.heard(config)) > births, 20, lambda: "no discovery after a birth")
        time.sleep(2)
        again = len(hub.heard(config)) - births
        trial.hold(again <= 2, f"discovery {again} times for 20 births in 3 s")
        # A power cut: the broker tells the will.
        station.kill()
        until(lambda: last_kept(available) == "offline", 60, lambda: "no will")
    with Station(trial, [file], log="second") as station:
        station.healthy()
        until(lambda: last_kept(available) == "online", 60, lambda: "not online again")
        station.end()
        until(lambda: last_kept(available) == "stopped", 20, lambda: "no word at its end")
    # What was on its way at the end comes with the next start.
    with Station(trial, [file], log="third") as station:
        at = newest()
        until(lambda: at in hub.numbers(), 60, lambda: f"{at} has not come after the restart")
        station.end()
    numbers = hub.numbers()
    first_heard = list(dict.fromkeys(numbers))
    missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
    trial.hold(not missing, f"never came: {missing[:10]}")
    trial.hold(first_heard == sorted(first_heard), "not in order")
    trial.figure(
        f"{len(first_heard)} messages, each came, {len(numbers) - len(first_heard)} twice, in order"
    )
    alerts = [json.loads(p) for t, _, p in hub.heard("emberline/station/alert") if t.endswith("t")]
    ids = {alert["id"] for alert in alerts if alert["phase"] == "raised"}
    trial.hold(len(ids) == 1, f"{len(ids)} alerts of one fire: {sorted(ids)}")
    hub.away()
    broker.end()
