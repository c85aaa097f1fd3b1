"""A saved map of networks: who is near whom, judged by where they look or how they arrange the same images."""
