"""Figures of the offices' work: counted by a long job, month by month, read by staff."""
