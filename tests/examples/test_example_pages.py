"""Links of all pages lead somewhere; the pages about examples, Slurm and clouds say what is there."""

import re
from pathlib import Path

import pytest
from example_user import EXAMPLES

DOCS = EXAMPLES.parent / "docs"
PAGES = [page for page in (DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))) if "](" in page.read_text()]


def anchor(heading: str) -> str:
    """What a heading is called in an address, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path):
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", document.read_text()):
        file, _, part = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        assert path.exists(), target
        if part:
            assert part in {anchor(line.lstrip("#")) for line in path.read_text().splitlines() if line.startswith("#")}


def test_every_example_is_in_the_index():
    folders = {
        folder.name for folder in EXAMPLES.iterdir() if folder.is_dir() and not folder.name.startswith((".", "_"))
    }
    text = (DOCS / "examples.md").read_text()
    assert folders == set(re.findall(r"^\| \[(\w+)\]", text, re.MULTILINE))


def test_the_array_script_on_the_page_is_the_one_to_copy():
    page = re.search(r"```bash\n(.*?)```", (DOCS / "slurm.md").read_text(), re.DOTALL)
    script = (EXAMPLES / "slurm/array.sh").read_text().splitlines()
    assert [line for line in page[1].splitlines() if line not in script] == []
