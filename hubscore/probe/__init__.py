"""Which rows and labels are read of a data set, and how they are found."""
