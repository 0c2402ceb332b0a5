"""Floor 3: memory and reading. Sends requests, keeps exchanges, reads routes and state; renders nothing."""
