"""Floor 3: httpx clients, transports and WebSocket sessions over the engine. No history, no views, no notebook."""
