"""The office's server: the drop page, and the same judge for add-ins without Python."""
