"""The edition files: one TOML per published version of the national form. Data only, no code."""
