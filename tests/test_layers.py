"""Imports point downward only (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "besom"

# What each part of the package may import, besides itself.
BASE = {"errors", "protocol", "names", "private_file"}
CLIENT = BASE | {"client"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "protocol": set(),
    "private_file": set(),
    "names": {"errors"},
    "config": {"errors"},
    "search": {"errors", "config"},
    "client": BASE | {"config"},
    "sdk": CLIENT | {"config"},
    "agent": CLIENT | {"config", "sdk"},
    "controller": CLIENT | {"config", "sdk", "search"},
    "importing": CLIENT | {"config", "sdk"},
    "launch": CLIENT,
    "shim": {"<root>"},
    "server.store": BASE | {"search", "config"},
    "server.services": BASE | {"search", "config", "server.store"},
    "server.api": BASE | {"config", "server.services"},
    "server": BASE | {"search", "config", "server.store", "server.services", "server.api"},
    "cli": CLIENT | {"config", "search", "sdk", "agent", "controller", "importing", "launch", "server", "<root>"},
    "face": CLIENT | {"sdk", "agent", "controller"},
    "plot": {"sdk"},
    "<root>": CLIENT | {"config", "sdk", "agent", "controller", "face", "plot"},
}
HEAVY = {"numpy", "scipy", "sqlalchemy", "litestar", "uvicorn", "sklearn", "pandas"}
LIGHT_LAYERS = (
    "errors",
    "protocol",
    "names",
    "private_file",
    "config",
    "client",
    "sdk",
    "agent",
    "controller",
    "importing",
    "launch",
    "cli",
    "shim",
    "face",
    "plot",
    "<root>",
)

FILES = sorted(SOURCE.rglob("*.py"))


def layer_of(module: str) -> str:
    """The layer that a dotted module below ``besom`` belongs to ('' is the package itself)."""
    parts = module.split(".") if module else []
    if not parts:
        return "<root>"
    if parts[0] == "server" and len(parts) > 1 and f"server.{parts[1]}" in ALLOWED:
        return f"server.{parts[1]}"
    return parts[0]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


def imports_of(file: Path) -> list[tuple[int, str]]:
    """Line and full name of everything that a file imports, wherever in the file."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute here"
            whole = node.module or ""
            if whole == "besom":  # from besom import client: the part is what counts
                found += [(node.lineno, f"besom.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, whole))
    return found


def exists(part: str) -> bool:
    return (SOURCE / part).is_dir() or (SOURCE / f"{part}.py").is_file()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_file_imports_only_from_the_layers_below_it(file: Path) -> None:
    layer = layer_of(module_of(file))
    assert layer in ALLOWED, f"the layer of {file.name} is not described in this test and in docs/architecture.md"
    wrong = []
    for line, name in imports_of(file):
        if name != "besom" and not name.startswith("besom."):
            continue
        module = name.removeprefix("besom").removeprefix(".")
        target = layer_of(module) if not module or exists(module.split(".")[0]) else "<root>"
        allowed = ALLOWED[layer]
        if target not in {layer, *allowed} and not (target.split(".")[0] in allowed and layer == "cli"):
            wrong.append(f"line {line}: {layer} imports {name}, of {target}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_the_light_layers_import_nothing_heavy(file: Path) -> None:
    if layer_of(module_of(file)) not in LIGHT_LAYERS:
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name.split(".")[0] for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {(node.module or "").split(".")[0] for node in top if isinstance(node, ast.ImportFrom)}
    assert not names & HEAVY


def test_no_layer_is_described_that_does_not_exist() -> None:
    layers = {layer_of(module_of(file)) for file in FILES}
    assert set(ALLOWED) <= layers
