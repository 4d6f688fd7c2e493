"""Imports point downward only (docs/architecture.md)."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "besom"

# What each part of the package may import, besides itself.
BASE = {"errors", "protocol", "names", "private_file", "server_file", "standard_streams"}
CLIENT = BASE | {"client"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "protocol": set(),
    "private_file": set(),
    "standard_streams": set(),
    "server_file": {"private_file"},
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
    "module": CLIENT | {"sdk", "agent", "controller"},
    "plot": {"sdk"},
    "<root>": CLIENT | {"config", "sdk", "agent", "controller", "module", "plot"},
}
HEAVY = {"numpy", "scipy", "sqlalchemy", "litestar", "uvicorn", "sklearn", "pandas"}
LIGHT_LAYERS = (
    "errors",
    "protocol",
    "names",
    "private_file",
    "server_file",
    "standard_streams",
    "config",
    "client",
    "sdk",
    "agent",
    "controller",
    "importing",
    "launch",
    "cli",
    "shim",
    "module",
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


MODULES = {module_of(file): file for file in FILES}


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports_of(file: Path) -> list[tuple[int, str, bool]]:
    """Line and full name of everything that a file imports, and whether it does so when it is imported itself."""
    tree = tree_of(file)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, node in tree.body) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute here"
            whole = node.module or ""
            # from besom import client: the part is what counts
            names = [f"besom.{alias.name}" for alias in node.names] if whole == "besom" else [whole]
            found += [(node.lineno, name, node in tree.body) for name in names]
    return found


def exists(part: str) -> bool:
    return (SOURCE / part).is_dir() or (SOURCE / f"{part}.py").is_file()


def steps_upward(file: Path) -> list[str]:
    """What is wrong with a file's imports."""
    layer = layer_of(module_of(file))
    if layer not in ALLOWED:
        return [f"{file}: its layer is not described in this test and in docs/architecture.md"]
    wrong = []
    for line, name, _ in imports_of(file):
        if name != "besom" and not name.startswith("besom."):
            continue
        module = name.removeprefix("besom").removeprefix(".")
        target = layer_of(module) if not module or exists(module.split(".")[0]) else "<root>"
        allowed = ALLOWED[layer]
        if target not in {layer, *allowed} and not (target.split(".")[0] in allowed and layer == "cli"):
            wrong.append(f"{file}:{line}: {layer} imports {name}, of {target}")
    return wrong


def heavy_imports(file: Path) -> set[str]:
    """What a file imports at once of what takes long."""
    return {name.split(".")[0] for _, name, at_once in imports_of(file) if at_once} & HEAVY


def needs(file: Path) -> set[str]:
    """The modules of besom that a file imports from, at once or later, for more than their types."""
    nodes = list(ast.walk(tree_of(file)))
    branches = [node for node in nodes if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    for_types = {node for branch in branches for node in ast.walk(branch)}
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node not in for_types:
            whole = node.module.removeprefix("besom.")
            found |= {part if (part := f"{whole}.{alias.name}") in MODULES else whole for alias in node.names}
    return found


# One test for all files, as one for each would take most of the time of both for being a test.
def test_a_file_imports_only_from_the_layers_below_it() -> None:
    wrong = [line for file in FILES for line in steps_upward(file)]
    assert not wrong, "\n".join(wrong)


def test_no_file_of_the_server_needs_itself_by_way_of_others() -> None:
    server = {module for module in MODULES if module.startswith("server.")}
    graph = {module: (needs(MODULES[module]) & server) - {module} for module in server}
    TopologicalSorter(graph).prepare()  # raises an error that names them


def test_the_light_layers_import_nothing_heavy() -> None:
    light = [file for file in FILES if layer_of(module_of(file)) in LIGHT_LAYERS]
    wrong = {str(file): found for file in light if (found := heavy_imports(file))}
    assert not wrong


def test_no_layer_is_described_that_does_not_exist() -> None:
    layers = {layer_of(module_of(file)) for file in FILES}
    assert set(ALLOWED) <= layers
