"""What the benchmarks of the page share: finished runs, a browser with a clock, and the pages of peers."""
