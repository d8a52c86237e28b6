"""A wall in a real browser, noting when each punch changed the page.

    python -m tests.benchmarks.page URL

Prints "ready" once the wall shows the city, watches until its standard input closes, then prints one JSON
list: [ticker number, Unix time] of every ticker row that was added to the page's DOM since.
"""

from __future__ import annotations

import json
import sys

from playwright.sync_api import sync_playwright

from tests.benchmarks.helper import READY
from tests.support.browser import ARGUMENTS, chromium

WATCH = """
() => {
  window.seen = [];
  const note = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const rows = [node, ...node.querySelectorAll("[data-ticker]")].filter((row) => row.dataset.ticker);
    const at = (performance.timeOrigin + performance.now()) / 1000;
    for (const row of rows) window.seen.push([Number(row.dataset.ticker), at]);
  };
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(note)))
    .observe(document.body, { childList: true, subtree: true });
}
"""


def main() -> None:
    """Open the page, watch until told to stop, tell what came."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(sys.argv[1])
        page.wait_for_selector('[data-live="true"]', timeout=60_000)
        page.evaluate(WATCH)
        print(READY, flush=True)
        sys.stdin.read()
        print(json.dumps(page.evaluate("() => window.seen")), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
