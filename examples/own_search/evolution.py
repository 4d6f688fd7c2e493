"""A small evolution: the four best runs are parents, a child has its values from two of them, moved a little.

The runs are all that it knows, and its chances follow from their number, so that it may be ended and started again.
"""

import math
import random

from besom.search import Search

PARENTS = 4


def propose(config, runs):
    """The values of the next run, from the sweep's configuration and all its runs."""
    chance = random.Random(len(runs))
    done = sorted((run for run in runs if run.value is not None), key=lambda run: -run.value)
    if len(done) < PARENTS:
        return Search(config, method="random", seed=len(runs)).ask()
    mother, father = chance.sample(done[:PARENTS], 2)
    child = {name: chance.choice([mother, father]).config[name] for name in config["parameters"]}
    for name in ("alpha", "learning_rate"):
        low, high = config["parameters"][name]["min"], config["parameters"][name]["max"]
        child[name] = min(max(child[name] * math.exp(chance.gauss(0, 0.5)), low), high)
    return child
