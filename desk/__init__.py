"""What people touch: the command line, and the desk in a browser."""
