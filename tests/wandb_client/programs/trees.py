"""scikit-learn's plots, XGBoost's and LightGBM's callbacks."""

import lightgbm
import wandb
import xgboost
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from wandb.integration.lightgbm import log_summary, wandb_callback
from wandb.integration.xgboost import WandbCallback

x, y = load_iris(return_X_y=True)

with wandb.init(project="libraries", id="sklearn"):
    model = LogisticRegression(max_iter=500).fit(x[::2], y[::2])
    answers, chances = model.predict(x[1::2]), model.predict_proba(x[1::2])
    wandb.sklearn.plot_classifier(
        model, x[::2], x[1::2], y[::2], y[1::2], answers, chances, ["setosa", "versicolor", "virginica"], True, "iris"
    )

with wandb.init(project="libraries", id="xgboost", config={"max_depth": 2}) as run:
    data = xgboost.DMatrix(x, label=y)
    settings = {"max_depth": run.config.max_depth, "objective": "multi:softprob", "num_class": 3, "nthread": 1}
    xgboost.train(
        settings, data, 5, evals=[(data, "train")], callbacks=[WandbCallback(log_model=True)], verbose_eval=False
    )

with wandb.init(project="libraries", id="lightgbm"):
    train = lightgbm.Dataset(x, label=y)
    settings = {"objective": "multiclass", "num_class": 3, "num_threads": 1, "verbosity": -1}
    booster = lightgbm.train(
        settings, train, 5, valid_sets=[train], valid_names=["train"], callbacks=[wandb_callback()]
    )
    log_summary(booster, save_model_checkpoint=True)
