"""The staff pages, drawn by the server: plain HTML, forms and links, and no script.

A page asks the very JSON routes that everybody may ask (``Visit.get`` and its sisters), so there is
one way to each story, with one gate, one set of roles and one description. ``page`` has what a page
is, ``site`` all of them, ``drawing`` the templates, ``rooms`` one file for each kind of work.
"""
