"""Inside the training process: runs, config, summary, spool, sender."""
