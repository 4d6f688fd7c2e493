#!/bin/sh
# Around an MPI launcher: it gets SIGUSR1 where this script gets SIGTERM, for launchers pass SIGUSR1 on to all ranks,
# but end them soon, or at once, when they get SIGTERM themselves. rank.sh turns it back:
#
#     ./launch.sh mpirun -np 4 ./rank.sh python train.py
#
setsid "$@" &  # in a group of its own: the agent signals the whole group of what it started, hence this script only
launcher=$!
trap 'kill -USR1 $launcher' TERM
trap 'kill -INT $launcher' INT
wait $launcher
code=$?
while kill -0 $launcher 2>/dev/null; do  # a signal ended the wait, not the launcher
  wait $launcher
  code=$?
done
exit $code
