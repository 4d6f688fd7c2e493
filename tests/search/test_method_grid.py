import pytest
from brute_force import grid_values
from method_conformance import MethodConformance

from besom.search import Grid
from besom.search.grid_search import GridSearch


class TestGrid(MethodConformance):
    countable_only = True
    endless = False
    listed = staticmethod(grid_values)

    @pytest.fixture
    def method(self):
        return GridSearch()

    def size(self, leaves):
        return Grid(leaves).size
