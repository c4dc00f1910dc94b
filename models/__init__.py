"""Learned models: how they are trained, kept, checked and loaded, and the assessor above them."""
