"""Where the trades are put together: what a run does, when it runs, and the only floor that knows Prefect.

Each flow is three layers thin: a plain function with its helpers handed in (``crawl.py``, ``assess.py``,
``publish.py``, ``watch.py``), a task that opens store and client from settings, and a flow with JSON-able
parameters (``engine.py``).
"""
