"""Reading Indonesian: text, cues, severity, times, places, copies and incidents; pure, knowing neither web nor store."""
