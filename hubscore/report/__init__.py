"""Files, tables and pictures of rankings, model maps, layers and tasks."""
