"""Images: decoding, transforms and their inverse."""
