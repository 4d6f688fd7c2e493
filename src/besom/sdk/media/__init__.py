"""Values that are pictures, tables, sounds: small descriptions in the history, their bytes as files of the run."""
