"""The base of every error that the room `templates` raises."""


class TemplateError(Exception):
    """Something about a template, a document or an image that stops the work.

    The first argument is an English message id with `{named}` blanks, so that the command line can translate it;
    the keywords fill the blanks. Values never hold the text or the prices of a document, only where and what kind.
    """

    transient = False

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message.format(**values))
        self.message = message
        self.values = values
