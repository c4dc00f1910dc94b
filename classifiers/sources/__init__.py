"""The health of sources, decided from what each did hour by hour.

``rhythm``: how much a source brings at which hour of which day. ``volume``: whether it has fallen silent or dropped.
``reading``: whether its pages are read as before. ``finding``: what is the matter with it, with advice. ``alarms``:
each thing told once.
"""
