"""Rule packs that come with gouji, chosen by name (``--rules evidence``). Data only, no code."""
