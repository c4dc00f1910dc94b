"""Who enters the desk: passwords, second factors, throttling of guesses, and sessions."""
