"""The one renderer: nothing runs, nothing takes long, and Japanese stays as it was typed."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
import pytest

from workbook.markdown import ATTRIBUTES, SCHEMES, TAGS, render

ALLOWED = {tag: ATTRIBUTES.get(tag, set()) for tag in TAGS}
ALLOWED["a"] = ALLOWED["a"] | {"rel"}

ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript%3Aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "tel:+81300000000",
    "ftp://example.com/",
    "ｊａｖａｓｃｒｉｐｔ:alert(1)",
    "//example.com@evil.example/",
    'https://example.com/" onclick="alert(1)',
    "https://example.com/' onmouseover='alert(1)",
    'https://example.com/" style="position:fixed',
]
LINKS = [
    shape.format(address)
    for address in ADDRESSES
    for shape in ("[押して]({})", "[押して](<{}>)", "<{}>", '<a href="{}">押して</a>', "[x]\n\n[x]: {}")
]
PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<script\x0c>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</p><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "![x](javascript:alert(1))",
    '![x](https://evil.example/track.gif "t")',
    '![x" onerror="alert(1)](x)',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<button formaction=javascript:alert(1)>x",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style='background:url(https://evil.example/)'>x</p>",
    "<div id=csrfmiddlewaretoken name=body class=button>x</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<template><script>alert(1)</script></template>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<a href='https://example.com/' onclick=alert(1)>x</a>",
    "<a\nhref=javascript:alert(1)>x</a>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "```\n<script>alert(1)</script>\n```",
    "```<script>alert(1)</script>\nx\n```",
    '```js" onclick="alert(1)\nx\n```',
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "**<img src=x onerror=alert(1)>**",
    '[x](https://example.com/ "\\" onclick=alert(1)")',
    "[<img src=x onerror=alert(1)>](https://example.com/)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "＜script＞alert(1)＜/script＞",
    "\ufeff<script>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "\u202e<script>alert(1)</script>",
    "\ue3f0<script>alert(1)</script>",
    "https://example.com/<script>alert(1)</script>",
    'https://example.com/"onmouseover=alert(1)',
    '<https://example.com/"onmouseover=alert(1)>',
    'me@example.com"onmouseover=alert(1)',
    "{{ 7*7 }}{% debug %}",
]


class Inspector(HTMLParser):
    """Collects whatever is not allowed in the rendered text."""

    def __init__(self, html):
        super().__init__()
        self.faults, self.links, self.tags = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ALLOWED:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in ALLOWED.get(tag, ()):
                self.faults.append(f"{tag}.{name}")
            if name == "href":
                self.links.append(value)
                self.check_link(value)

    def check_link(self, value):
        parts = urlsplit(value)
        if parts.scheme not in SCHEMES and (parts.scheme or ":" in value.split("/")[0]):
            self.faults.append(value)

    def handle_comment(self, data):
        self.faults.append(f"<!--{data}")

    def handle_decl(self, decl):
        self.faults.append(f"<!{decl}")

    def handle_pi(self, data):
        self.faults.append(f"<?{data}")

    def unknown_decl(self, data):
        self.faults.append(f"<![{data}")


def inspect(text):
    return Inspector(str(render(text)))


def again(html):
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow ugc"
    )


@pytest.mark.parametrize("payload", [*PAYLOADS, *LINKS])
def test_nothing_runs(payload):
    for text in (payload, f"ことば {payload} ことば", f"- a\n\n  {payload}\n"):
        assert inspect(text).faults == []


@pytest.mark.parametrize("payload", [*PAYLOADS, *LINKS])
def test_sanitizing_twice_changes_nothing(payload):
    html = str(render(payload))
    assert again(html) == html


def test_there_are_enough_payloads():
    assert len(set(PAYLOADS)) >= 60


def test_links_give_nothing_away():
    assert 'rel="noopener noreferrer nofollow ugc"' in render("https://example.com/")


PATHOLOGICAL = [
    *("*", "_", "~", "`", "[", "]", "(", "<", ">", "\\", "&", "!", "|", "-", "#", "\n", "\u3000", "「", "😊"),
    *(
        "**",
        "*a",
        "*a ",
        "_a_",
        "a**b",
        "~~",
        "`a",
        "``` ",
        "[a](",
        "[](",
        "![",
        "[[",
        "<a ",
        "<!--",
        "</",
        "&#",
        "&amp;",
    ),
    *("> ", ">", "- ", "* ", "1. ", "# ", "|a", "|-", "a|b\n-|-\n", "a\n---\n", "[a]: b\n", "\t", "  ", " \n", "\\\n"),
    *(
        "http://",
        "http://a.b",
        "https://a.b/を",
        "www.",
        "a@b.c ",
        "a@",
        ":",
        "://",
        "a.jp",
        "mailto:",
        "a.",
        "**「あ」**",
        "*あ*い",
    ),
]


def seconds(text):
    """Of the processor's time; a busy machine gets three attempts."""
    started = time.process_time()
    render(text)
    return time.process_time() - started


@pytest.mark.parametrize("piece", PATHOLOGICAL)
def test_a_hundred_thousand_signs_take_under_a_second(piece):
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    assert any(seconds(text) <= 1 for _attempt in range(3))


def test_line_breaks_are_line_breaks():
    assert render("一行目\n二行目").count("<br") == 1
    assert render("一段目\n\n二段目").count("<p>") == 2


def test_full_width_indent_stays():
    assert "<p>\u3000一字下げ" in render("\u3000一字下げ")
    assert "\u3000\u3000二字下げ" in render("はじめ\n\u3000\u3000二字下げ")
    assert inspect("\u3000- 一字下げ").tags == ["p"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.com/を見て", "https://example.com/"),
        ("https://example.com/a?b=c、それから", "https://example.com/a?b=c"),
        ("（https://example.com/）", "https://example.com/"),
        ("https://example.com/。", "https://example.com/"),
        ("サイトはhttps://example.com/x です", "https://example.com/x"),
        ("https://example.com/\u3000よろしく", "https://example.com/"),
        ("<https://example.com/>です", "https://example.com/"),
        ("https://example.com/a_b_c/_d_/です", "https://example.com/a_b_c/_d_/"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("**https://example.com/**", "https://example.com/"),
        ("HTTPS://example.com/x", "HTTPS://example.com/x"),
        ("| https://example.com/ |\n|---|", "https://example.com/"),
    ],
)
def test_links_end_before_japanese(text, address):
    assert inspect(text).links == [address]


@pytest.mark.parametrize(
    "text", ["https://", "https:///", "xhttp//example.com", "[x](../y)", "[x](#y)", "[x](y)", "ftp://x"]
)
def test_what_is_no_link(text):
    assert inspect(text).links == []


def test_link_in_a_link_is_text():
    assert inspect("[https://example.com/a](https://example.com/b)").links == ["https://example.com/b"]


def test_mail_addresses_are_links():
    assert inspect("me@example.comまで").links == ["mailto:me@example.com"]


@pytest.mark.parametrize("divider", ["---", "----------", "- - -", "***", "___"])
def test_dashes_under_a_text_are_a_divider(divider):
    assert inspect(f"ことば\n{divider}\nつづき").tags[:1] == ["p"]
    assert "hr" in inspect(f"ことば\n{divider}\nつづき").tags
    assert "h4" not in inspect(f"ことば\n{divider}\nつづき").tags


def test_equals_under_a_text_are_a_text():
    assert "h4" not in inspect("ことば\n===").tags


def test_headings_have_one_level():
    assert inspect("# 大\n## 中\n###### 小").tags == ["h4"] * 3


def test_emphasis_next_to_japanese_signs():
    assert "<strong>「大切」</strong>" in render("とても**「大切」**です")


def test_lists_and_tables():
    assert inspect("- a\n  - b\n1. c").tags == ["ul", "li", "ul", "li", "ol", "li"]
    assert "start" in render("3. みっつ")
    assert inspect("|a|b|\n|:-|-|\n|1|2|").tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert "~~" not in render("~~やめた~~")


def test_images_are_not_loaded():
    assert "img" not in inspect("![写真](https://example.com/a.png)").tags


@pytest.mark.parametrize("text", ["", " ", "\n", "\u3000", "<", "&", "😊", "葛󠄀", "\x00", "\u2028"])
def test_small_texts_do_not_break(text):
    assert inspect(text).faults == []
