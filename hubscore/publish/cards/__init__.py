"""Model cards: our result in their metadata, by commit or by pull request."""
