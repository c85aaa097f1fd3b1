"""One file a view; each turns a page into HTML."""
