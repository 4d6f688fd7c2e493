import pytest
from method_conformance import MethodConformance

from besom.search.grid import Grid, GridSearch


class TestGrid(MethodConformance):
    countable_only = True
    endless = False

    @pytest.fixture
    def method(self):
        return GridSearch()

    def size(self, leaves):
        return Grid(leaves).size
