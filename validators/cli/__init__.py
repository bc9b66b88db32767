"""The command line: a command reads its arguments, calls one function of a room and prints.

The add-in, whose commands stand above this room, takes from here how a command speaks.
"""

from .options import FOLDER_OUT, end, lang_option, say, tell
from .speech import Command, CommandGroup, group

__all__ = ["FOLDER_OUT", "Command", "CommandGroup", "end", "group", "lang_option", "say", "tell"]
