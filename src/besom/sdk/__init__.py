"""Inside the training process: the run, its configuration and summary, its file on disk, its sender.

A value's way: ``run`` encodes it and appends it to the ``spool``; the ``sender`` thread has the ``stream`` carry the
file to the server. ``sync`` does the same for files whose process is gone.
"""
