"""The manifests in deploy/ against Kubernetes' own schemas, which are large: `make launch-checks`."""

from pathlib import Path

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

MANIFESTS = list(YAML(typ="safe").load_all(Path(__file__).parents[2] / "deploy" / "kubernetes.yaml"))
NEWEST = int(kubernetes_validate.latest_version().split(".")[1])


@pytest.mark.parametrize("version", [f"1.{minor}" for minor in range(NEWEST - 2, NEWEST + 1)])
@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["kind"])
def test_the_newest_three_versions_accept_it(version, manifest):
    kubernetes_validate.validate(manifest, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**manifest, "unknown": 1}, version, strict=True)
