"""A program configured by Hydra: the sweep overrides keys of ``conf/config.yaml``, also nested ones.

    python train.py model.kernel=linear # Hydra's own syntax
    besom sweep sweep.yaml              # prints the agent's command

``${args_no_hyphens}`` in the sweep file makes ``model.C=0.5`` of the parameter ``model.C``.
"""

import hydra
from omegaconf import DictConfig, OmegaConf
from sklearn.datasets import load_wine
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import besom


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(config: DictConfig) -> None:
    with besom.init(project="hydra", config=OmegaConf.to_container(config, resolve=True)) as run:
        data, labels = load_wine(return_X_y=True)
        model = make_pipeline(StandardScaler(), SVC(C=config.model.C, kernel=config.model.kernel))
        run.log({"accuracy": cross_val_score(model, data, labels, cv=config.folds).mean()})


if __name__ == "__main__":
    main()
