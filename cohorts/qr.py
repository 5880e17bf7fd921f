"""QR codes, drawn here: no link is handed to a service that draws them."""

import io

import qrcode
from qrcode.image.svg import SvgPathFillImage

QUIET = 4
"""Modules of white around the code, as the standard asks for; readers need it on a dark page too."""
DOT = 10
"""Pixels of one module in a picture: large enough to print."""


def as_svg(text: str) -> bytes:
    """The code as a drawing, black on white in any theme; without styles, which the page's policy would refuse."""
    return qrcode.make(text, image_factory=SvgPathFillImage, border=QUIET).to_string()


def as_png(text: str) -> bytes:
    """The code as a picture, for chats and slides that take no drawings."""
    picture = io.BytesIO()
    qrcode.make(text, border=QUIET, box_size=DOT).save(picture, format="PNG")
    return picture.getvalue()
