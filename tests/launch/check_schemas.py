"""The manifests of `besom launch kubernetes` against Kubernetes' own schemas, which are large: `make launch-checks`."""

import kubernetes_validate
import pytest

from besom.launch import kubernetes
from besom.launch.order import Order

NEWEST = int(kubernetes_validate.latest_version().split(".")[1])


@pytest.mark.parametrize("version", [f"1.{minor}" for minor in range(NEWEST - 2, NEWEST + 1)])
def test_the_newest_three_versions_accept_what_is_submitted(version):
    order = Order(
        id="0a1b2c3d",
        sweep="me/mnist/x1y2",
        url="https://besom.example",
        key="K" * 43,
        agents=4,
        at_once=2,
        one_run=True,
        gpus="2",
        gpus_per_run=1,
        cpus=4,
        memory=8192,
        seconds=14_400,
        folder="/work",
        variables={"A": "b c"},
    )
    patch = {"spec": {"template": {"spec": {"tolerations": [{"key": "spot", "operator": "Exists"}]}}}}
    for manifest in (kubernetes.job(order, "img:1"), kubernetes.job(order, "img:1", patch)):
        kubernetes_validate.validate(manifest, version, strict=True)
    kubernetes_validate.validate(kubernetes.secret(order, "uid"), version, strict=True)
