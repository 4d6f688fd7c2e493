#!/bin/bash
# Each job of the array makes one run of the sweep, at most twelve at a time:
#
#     besom sweep sweep.yaml
#     sbatch array.sh ENTITY/PROJECT/ID
#
#SBATCH --job-name=sweep
#SBATCH --array=1-24%12
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%A_%a.out

# exec: the agent takes the place of this shell, and gets Slurm's signals.
exec besom agent --count 1 "${1:?Usage: sbatch array.sh ENTITY/PROJECT/ID}"
