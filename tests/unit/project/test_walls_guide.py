"""What the guide to walls shows can be typed as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from config.look import View
from config.playlist import read_playlist
from config.settings import load

GUIDE = (Path(__file__).parents[3] / "docs" / "walls.md").read_text("utf-8")
EXAMPLES: list[str] = re.findall(r"```toml\n(.+?)```", GUIDE, re.DOTALL)


def test_the_playlist_that_the_guide_shows_is_one(tmp_path: Path) -> None:
    [example] = [example for example in EXAMPLES if "[[stop]]" in example]
    path = tmp_path / "lobi.toml"
    path.write_text(example, "utf-8")
    assert [stop.view for stop in read_playlist(path)] == ["city", "names", "office", "terminals"]


def test_the_settings_that_the_guide_shows_behind_a_proxy_are_settings(tmp_path: Path) -> None:
    [example] = [example for example in EXAMPLES if "[[stop]]" not in example]
    path = tmp_path / "presensi.toml"
    path.write_text(example, "utf-8")
    assert load(path, {}).wall.trusted_proxies == ("127.0.0.1",)


def test_the_guide_names_every_view() -> None:
    told = GUIDE.partition("| `view` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == list(get_args(View))
