"""The command line: one file per verb, options, help and output, no logic."""
