"""A real Chromium: pages that tell what their console and their requests say."""

import os
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from trial import Trial

# A desk and a telephone.
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}


class Chromium:
    """The browser; leaving its `with` closes it."""

    def __init__(self, shots: Path | None) -> None:
        """Keeps pictures in `shots`, where that is given."""
        self.shots = shots
        if shots:
            shots.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Chromium":
        """Begins it."""
        self.playwright = sync_playwright().start()
        # Root, as in a container, has no sandbox.
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.browser = self.playwright.chromium.launch(
            executable_path=which("chromium"), args=[*args, "--disable-gpu"]
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.browser.close()
        self.playwright.stop()

    @contextmanager
    def page(self, trial: Trial, port: int, *, allowed: tuple[str, ...] = (), **context: object):
        """A page of the station at `port`; its console must hold no error but of `allowed`."""
        told: list[str] = []
        base = f"http://127.0.0.1:{port}"
        made = self.browser.new_context(base_url=base, viewport=DESK, **context)
        made.set_default_timeout(20_000)
        page = made.new_page()
        page.on("pageerror", lambda error: told.append(f"page: {error}"))

        def hear(message: object) -> None:
            if message.type in ("error", "warning"):
                told.append(f"console: {message.text}")

        def ask(request: object) -> None:
            if urlsplit(request.url).netloc != f"127.0.0.1:{port}":
                told.append(f"a request leaves the host: {request.url[:100]}")

        page.on("console", hear)
        page.on("request", ask)
        try:
            yield page
        finally:
            made.close()
            wrong = [line for line in told if not any(word in line for word in allowed)]
            trial.hold(not wrong, f"{len(wrong)} errors: {wrong[:3]}")

    def shot(self, page: Page, name: str) -> None:
        """Keeps a picture of the whole page."""
        if self.shots:
            page.screenshot(path=self.shots / f"{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:80]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
