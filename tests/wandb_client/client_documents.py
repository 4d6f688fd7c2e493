"""The GraphQL documents that the installed client can send, read from its files without running it."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from wandb_user import CLIENT_BIN

_STARTS = re.compile(r"(?:\s*#[^\n]*\n)*\s*(?:query|mutation|fragment)\s+(\w+)[^{]*\{")
_IN_PROGRAM = re.compile(rb"(?:query|mutation) \w+ [({]")
_FRAGMENT_NEXT = re.compile(rb"\s*fragment \w+ on ")

_FILLED_IN: dict[str, list[tuple[str, ...]]] = {
    "Run": [("RunFragment",), ("LightweightRunFragment",)],
    "Runs": [("RunFragment",), ("LightweightRunFragment",)],
    "DeleteRun": [(), ("$deleteArtifacts: Boolean", "deleteArtifacts: $deleteArtifacts")],
    "RunFullHistory": [("history",), ("events",)],
    "UseArtifact": [
        (
            "$entityName: String!, $projectName: String!, $runName: String!, $artifactID: ID!, $usedAs: String, "
            "$artifactEntityName: String, $artifactProjectName: String",
            "entityName: $entityName, projectName: $projectName, runName: $runName, artifactID: $artifactID, "
            "usedAs: $usedAs, artifactEntityName: $artifactEntityName, artifactProjectName: $artifactProjectName",
        )
    ],
}
"""What the client puts into the gaps of documents that it makes as it goes, by operation. All other gaps are for
fragments, which are found by their names."""
_LEFT_OUT = "sdk/launch/"
"""W&B Launch, which besom has no part of, puts its documents together piece by piece."""
_REPLACED = {"_PROJECT_QUERY_": "project { id name entity { id name } }"}
"""Words of a document that the client replaces before it sends it."""


@dataclass(frozen=True)
class Document:
    """One operation and the fragments that it uses."""

    name: str
    text: str
    """In the printed form of graphql-core, so that white space does not matter."""
    source: str


def installed() -> Path:
    """The folder of the client's package."""
    return next((CLIENT_BIN.parent / "lib").glob("python3*/site-packages")) / "wandb"


def collect(package: Path) -> list[Document]:
    """All documents of the client that is installed in this folder, each once."""
    parts: list[tuple[str, DocumentNode]] = []
    for path in sorted(package.rglob("*.py")):
        text, source = path.read_text(encoding="utf-8"), path.relative_to(package).as_posix()
        if ("query " in text or "mutation " in text) and not source.startswith(_LEFT_OUT):
            parts += [(source, parse(found)) for found in _in_python(ast.parse(text))]
    parts += [("bin/wandb-core", parse(found)) for found in _in_program((package / "bin/wandb-core").read_bytes())]
    return _documents(parts)


def _in_python(tree: ast.AST) -> Iterator[str]:
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
            yield from _filled("".join(map(str, texts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            text = node.value
            if "{{" in text:  # for str.format
                text = text.replace("{}", "\0").replace("{{", "{").replace("}}", "}")
            yield from _filled(text)


def _filled(text: str) -> Iterator[str]:
    start = _STARTS.match(text)
    if start is None:
        return
    for word, meant in _REPLACED.items():
        text = text.replace(word, meant)
    around = text.split("\0")
    for pieces in _FILLED_IN.get(start[1], [()]) if len(around) > 1 else [()]:
        yield "".join(chain.from_iterable(zip_longest(around, pieces, fillvalue="")))


def _in_program(data: bytes) -> Iterator[str]:
    for start in _IN_PROGRAM.finditer(data):
        end = _after_braces(data, data.index(b"{", _after_arguments(data, start.end() - 1)))
        while fragment := _FRAGMENT_NEXT.match(data, end):
            end = _after_braces(data, data.index(b"{", fragment.end()))
        yield data[start.start() : end].decode()


def _after_arguments(data: bytes, at: int) -> int:
    return data.index(b")", at) if data[at : at + 1] == b"(" else at


def _after_braces(data: bytes, at: int) -> int:
    depth = 0
    while True:
        depth += {b"{": 1, b"}": -1}.get(data[at : at + 1], 0)
        at += 1
        if depth == 0:
            return at


def _documents(parts: Iterable[tuple[str, DocumentNode]]) -> list[Document]:
    operations: list[tuple[str, OperationDefinitionNode, dict[str, FragmentDefinitionNode]]] = []
    everywhere: dict[str, FragmentDefinitionNode] = {}
    for source, document in parts:
        own = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        everywhere.update(own)
        operations += [
            (source, node, own) for node in document.definitions if isinstance(node, OperationDefinitionNode)
        ]
    found: dict[str, Document] = {}
    for source, operation, own in operations:
        assert operation.name is not None, f"{source} has an operation without a name"
        nodes = [operation, *_used(operation, {**everywhere, **own})]
        text = "\n".join(map(print_ast, nodes))
        found.setdefault(text, Document(operation.name.value, text, source))
    return sorted(found.values(), key=lambda document: (document.name, document.text))


def _used(
    node: OperationDefinitionNode | FragmentDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    used: dict[str, FragmentDefinitionNode] = {}
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode] = [node]
    while waiting:
        for name in _spread(waiting.pop()):
            if name not in used:
                used[name] = fragments[name]
                waiting.append(fragments[name])
    return [used[name] for name in sorted(used)]


def _spread(node: OperationDefinitionNode | FragmentDefinitionNode) -> list[str]:
    names: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            names.append(spread.name.value)

    visit(node, Spreads())
    return names


def digests(documents: Iterable[Document]) -> list[str]:
    """A line per document, to tell what an upgrade of the client has changed."""
    return [f"{document.name} {hashlib.sha256(document.text.encode()).hexdigest()[:12]}" for document in documents]


if __name__ == "__main__":  # prints what documents.txt holds
    print("\n".join(digests(collect(installed()))))
