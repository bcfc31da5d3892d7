"""The parts of one web process by room; ``api.wiring`` puts them together."""
