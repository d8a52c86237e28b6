"""`make gallery`: photographs the wall in every situation, on every screen, in every light.

    python -m tests.gallery [--all] [--only TEXT …] [--output FOLDER] [--city FOLDER]

Writes PNG files: those of the documentation to docs/images, and with --all also those that are only looked
at to tests/output/gallery.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.gallery.camera import scene
from tests.gallery.shots import KEPT, PAIRING, Shot, shots
from tests.gallery.situations import SITUATIONS
from tests.gallery.squeeze import squeezed
from tests.gallery.town import Template
from tests.support.browser import ARGUMENTS, chromium

ROOT = Path(__file__).parents[2]
KEPT_AT, SEEN_AT = ROOT / "docs" / "images", ROOT / "tests" / "output" / "gallery"


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(prog="make gallery", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also what the documentation does not keep")
    parser.add_argument("--only", nargs="+", default=[""], help="only pictures whose name holds one of these")
    parser.add_argument("--output", type=Path, help="put all pictures here")
    parser.add_argument("--city", type=Path, help="keep the planted city there, or take it from there")
    options = parser.parse_args()
    wanted = [
        shot for shot in shots(everything=options.all) if any(text in shot.name for text in options.only)
    ]
    by_wall: dict[tuple[str, bool], list[Shot]] = defaultdict(list)
    for shot in wanted:
        by_wall[shot.situation, shot.view == PAIRING].append(shot)
    with tempfile.TemporaryDirectory(prefix="presensi-gallery-") as temporary, sync_playwright() as driver:
        folder = Path(temporary)
        template = Template(options.city or folder, lambda line: print(line, flush=True))
        browser = driver.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS])
        blank = browser.new_page()
        for (situation, pairing), some in by_wall.items():
            place = folder / f"{situation}-{pairing}"
            unpaired = "nothing" if pairing else "names"
            with scene(SITUATIONS[situation], template, place, unpaired=unpaired) as found:
                for shot in some:
                    target = (options.output or (KEPT_AT if shot in KEPT else SEEN_AT)) / f"{shot.name}.png"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(squeezed(found.photograph(browser, shot), blank))
                    print(f"{target.name}  {target.stat().st_size // 1000} kB", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
