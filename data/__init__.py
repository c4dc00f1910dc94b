"""The bottom floor: the records between steps, the error tree, reference tables, and where all of it is kept."""
