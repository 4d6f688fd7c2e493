"""Finds the parameters that formulas, conditions and pairs speak of, by their flattened names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from besom.config.equality import same
from besom.config.expressions import ExpressionError
from besom.config.model import Categorical, Method, Parameter, Path
from besom.config.problem import show
from besom.config.spelling import did_you_mean


class Scope:
    """The parameters of a sweep by name.

    Args:
        parameters: All that are sound.
        faulty: Paths of parameters that have been reported, so that nobody reports them as unknown as well.
        method: Of the sweep; it decides which values a parameter with a step has.
    """

    def __init__(self, parameters: Sequence[Parameter], faulty: Iterable[Path], method: Method) -> None:
        self.parameters = tuple(parameters)
        self.method = method
        self._faulty = {".".join(path) for path in faulty}
        self._by_name: dict[str, list[Parameter]] = {}
        for parameter in parameters:
            self._by_name.setdefault(parameter.name, []).append(parameter)

    def find(self, name: str) -> Parameter | None:
        """The parameter called ``name``; None for one that is known to be faulty.

        Raises:
            ExpressionError: there is none, or more than one, or it is a group.
        """
        found = self._by_name.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            raise ExpressionError(f"{len(found)} parameters are called `{name}`.", "rename one of them.")
        if name in self._faulty:
            return None
        if members := [known for known in self._by_name if known.startswith(f"{name}.")]:
            raise ExpressionError(f"`{name}` is a group.", f"name one of its parameters, such as `{members[0]}`.")
        raise ExpressionError(*self._unknown(name))

    def knows(self, name: str) -> bool:
        """Whether ``name`` means anything here: a parameter, sound or not, or a group."""
        prefix = f"{name}."
        return any(known == name or known.startswith(prefix) for known in (*self._by_name, *self._faulty))

    def _unknown(self, name: str) -> tuple[str, str]:
        rule = f"There is no parameter `{name}`."
        if nested := [known for known in self._by_name if known.endswith(f".{name}")]:
            return rule, f"write its full name, `{nested[0]}`."
        for parameter in self.parameters:
            match parameter.distribution:
                case Categorical(values) if any(same(name, value) for value in values):
                    return rule, f"write {show(name)} with its quotes if the text is meant."
        if hyphenated := [known for known in self._by_name if "-" in known and name in known.split("-")]:
            return rule, f"a name with a hyphen stands in backquotes: `` `{hyphenated[0]}` ``."
        guess = did_you_mean(name, self._by_name)
        return rule + guess, "" if guess else f"name a parameter of the sweep: {', '.join(list(self._by_name)[:8])}."
