"""A made-up network of Indonesian news sites, served on loopback: what `make run` shows and the tests crawl."""
