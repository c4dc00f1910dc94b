"""The desk for programs: what its pages show and do, under ``/api/v1``, described by OpenAPI 3.1.

Whoever calls brings a token (RFC 6750) whose scopes are rights of the desk (`desk.permissions`). Times are ISO 8601 in
UTC. Errors are RFC 9457 problems, lists go on by a cursor in the ``Link`` header (RFC 8288), and a decision is made
against the version that was seen (``If-Match``).
"""
