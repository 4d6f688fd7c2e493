"""Takes pictures of every page in every state, as telephones and wide screens show them, light and dark.

`make pictures`; or, for some of them only:

python tests/web/pictures FOLDER --only sweep --width 390
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import chromium
from camera import WIDTHS, Camera, Scene
from filled import fill
from filling import Filler
from playwright.sync_api import sync_playwright
from scenes import BEFORE, scenes_of

from server_process import ServerProcess

LEASE = "86400"
"""Seconds for which the agents of the pictures, who say nothing more, still count as alive."""


def main() -> int:
    """Fills a server of its own, takes the pictures and says what is wrong with what they show."""
    parser = argparse.ArgumentParser(prog="pictures", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; index.html shows them all")
    parser.add_argument("--only", default="", metavar="WORDS", help="scenes with one of these in their name")
    parser.add_argument("--width", type=int, action="append", choices=WIDTHS, help="px (default: all)")
    parser.add_argument("--scheme", action="append", choices=("light", "dark"), help="(default: both)")
    parser.add_argument("--runs", type=int, default=10_000, help="of the largest sweep (default: %(default)s)")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()

    def is_asked_for(scene: Scene) -> bool:
        return not asked.only or any(word in scene.name for word in asked.only.split())

    with tempfile.TemporaryDirectory(prefix="besom-pictures-") as home, sync_playwright() as playwright:
        server = ServerProcess(Path(home) / "server", "--data", f"{home}/server", "--port", "0", "--lease", LEASE)
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.ARGUMENTS)
        try:
            camera = Camera(
                browser, server.url, server.key, asked.folder, asked.width or WIDTHS, asked.scheme or ("light", "dark")
            )
            camera.take([scene for scene in BEFORE if is_asked_for(scene)])
            filled = fill(Filler(server.url, server.key), server.home, Path(home), asked.runs)
            print(f"filled after {time.monotonic() - began:.0f} s", flush=True)
            camera.take([scene for scene in scenes_of(filled) if is_asked_for(scene)])
        finally:
            browser.close()
            server.stop()
    camera.write_index()
    print(f"{len(camera.taken)} pictures in {asked.folder} after {time.monotonic() - began:.0f} s")
    for fault in camera.faults:
        print(fault)
    return 1 if camera.faults else 0


if __name__ == "__main__":
    sys.exit(main())
