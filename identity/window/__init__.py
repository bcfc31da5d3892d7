"""Verification at a window: two members of staff stand in for the face.

    the resident's device asks and shows a code → a clerk types it, looks at the document and
    types name and number → a supervisor, another person, confirms → the device fetches tokens

A request is in one of ``states.State``; what it holds of the person is emptied when it ends.
"""
