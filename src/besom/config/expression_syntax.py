"""What a formula may consist of: text in, a checked syntax tree out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from besom.config.expression_functions import FUNCTIONS, MOST_BITS

LONGEST = 1000
"""Characters of a formula."""
_DEEPEST = 100


class ExpressionError(ValueError):
    """A formula that cannot be read, or not be computed for some values; ``fix`` says what to write."""

    def __init__(self, rule: str, fix: str = "") -> None:
        self.fix = fix
        super().__init__(rule)


_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant, ast.Name,
    ast.List, ast.Tuple, ast.Load, ast.And, ast.Or, ast.Not, ast.UAdd, ast.USub, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.FloorDiv, ast.Mod, ast.Pow, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip
_WORDS = {"true": True, "false": False, "null": None}
"""YAML's spellings, beside Python's."""
_LANGUAGE = (
    "use numbers, quoted text, names of parameters, + - * / // % **, comparisons, `in`, and, or, not, `a if b else c`"
)
_BETTER = {ast.BitXor: "write `**` for a power.", ast.BitAnd: "write `and`.", ast.BitOr: "write `or`.",
           ast.Is: "write `==`.", ast.IsNot: "write `!=`."}  # fmt: skip
_TEXT_OR_QUOTED_NAME = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|`([^`]+)`""")
_PLACEHOLDER = "quoted_name_{}_"


def parse(text: str) -> ast.Expression:
    """The checked syntax tree; each parameter is one ``Name`` with its flattened name, dots included."""
    if len(text) > LONGEST:
        raise ExpressionError(f"A formula has at most {LONGEST} characters.", "compute long formulas in your program.")
    readable, quoted = _without_quoted_names(" ".join(text.splitlines()).strip())
    try:
        tree = ast.parse(readable, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("This is not a formula.", _likely_slip(text)) from None
    _check_depth(tree)
    _Names(quoted).visit(tree)
    for node in ast.walk(tree):
        _check_node(node)
    return tree


def _without_quoted_names(text: str) -> tuple[str, dict[str, str]]:
    """Puts placeholders for names in backquotes, as in `` `batch-size` ``, outside of quoted text."""
    quoted: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1]
        placeholder = _PLACEHOLDER.format(len(quoted))
        quoted[placeholder] = match[2]
        return f" {placeholder} "

    return _TEXT_OR_QUOTED_NAME.sub(replace, text).strip(), quoted


class _Names(ast.NodeTransformer):
    """Makes a dotted name one name, and YAML's words for constants constants."""

    def __init__(self, quoted: Mapping[str, str]) -> None:
        self._quoted = quoted

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in _WORDS:
            return ast.Constant(_WORDS[node.id])
        node.id = self._quoted.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        inner = self.visit(node.value)
        if isinstance(inner, ast.Name):
            return ast.Name(f"{inner.id}.{node.attr}", ast.Load())
        raise ExpressionError(f"`.{node.attr}` can only be part of a name.", f"{_LANGUAGE}.")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            called = ast.unparse(node.func)
            raise ExpressionError(f"There is no function `{called}`.", f"use one of {', '.join(sorted(FUNCTIONS))}.")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError("Functions take plain arguments only.", f"write `{node.func.id}(a, b)`.")
        node.args = [self.visit(argument) for argument in node.args]
        return node


def names_of(node: ast.AST) -> Iterator[str]:
    """The parameters' names below ``node``; what is called is no parameter, even one of the same name."""
    if isinstance(node, ast.Name):
        yield node.id
    for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from names_of(child)


def _check_depth(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise ExpressionError(f"A formula is at most {_DEEPEST} levels deep.", "compute long formulas in your program.")


def _check_node(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        fix = _BETTER.get(type(node), f"{_LANGUAGE}.")
        raise ExpressionError(f"A formula cannot hold {_described(node)}.", fix)
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, int | float | str | None):
            raise ExpressionError(f"A formula cannot hold the value {node.value!r}.", "use numbers and quoted text.")
        if isinstance(node.value, int) and node.value.bit_length() > MOST_BITS:
            raise ExpressionError("A whole number here is too large.", "use a smaller number.")


def _described(node: ast.AST) -> str:
    try:
        return f"`{ast.unparse(node)}`" if isinstance(node, ast.expr) else f"the operator {type(node).__name__}"
    except (ValueError, RecursionError):
        return type(node).__name__


def _likely_slip(text: str) -> str:
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return "write `==` to compare."
    if re.search(r"&&|\|\||!(?!=)", text):
        return "write `and`, `or`, `not`."
    return (
        'check parentheses and quotes, as in `lr * batch_size > 10` or `optimizer == "sgd"`; names that Python would '
        "not take stand in backquotes: `` `batch-size` ``."
    )
