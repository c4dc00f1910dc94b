"""Places in a text: every toponym to its Kemendagri code, and what it has to do with the event."""
