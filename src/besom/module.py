"""The class of the module ``besom`` itself: ``besom.config``, ``besom.summary``, ``besom.run`` follow the active run.

Three names are taken twice. Users know ``besom.config`` (the run's configuration), ``besom.agent`` (a function) and
``besom.controller`` (a class); packages bear the same names, and Python's import system sets a package as an attribute
of its parent when it is first imported, whoever imports it. As properties of the module's class the names
cannot be overwritten that way: attribute access gives the user's object, always; ``from besom.config import load`` and
``import besom.agent.loop`` work through ``sys.modules`` and give the packages. Only ``import besom.config as name``
reads the attribute, so it gives the user's object too.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from besom.errors import UsageError
from besom.sdk import current

if TYPE_CHECKING:
    from besom.controller.controller import Controller
    from besom.sdk.config import Config
    from besom.sdk.run import Run
    from besom.sdk.summary import Summary


class BeforeInit:
    """Stands for an object that exists only while a run is active; says so when it is used."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        if current.run() is not None:
            raise UsageError(
                f"This {self._name} is the one from before besom.init(), and holds nothing.",
                f"Write besom.{self._name} or run.{self._name} where you use it; what was imported does not follow it.",
            )
        raise UsageError(f"besom.{self._name} was used, and no run is active.", "Call besom.init() first.")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # asked by copy, inspect, doctest, ...: not a use
            raise AttributeError(name)
        self._refuse()

    __setattr__ = __delattr__ = _refuse
    __getitem__ = __setitem__ = __delitem__ = __contains__ = __iter__ = __len__ = _refuse

    def __repr__(self) -> str:
        return f"<besom.{self._name} before besom.init()>"


class BesomModule(ModuleType):
    """The class of the module ``besom``."""

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        """Functions that use ``besom`` travel to other processes; picklers know only modules of the plain class."""
        return import_module, (self.__name__,)

    @property
    def run(self) -> Run | None:
        """The active run; None when there is none, as scripts that ask ``wandb.run is None`` expect."""
        return current.run()

    @property
    def config(self) -> Config | BeforeInit:
        """Configuration of the active run."""
        active = current.run()
        return BeforeInit("config") if active is None else active.config

    @config.setter
    def config(self, value: Any) -> None:
        if isinstance(value, ModuleType):  # the import system, see above
            return
        active = current.run()
        if active is None:
            raise UsageError("besom.config was set, and no run is active.", "Call besom.init(config=...) instead.")
        active.config.update(value, allow_val_change=True)

    @property
    def summary(self) -> Summary | BeforeInit:
        """Summary of the active run."""
        active = current.run()
        return BeforeInit("summary") if active is None else active.summary

    @property
    def agent(self) -> Callable[..., None]:
        """Runs an agent in this program; see ``besom.agent.entry``."""
        from besom.agent.entry import agent  # late: `import besom` stays light

        return agent

    @agent.setter
    def agent(self, value: Any) -> None:
        if not isinstance(value, ModuleType):
            raise TypeError("besom.agent cannot be replaced")

    @property
    def controller(self) -> type[Controller]:
        """A sweep whose search runs in this program; see ``besom.controller.controller``."""
        from besom.controller.controller import Controller  # late, likewise

        return Controller

    @controller.setter
    def controller(self, value: Any) -> None:
        if not isinstance(value, ModuleType):
            raise TypeError("besom.controller cannot be replaced")
