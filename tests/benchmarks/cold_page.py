"""The wall in a browser that was never there before: when it painted first, and when it was live.

    python -m tests.benchmarks.cold_page URL

Prints "ready" once the wall is live, then, when its standard input closes, one JSON object: `paint` and
`live`, seconds from the navigation's start.
"""

from __future__ import annotations

import json
import sys

from playwright.sync_api import sync_playwright

from tests.benchmarks.helper import READY
from tests.support.browser import ARGUMENTS, chromium

TIMES = """
() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000,
  live: performance.now() / 1000,
})
"""


def main() -> None:
    """Open the page once, and tell."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(sys.argv[1], wait_until="commit")
        page.wait_for_selector('[data-live="true"]', timeout=60_000)
        times = page.evaluate(TIMES)
        print(READY, flush=True)
        sys.stdin.read()
        print(json.dumps(times), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
