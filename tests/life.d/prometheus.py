"""A real Prometheus reads /metrics."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from mosquitto import free_port
from packages import command
from station import ENDS_WITH_US, Station, write_config
from trial import Trial, until


def row(trial: Trial) -> None:
    """It scrapes each second, and its answers are those of the station."""
    prometheus = command("prometheus", "prometheus")
    with Station(trial, [write_config(trial, trial.room / "data")]) as station:
        station.healthy()
        port = free_port()
        file = trial.room / "prometheus.yml"
        file.write_text(
            "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: emberline\n"
            f"  static_configs:\n  - targets: ['127.0.0.1:{station.port}']\n"
        )
        words = [
            *ENDS_WITH_US,
            prometheus,
            f"--config.file={file}",
            f"--storage.tsdb.path={trial.room / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ]
        with (trial.room / "prometheus.log").open("wb") as log:
            server = subprocess.Popen(words, stdout=log, stderr=log)

        def ask(path: str) -> dict:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as got:
                    return json.load(got)
            except (OSError, urllib.error.URLError, ValueError):
                return {}

        def values(query: str) -> list[float]:
            got = ask(f"/api/v1/query?{urllib.parse.urlencode({'query': query})}")
            return [float(one["value"][1]) for one in got.get("data", {}).get("result", [])]

        try:
            took_s = until(lambda: values("up") == [1.0], 60, lambda: f"up is {values('up')}")
            until(
                lambda: len(values("emberline_frames_total offset 5s")) == 1,
                60,
                lambda: "no frames counted",
            )
            trial.hold(values("emberline_blind") == [0.0], f"blind: {values('emberline_blind')}")
            frames = values("emberline_frames_total")
            trial.hold(len(frames) == 1 and frames[0] > 0, f"frames: {frames}")
            until(
                lambda: any(rate > 0 for rate in values("rate(emberline_frames_total[10s])")),
                30,
                lambda: "the rate of frames is nothing",
            )
            fresh = values('emberline_source_state{state="fresh"}')
            trial.hold(fresh == [1.0], f"fresh: {fresh}")
            ours = ask(
                '/api/v1/targets/metadata?match_target={job="emberline"}'.replace('"', "%22")
            )
            names = {one["metric"] for one in ours.get("data", [])}
            untyped = [
                one["metric"] for one in ours.get("data", []) if one["type"] in ("unknown", "")
            ]
            trial.hold(not untyped, f"without a type: {untyped}")
            trial.hold("emberline_blind" in names, f"metadata: {sorted(names)}")
            targets = ask("/api/v1/targets").get("data", {}).get("activeTargets", [])
            errors = [t["lastError"] for t in targets if t["lastError"]]
            trial.hold(not errors, f"scrape errors: {errors}")
            scrape_s = max(values("max_over_time(scrape_duration_seconds[1m])"), default=0)
            series = values("scrape_samples_scraped")
            trial.figure(
                f"up {took_s:.1f} s after its start, {len(names)} metrics, {series[0]:.0f} series, "
                f"a scrape in at most {scrape_s * 1e3:.0f} ms"
            )
        finally:
            server.kill()
            server.wait()
        station.end()
