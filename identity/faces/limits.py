"""What a caller may send; known to the light client and to the process behind it."""

FRAMES = 8
FRAME_BYTES = 300_000
REFERENCE_BYTES = 1_000_000
