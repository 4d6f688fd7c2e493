"""The open benchmark of search quality: problems, peers, runner and report. See ``docs/search-benchmark.md``."""
