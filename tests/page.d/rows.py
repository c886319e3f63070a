"""The rows: what people do on the page, each with a station of its own."""

import signal
import subprocess
import time
from pathlib import Path

from browser import DESK, PHONE, Chromium, faults
from playwright.sync_api import Page
from station import Station, sim, write_config
from trial import Trial, until

FIRE = "sim:fire?height=96&width=128&cell_m=0.5&frames=1000"
# A line across all of the picture's middle: the fire reaches it.
ACROSS = [(0.1, 0.5), (0.9, 0.5)]


def station(trial: Trial, more: str = "") -> Path:
    """The file of a station that sees a fire."""
    camera = sim("north", 0.5, 0.5, FIRE)
    return write_config(trial, trial.room / "data", cameras=[camera], every_s=1, more=more)


def ready(page: Page) -> None:
    """Waits until the picture and the front over it are there."""
    page.goto("/")
    page.wait_for_selector("figure[data-source=north] path.now", state="attached")


def fires(page: Page, rule: str) -> None:
    """Waits for the alert `rule`."""
    page.wait_for_selector(f"article.alert:has-text('{rule}')")


def live(trial: Trial, chromium: Chromium) -> None:
    """The picture, the front and the state change without anybody touching the page."""
    with (
        Station(trial, [station(trial)]) as one,
        chromium.page(trial, one.port) as page,
    ):
        ready(page)
        src = "document.querySelector('img.live').getAttribute('src')"
        front = "document.querySelector('path.now').getAttribute('d')"
        before = [page.evaluate(src), page.evaluate(front)]
        page.evaluate("window.untouched = true")
        seen = {before[0]}
        began = time.monotonic()
        until(lambda: seen.add(page.evaluate(src)) or len(seen) > 5, 30, lambda: f"{len(seen)}")
        trial.figure(f"5 new pictures in {time.monotonic() - began:.0f} s")
        until(lambda: page.evaluate(front) != before[1], 30, lambda: "the front stands still")
        nested = page.evaluate("document.querySelectorAll('svg path path').length")
        trial.hold(nested == 0, f"{nested} lines lie within others, and are not drawn")
        shown = page.evaluate("document.querySelector('img.live').naturalWidth")
        trial.hold(shown == 128, f"the picture is {shown} pixels wide")
        trial.hold(page.evaluate("window.untouched"), "the page was loaded anew")
        trial.hold("well" in page.title(), f"title: {page.title()}")


def draw(trial: Trial, chromium: Chromium) -> None:
    """A line by mouse."""
    with (
        Station(trial, [station(trial)]) as one,
        chromium.page(trial, one.port, allowed=("INCOMPLETE_CHUNKED",)) as page,
    ):
        ready(page)
        page.locator("details.draw summary").click()
        box = page.locator("figure[data-source=north] .layers").bounding_box()
        for x, y in ACROSS:
            page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        points = page.input_value("input[name=points]")
        trial.hold(len(points.split()) == 2, f"points: {points}")
        page.fill("input[name=name]", "road")
        began = time.monotonic()
        page.get_by_role("button", name="Watch it").click()
        page.wait_for_selector("#rules:has-text('road')")
        fires(page, "road")
        trial.figure(f"alert {time.monotonic() - began:.1f} s after it was drawn")
        page.wait_for_selector("path.rule", state="attached")
        alert = page.locator("article.alert", has_text="road")
        alert.locator("summary").click()
        width = "e => e.complete ? e.naturalWidth : 0"
        picture = alert.locator("img")
        until(lambda: picture.evaluate(width) > 0, 20, lambda: "the alert has no picture")
        chromium.shot(page, "alert")
        alert.get_by_label("Your name").fill("ann")
        alert.get_by_role("button", name="I know of it").click()
        page.wait_for_selector("article.known:has-text('Known to ann')")
        page.get_by_role("button", name="take road away").click()
        page.wait_for_selector("article:has-text('road')", state="detached")
        page.get_by_text("Alerts that are over").click()
        page.wait_for_selector("#over td:has-text('ann')")
        alerts = one.health()["alerts"]
        trial.hold([a["phase"] for a in alerts] == ["closed"], f"{alerts}")
        # What was drawn outlives the station.
        page.locator("details.draw summary").click()
        page.fill("input[name=points]", "0,0 5,5")
        page.fill("input[name=name]", "stays")
        page.get_by_role("button", name="Watch it").click()
        page.wait_for_selector("#rules:has-text('stays')")
        one.end()
    with (
        Station(trial, [station(trial)], log="second") as one,
        chromium.page(trial, one.port) as page,
    ):
        page.goto("/")
        page.wait_for_selector("#rules:has-text('stays')")


def keyboard(trial: Trial, chromium: Chromium) -> None:
    """A line by keys, and the focus stays where it is while the page changes."""
    with (
        Station(trial, [station(trial)]) as one,
        chromium.page(trial, one.port) as page,
    ):
        ready(page)

        def tab_to(what: str) -> None:
            for _ in range(80):
                page.keyboard.press("Tab")
                if page.evaluate(f"document.activeElement.matches({what!r})"):
                    return
            trial.miss(f"Tab does not come to {what}")

        tab_to("details.draw summary")
        page.keyboard.press("Enter")
        tab_to("input[name=points]")
        page.keyboard.type("12,48 ", delay=20)
        time.sleep(3)
        page.keyboard.type("115,48", delay=20)
        tab_to("input[name=name]")
        page.keyboard.type("road")
        page.keyboard.press("Enter")
        fires(page, "road")
        tab_to("article form button")
        page.keyboard.press("Enter")
        page.wait_for_selector("article.known:has-text('somebody at the station')")
        trial.figure("drawn and acknowledged by keys")


def plain(trial: Trial, chromium: Chromium) -> None:
    """Without a script the page shows all and takes forms."""
    with (
        Station(trial, [station(trial)]) as one,
        # Without a script pictures are not fetched late: that of an alert may not be written yet.
        chromium.page(trial, one.port, allowed=("404",), java_script_enabled=False) as page,
    ):
        one.healthy()
        page.goto("/")
        trial.hold(page.locator("img.live").count() == 1, "no picture")
        page.locator("details.draw summary").click()
        page.fill("input[name=points]", "12,48 115,48")
        page.fill("input[name=name]", "road")
        page.get_by_role("button", name="Watch it").click()
        page.wait_for_url("/")

        def seen() -> bool:
            page.goto("/")
            return page.locator("article.alert", has_text="road").count() == 1

        until(seen, 30, lambda: "no alert")
        page.get_by_role("button", name="I know of it").click()
        page.wait_for_url("/")
        trial.hold(page.locator("article.known").count() == 1, "not acknowledged")
        trial.figure("drawn and acknowledged without a script")


def users(trial: Trial, chromium: Chromium) -> None:
    """Log-in: wrong, right, and of those who may only look."""
    more = ""
    for name, role in [("ann", "operator"), ("bob", "read-only")]:
        file = trial.room / f"{name}.password"
        command = [trial.program, "config", "password"]
        made = subprocess.run(command, input=b"correct horse\n", capture_output=True, check=True)
        file.write_bytes(made.stdout)
        more += f'[[user]]\nname = "{name}"\nrole = "{role}"\npassword_file = "{file}"\n'
    allowed = ("401 (Unauthorized)",)
    with (
        Station(trial, [station(trial, more)]) as one,
        chromium.page(trial, one.port, allowed=allowed) as page,
    ):
        page.goto("/")
        trial.hold(page.url.endswith("/login"), f"it shows {page.url} to anybody")
        chromium.shot(page, "login")
        trial.hold(not faults(page), f"axe-core: {faults(page)}")

        def log_in(name: str, password: str) -> None:
            page.fill("input[name=user]", name)
            page.fill("input[name=password]", password)
            page.get_by_role("button", name="Log in").click()

        log_in("bob", "wrong horse")
        page.wait_for_selector("[role=alert]:has-text('wrong')")
        log_in("bob", "correct horse")
        page.wait_for_selector("figure[data-source=north] path.now", state="attached")
        trial.hold(page.locator("form[action='/rule']").count() == 0, "bob may draw")
        cookies = page.context.cookies()
        trial.hold(
            all(c["httpOnly"] and c["sameSite"] == "Strict" for c in cookies) and len(cookies) == 1,
            f"cookies: {cookies}",
        )
        page.get_by_role("button", name="Log out bob").click()
        page.wait_for_url("/login")
        log_in("ann", "correct horse")
        page.wait_for_selector("form[action='/rule']", state="attached")
        trial.figure("who may only look sees no forms")
        held = one.log() + page.content()
        trial.hold("horse" not in held and "argon2" not in held, "a password is told")


def lost(trial: Trial, chromium: Chromium) -> None:
    """A station that hangs is told on the page; when it goes on the page does."""
    allowed = ("net::ERR", "Failed to load resource")
    file = station(trial)
    with Station(trial, [file]) as one, chromium.page(trial, one.port, allowed=allowed) as page:
        ready(page)
        port = one.port
        one.end()
        page.wait_for_selector("#told:has-text('does not answer')")
        args = ["run", file, "--listen", f"127.0.0.1:{port}"]
        again = subprocess.Popen([trial.program, *args], stdout=subprocess.DEVNULL, stderr=-3)
        try:
            page.wait_for_selector("#told", state="hidden", timeout=60_000)
            began = page.evaluate("document.querySelector('img.live')?.getAttribute('src')")
            src = "document.querySelector('img.live')?.getAttribute('src')"
            until(lambda: page.evaluate(src) != began, 60, lambda: "the page stands still")
            trial.figure("told within seconds, found again without a touch")
        finally:
            again.send_signal(signal.SIGTERM)
            again.wait(30)


def looks(trial: Trial, chromium: Chromium) -> None:
    """Each page on both sizes, by day and by night."""
    more = (
        '[[alert]]\nname = "road"\nwhen = "front-reaches"\nline = [[12, 48], [115, 48]]\n'
        '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
        '[[alert]]\nname = "eyes"\nwhen = "blind"\n'
    )
    table = Path(trial.room / "weather.csv")
    table.write_text(readings())
    more += f'[weather]\ntable = "file://{table}"\nevery_s = 300\n'
    count = 0
    with Station(trial, [station(trial, more)]) as one:
        one.until(lambda h: len(h["alerts"]) > 1, 60, "two alerts")
        one.until(lambda h: any(w["reports"] for w in h["weather"]), 60, "weather")
        for size, viewport in [("desk", DESK), ("phone", PHONE)]:
            for scheme in ["light", "dark"]:
                with chromium.page(trial, one.port, color_scheme=scheme) as page:
                    page.set_viewport_size(viewport)
                    for path in ["/", "/map", "/log", "/source/north"]:
                        page.goto(path)
                        if path == "/":
                            page.wait_for_selector("figure path.now", state="attached")
                        found = faults(page)
                        trial.hold(not found, f"{path} {size} {scheme}: axe-core: {found}")
                        wide = page.evaluate("document.documentElement.scrollWidth")
                        trial.hold(
                            wide <= viewport["width"],
                            f"{path} {size}: {wide} pixels wide on {viewport['width']}",
                        )
                        chromium.shot(
                            page, f"{path.strip('/').replace('/', '-') or 'page'}-{size}-{scheme}"
                        )
                        count += 1
                    page.goto("/")
                    page.get_by_role("button", name="Day or night").click()
                    chosen = page.evaluate("document.documentElement.dataset.theme")
                    trial.hold(chosen == ("night" if scheme == "light" else "day"), f"{chosen}")
    trial.figure(f"{count} pages without a serious fault")


def readings() -> str:
    """Readings of three days until now, each ten minutes."""
    now = int(time.time()) // 600 * 600
    lines = ["time,temp_c,rh_percent,wind_m_s,wind_from_deg,pressure_hpa,rain_mm"]
    for k in range(3 * 144, -1, -1):
        at = now - 600 * k
        hour = at % 86_400 / 3600
        warm = max(0.0, 1 - abs(hour - 20) / 8)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        lines.append(
            f"{stamp},{12 + 12 * warm:.1f},{70 - 40 * warm:.0f},{2 + 3 * warm:.1f},240,1013.2,0.0"
        )
    return "\n".join(lines) + "\n"
