"""Features of checkpoints over a probe: batches, worker processes and the cache."""
