"""What the files in this folder run: nearest neighbours on scikit-learn's digits. Put your program in its place."""

import argparse

from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

import besom

parser = argparse.ArgumentParser()
parser.add_argument("--neighbors", type=int, default=5)
with besom.init(project="clouds", config=parser.parse_args()) as run:
    images, labels = load_digits(return_X_y=True)
    model = KNeighborsClassifier(run.config.neighbors)
    run.log({"accuracy": cross_val_score(model, images, labels, cv=3).mean()})
