"""Which checkpoints deserve a forward pass at all: recommended from how models did on other data sets."""
