"""A checkpoint becomes a network: timm and transformers, their layers, heads and tokenizers."""
