"""``gouji``, whatever is installed under that name."""

from gouji.validators.cli.main import main

main()
