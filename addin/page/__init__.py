"""One page that needs nothing: opened from a folder, it judges in the browser itself.

``road`` is what runs in the page's Python; ``build`` puts the page together. No network is used
by the page, npm's ``pyodide`` by the build alone.
"""
