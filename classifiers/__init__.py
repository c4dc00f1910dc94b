"""Reading Indonesian: text, cues, severity, times, places, copies, incidents; pure, knowing neither web nor store."""
