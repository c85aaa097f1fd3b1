"""archi2vec: architectures as vectors, from the autograd graph of one forward pass."""
