"""Trains a small convolutional network on scikit-learn's handwritten digits (1,797 images of 8 x 8 pixels).

    python train.py                     # one run, with the defaults below
    besom sweep sweep-bayes.yaml        # or sweep-grid-hyperband.yaml; prints the agent's command

The program takes no arguments: it reads what the sweep chose from ``besom.config``.
"""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import besom

DEFAULTS = {
    "dropout": 0.5,
    "channels_one": 16,
    "channels_two": 32,
    "batch_size": 100,
    "learning_rate": 0.001,
    "epochs": 10,
}


class Network(nn.Module):
    """Two convolutions, each followed by pooling: 8 x 8 pixels become 4 x 4, then 2 x 2."""

    def __init__(self, channels_one: int, channels_two: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, channels_one, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(channels_one, channels_two, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(channels_two * 4, 10),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


def digits() -> tuple[TensorDataset, TensorDataset]:
    """Training and validation set: images as floats (N, 1, 8, 8) in [0, 1], labels as integers (N,)."""
    data = load_digits()
    images = torch.tensor(data.images / 16.0, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(data.target)
    train, val = train_test_split(range(len(labels)), test_size=0.25, random_state=0, stratify=labels)
    return TensorDataset(images[train], labels[train]), TensorDataset(images[val], labels[val])


def train_epoch(network: Network, batches: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    """One pass over the training set; returns the mean loss."""
    network.train()
    total = 0.0
    for images, labels in batches:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    return total / len(batches.dataset)


@torch.no_grad()
def validate(network: Network, data: TensorDataset) -> tuple[float, float]:
    """Loss and accuracy on the validation set."""
    network.eval()
    images, labels = data.tensors
    scores = network(images)
    accuracy = (scores.argmax(dim=1) == labels).float().mean()
    return nn.functional.cross_entropy(scores, labels).item(), accuracy.item()


def main() -> None:
    torch.manual_seed(0)
    with besom.init(project="pytorch-digits", config=DEFAULTS) as run:
        config = run.config
        train, val = digits()
        network = Network(config.channels_one, config.channels_two, config.dropout)
        optimizer = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
        batches = DataLoader(train, batch_size=config.batch_size, shuffle=True)
        for epoch in range(config.epochs):
            loss = train_epoch(network, batches, optimizer)
            val_loss, accuracy = validate(network, val)
            run.log({"epoch": epoch, "loss": loss, "val_loss": val_loss, "accuracy": accuracy})


if __name__ == "__main__":
    main()
