"""What is done with one unit's files, one or many of them: check, flag, fill, import, last year."""
