"""Search in the user's own process: built in, a function of theirs, Optuna or Ax. The server passes the messages.

loop          keeps a sweep's queue filled and stops hopeless runs; asks a source what to run
source        the interface: where the next configuration comes from
builtin       besom's own search and its rules of stopping
functions     functions of the user
engines       Optuna and Ax
runs          the sweep's runs, kept up to date
presence      makes sure that only one is at work per sweep
controller    ``besom.controller``, the object to configure and to drive by hand
"""
