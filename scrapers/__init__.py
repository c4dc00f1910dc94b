"""Reading the web: finding, fetching, archiving and extracting news pages, politely."""
