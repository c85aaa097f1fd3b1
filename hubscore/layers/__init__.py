"""Which layer of a network to transfer: every layer in one pass, scored by labels or by a network of the target
task.
"""
