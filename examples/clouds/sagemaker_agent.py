"""Starts a SageMaker training job that works for a sweep: ``python sagemaker_agent.py ENTITY/PROJECT/ID ROLE_ARN``.

The job is given this folder: it installs ``requirements.txt``, and runs this file again, as the agent. Start as many
jobs as you like. Address and key come from your own environment and reach the job in its own.
"""

import os
import sys

import besom


def start_job(sweep: str, role: str) -> None:
    """On your machine; needs the ``sagemaker`` package and AWS credentials."""
    from sagemaker.pytorch import PyTorch  # not needed inside the job

    PyTorch(
        entry_point="sagemaker_agent.py",
        source_dir=".",
        role=role,
        framework_version="2.5",
        py_version="py311",
        instance_count=1,
        instance_type="ml.m5.large",
        max_run=3600,
        environment={"SWEEP": sweep, **{name: os.environ[name] for name in ("BESOM_BASE_URL", "BESOM_API_KEY")}},
    ).fit(wait=False)


if __name__ == "__main__":
    if "TRAINING_JOB_NAME" in os.environ:  # SageMaker sets it
        besom.agent(os.environ["SWEEP"])
    else:
        start_job(*sys.argv[1:3])
