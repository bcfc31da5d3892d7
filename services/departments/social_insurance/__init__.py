"""The social insurance bureau."""
