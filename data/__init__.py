"""The bottom floor: the records that pass between steps, the error tree, reference tables, and where all of it is kept."""
