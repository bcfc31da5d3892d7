"""Passkeys (WebAuthn): bound right after a strong proof, later a fresh one without a face."""
