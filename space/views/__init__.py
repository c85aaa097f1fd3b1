"""One file per view; each turns a page into HTML."""
