"""Migrations of services, made by the tortoise CLI."""
