"""Keras' callbacks, and what TensorBoard's writer says."""

import numpy as np
import tensorflow as tf
import wandb
from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint

x = np.linspace(0, 1, 32)[:, None]

with wandb.init(project="libraries", id="keras"):
    model = tf.keras.Sequential([tf.keras.layers.Input((1,)), tf.keras.layers.Dense(1)])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mse")
    callbacks = [WandbMetricsLogger(), WandbModelCheckpoint("model-{epoch}.keras")]
    model.fit(x, 2 * x, epochs=3, verbose=0, callbacks=callbacks)

with wandb.init(project="libraries", id="tensorboard", sync_tensorboard=True):
    writer = tf.summary.create_file_writer("events")
    with writer.as_default():
        for step in range(5):
            tf.summary.scalar("loss", 1 / (step + 1), step=step)
    writer.close()
