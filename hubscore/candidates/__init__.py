"""Which checkpoints: Hub search and filters, explicit ids, local folders, and the plan before anything is
downloaded.
"""
