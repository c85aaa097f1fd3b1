"""The edge to the Hugging Face Hub: the client, its errors, and what is worth a second try."""
