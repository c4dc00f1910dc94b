"""Learned models: how they are trained, kept, checked and loaded, and the assessor that puts them together with the rules."""
