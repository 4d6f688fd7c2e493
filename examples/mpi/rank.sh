#!/bin/sh
# Around the program, once per rank: SIGUSR1 becomes SIGTERM again (see launch.sh), and besom gets to know the rank, for
# only rank 0 logs.
export RANK="${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-${SLURM_PROCID:-0}}}"
(trap '' USR1; exec "$@") &  # launchers signal the rank's whole group: the program itself ignores SIGUSR1
program=$!
trap 'kill -TERM $program' USR1 TERM
wait $program
code=$?
while kill -0 $program 2>/dev/null; do
  wait $program
  code=$?
done
exit $code
