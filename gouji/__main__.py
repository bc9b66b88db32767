"""``python -m gouji``: the command line."""

from gouji.validators.cli.main import main

if __name__ == "__main__":
    main(prog_name="gouji")
