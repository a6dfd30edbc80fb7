"""What stops an import as a whole."""


class ImportRefusedError(Exception):
    """The file or its mapping cannot be trusted; nothing was stored. The message says what to mend."""
