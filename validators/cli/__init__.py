"""The command line: a command reads its arguments, calls one function of a room and prints."""
