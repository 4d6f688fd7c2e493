"""The Optuna study of a sweep: kept in a file, with a pruner that ends hopeless runs."""

import optuna


def study(sweep):
    return optuna.create_study(
        study_name=sweep.id,
        storage="sqlite:///study.db",
        load_if_exists=True,
        direction=sweep.metrics[0].goal,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=3),
    )
