"""Texts that systems lose: every one must come back to the letter, after what is documented and nothing else.

`CASES` by name. `as_kept` is the documented normalisation: line ends become LF. `is_refused` says which texts no
database can hold (NUL, half an emoji): the server refuses them, and the page mends them before (`mended`).
"""

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 100_000
SURROGATE = re.compile("[\ud800-\udfff]")


def as_kept(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_refused(text: str) -> bool:
    return "\0" in text or bool(SURROGATE.search(text))


def mended(text: str) -> str:
    """What the page sends in place of a text that would be refused."""
    return SURROGATE.sub("\ufffd", as_kept(text).replace("\0", ""))


def name_of(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control sign')}"


def controls() -> Iterator[tuple[str, str]]:
    """Every C0 and C1 sign, DEL, and noncharacters."""
    for code in [*range(0x20), *range(0x7F, 0xA0), 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF]:
        yield f"inside: {name_of(chr(code))}", f"まえ{chr(code)}あと"


HALVES = {
    "high half": "あ\ud83dい",
    "low half": "あ\ude00い",
    "high half at the end": "うれしい\ud83c",
    "low half at the beginning": "\udf31芽",
    "halves the wrong way round": "\ude00\ud83d",
    "two high halves": "\ud83d\ud83d",
    "half a flag": "🇯\ud83c",
    "half beside a whole emoji": "😀\ud83d",
    "NUL and a half": "\0\udfff",
    "NUL alone": "\0",
    "NUL at the end": "おわり\0",
}


def spaces() -> Iterator[tuple[str, str]]:
    """Every space that Unicode has: first, last and alone. None is trimmed."""
    for code in [0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]:
        sign = chr(code)
        yield f"first: {name_of(sign)}", f"{sign}段落"
        yield f"last: {name_of(sign)}", f"文末{sign}{sign}"
        yield f"alone: {name_of(sign)}", sign


def invisible() -> Iterator[tuple[str, str]]:
    """Signs without a width, that steer direction or joining, or only look like a line end."""
    codes = [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180E, *range(0x200B, 0x2010), 0x2028, 0x2029]
    codes += [*range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070), 0x2800, 0x3164, 0xFEFF, 0xFFA0]
    codes += [*range(0xFFF9, 0xFFFE), 0xE0001, 0xE0020, 0xE007F]
    for code in codes:
        sign = chr(code)
        yield f"between: {name_of(sign)}", f"一{sign}二"
        yield f"around: {name_of(sign)}", f"{sign}一\n{sign}\n二{sign}"


LINES = {
    "one line end": "\n",
    "five line ends": "\n" * 5,
    "first line empty": "\n一行目は空",
    "two first lines empty": "\n\n二行空けて",
    "three first lines empty": "\n\n\n三行空けて",
    "last line empty": "おわり\n",
    "three last lines empty": "おわり\n\n\n",
    "empty lines around": "\n\nなか\n\n",
    "many empty lines between": "一\n\n\n\n\n\n二",
    "CRLF": "一\r\n二\r\n",
    "CR": "一\r二\r",
    "CRLF first": "\r\n一",
    "CR first": "\r一",
    "LF CR": "一\n\r二",
    "CR CR LF": "一\r\r\n二",
    "all kinds": "一\n二\r\n三\r四\n\r五",
    "spaces at line ends": "二つの空白  \n次の行 \n\t\n   \nおわり  ",
    "only blank lines": " \n\u3000\n\t\n",
    "indented with U+3000": "\u3000今日は。\n\u3000\u3000明日は。\n",
    "tabs": "\t字下げ\n\t\t二段\n列\t列\t列",
    "line separators": "一\u2028二\u2029三\u0085四\u000b五\u000c六",
    "ten thousand lines": "行\n" * 10_000,
    "ten thousand empty lines": "\n" * 10_000,
}

JAPANESE = {
    "IVS 葛󠄀": "葛\U000e0100城市と葛\U000e0101飾区",
    "IVS 辻": "辻\U000e0100さんと辻\U000e0101さん",
    "IVS alone": "\U000e0100",
    "compatibility ideographs": "神\ufa19・塚\ufa10・福\ufa1b・都\ufa26",
    "NFD が": "か\u3099き\u3099く\u3099はひ\u309aふ\u309a",
    "NFC and NFD side by side": "が が か\u3099 か゛",
    "NFD only": unicodedata.normalize("NFD", "ガギグゲゴ、パピプペポ。ヴァイオリン"),
    "voiced あ゙": "あ\u3099え\u3099ん\u309a",
    "half-width kana": "ｱｲｳｴｵ ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ ｰ･｡｢｣",
    "full-width ASCII": "ＡＢＣ１２３！？＜＞＆＂＇＼",
    "wave dashes": "〜～∼˜ ー―—–‐−-－",
    "yen and backslash": "¥ ￥ \\ ＼ \\n \\0 \\u3042 \\\\",
    "outside the first plane": "𠮷野家の𩸽と𠀋、𣑊、𪚥",
    "names": "髙橋と高橋、﨑と崎、德と徳、邉邊辺、齋齊斎斉",
    "enclosed and squared": "①②③㊙㊗㍻㍿㈱№℡㌔㌦㌫",
    "era": "㋿元年",
    "repeat marks": "人々、〻、いすゞ、ゝゞヽヾ〱〲〳〴〵",
    "old kana": "ゐゑヰヱゔヴヷヸヹヺ𛀁𛂦",
    "small kana": "ぁぃぅぇぉっゃゅょゎゕゖ𛅐ㇰㇱ",
    "ruby signs": "\ufff9漢字\ufffaかんじ\ufffb",
    "brackets": "「『（〔［｛〈《【〖〘〚」』）",
    "vertical forms": "︰︱︵︶﹁﹂﹃﹄",
    "Ainu and Okinawa": "ㇷ゚ セ゚ ト゚ カ゚キ゚",
    "ideographic description": "⿰亻言⿱艹化",
    "radicals": "⺀⻳⼀⿕",
    "tally and sounds": "ッーンー〜っ！？!?‼⁉",
    "postal marks": "〒〶〠℡〆〇",
    "mojibake": "ç¸å£\x93ã\x82¤ï¿½æ\x96\x87å\xad\x97å\x8c\x96ã\x81\x91",
}

EMOJI = {
    "flags": "🇯🇵🇺🇦🇫🇷🇯",
    "an odd number of indicators": "🇯🇵🇯",
    "flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "unfinished tag sequence": "🏴\U000e0067\U000e0062",
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "couple with skin tones": "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿",
    "skin tones": "👍👍🏻👍🏼👍🏽👍🏾👍🏿",
    "skin tone alone": "🏽",
    "heart on fire": "❤\ufe0f\u200d🔥",
    "keycaps": "1\ufe0f\u20e3#\ufe0f\u20e3*\ufe0f\u20e3",
    "text and emoji style": "☀\ufe0e☀\ufe0f©©\ufe0f",
    "joiner at the end": "👩\u200d",
    "joiner first": "\u200d👩",
    "selector alone": "\ufe0f",
    "new emoji": "🫨🫠🪿🩷🫩🪾",
    "pirate, rainbow, trans flags": "🏴\u200d☠\ufe0f🏳\ufe0f\u200d🌈🏳\ufe0f\u200d⚧\ufe0f",
    "a thousand families": "👨\u200d👩\u200d👧\u200d👦" * 1_000,
    "100,000 emoji": "🌱" * LIMIT,
    "gender and hair": "👩\u200d🦰🧑\u200d🚀🤷🏽\u200d♀\ufe0f",
    "musical and mathematical": "𝄞𝕳𝖊𝖑𝖑𝖔 𝟙𝟚𝟛",
}

SCRIPTS = {
    "Arabic": "السَّلَامُ عَلَيْكُمْ",
    "Hebrew with points": "שָׁלוֹם עֲלֵיכֶם",
    "both directions": "abc שלום 123 مرحبا 日本語",
    "hidden direction": "good\u202eedoc\u202c; \u2066isolated\u2069",
    "Thai": "สวัสดีครับ กำลังใจ",
    "Devanagari": "नमस्ते क्षत्रिय",
    "Tamil": "வணக்கம் க்ஷ",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས།",
    "Khmer": "សួស្តី ខ្ញុំ",
    "Burmese": "မင်္ဂလာပါ",
    "Hangul syllables": "안녕하세요",
    "Hangul jamo": unicodedata.normalize("NFD", "안녕하세요"),
    "old Hangul": "ᄒᆞᆫ글",
    "Vietnamese composed": unicodedata.normalize("NFC", "Tiếng Việt ệ ở"),
    "Vietnamese apart": unicodedata.normalize("NFD", "Tiếng Việt ệ ở"),
    "Ångström in three ways": "Å A\u030a \u212b",
    "ligatures": "ﬁ ﬂ ﬀ ĳ ǆ ŉ ﷺ",
    "Turkish i": "İstanbul ıssız I i İ ı",
    "sharp s": "Straße STRASSE ẞ",
    "Greek": "ὙἌΣ ς σ Ω Ω",
    "Cherokee": "ᏣᎳᎩ ꮳꮃꭹ",
    "marks in a wrong order": "a\u0323\u0302 a\u0302\u0323 q\u0307\u0323",
    "mark first": "\u0301はじめ",
    "10,000 marks on one letter": "e" + "\u0301\u0323" * 5_000,
    "10,000 marks alone": "\u0489" * 10_000,
    "every letter with marks": "".join(f"{letter}\u0334\u0353\u0366\u035c" for letter in "うれしかった一言"),
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "unassigned": "\u0378\U0003fffd\U000e01ef",
    "interlinear and objects": "\ufffc\ufffd\ufff9",
    "braille and patterns": "⠓⠑⠇⠇⠕ ░▒▓█",
    "mathematics": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ∑∏∫√ ½⅓ x² H₂O",
    "currencies": "¥€£₩₽₿元円",
    "egyptian and cuneiform": "𓀀𓁐 𒀀𒁀",
    "capital and small": "ŒÆØÞß ÿ Ÿ Ĳ",
}

MARKDOWN = {
    "headings": "# 一\n## 二\n### 三\n#### 四\n#五\n####### 七",
    "a week's heading": "# 第2週目：テーマ2\nにせもの",
    "a week's heading, indented": "   ## 第1週目：テーマ1",
    "a section's heading": "## 自分の考え\nにせもの\n## まとめ",
    "a section's heading with a comment": "## ちがう <!-- action -->",
    "the questions' heading": "## 問い\n1. うれしかった一言は？",
    "one's own question": "### うれしかった一言は？\nにせもの",
    "one's own question, guarded": "\\### うれしかった一言は？",
    "one's own question, guarded twice": "\\\\### それはなぜ？",
    "the other question": "まえ\n\n### それはなぜ？\n\nあと",
    "a setext heading": "まとめ\n===\nあと\n---",
    "dividers": "---\n***\n___\n- - -\n* * *",
    "a divider alone": "---",
    "a divider, then a week": "\n\n---\n\n# 第2週目：テーマ2\n",
    "guarded dividers": "\\---\n\\\\---\n\\\\\\---",
    "a quote": "> 引用\n> つづき",
    "a guarded quote": "\\> 引用",
    "a quote, guarded twice": "\\\\> 引用",
    "a quote after blanks": "\n\n  > 引用",
    "a quote later": "まえ\n> 引用",
    "quotes in quotes": ">>> 深い\n>> 中\n> 浅い",
    "lists": "- 一\n* 二\n+ 三\n1. 四\n2) 五\n・六\n① 七",
    "empty items": "-\n*\n1.\n- [ ]\n- [x] やった",
    "a fence": "```\n# 第1週目：コード\n```",
    "an open fence": "```python\nprint('まとめ')",
    "fences in fences": "````\n```\n~~~\n````",
    "guarded fence": "\\```\n\\~~~",
    "code and backticks": "`a` ``b`c`` ` ``` `",
    "tags of tools": "<details>\n<summary>まとめ</summary>\n</details>\n<aside>",
    "a comment": "<!-- まとめ -->\n<!-- action -->",
    "an open comment": "<!-- とじない",
    "emphasis": "**太字** __太字__ *斜体* _斜体_ ~~線~~ ***全部***",
    "emphasis around Japanese": "これは**「強調」**です。**注意！**必ず",
    "unclosed emphasis": "**太字 *斜体 _下線 `code ~~線",
    "links": "[文字](https://example.com) <https://example.com> https://example.com/あ?い=う&え#お",
    "a script link": "[押す](javascript:alert(1)) ![x](javascript:alert(1))",
    "references": "[a][b]\n\n[b]: https://example.com 'x'",
    "footnotes": "本文[^1]\n\n[^1]: 注",
    "tables": "| 見出し | 値 |\n|---|---:|\n| a \\| b | 1 |",
    "brackets without end": "[" * 5_000,
    "stars without end": "*a " * 5_000,
    "quotes without end": ">" * 5_000,
    "underscores without end": "_" * 10_000,
    "front matter": "---\ntitle: x\n---\n本文",
    "mathematics": "$$x^2$$ \\(y\\) \\[z\\]",
    "definition list": "言葉\n: 意味",
    "hard break": "一  \n二\\\n三",
    "backslashes": "\\ \\\\ \\# \\* \\- \\> \\` \\",
    "entities": "&amp; &lt; &#39; &nbsp; &#x1F331; &notanentity; &#0; &#128;",
    "the page's title": "# コホートfaults",
}

LOOKALIKES = {
    "JSON": '{"text": "まとめ", "version": 3, "sha256": null}',
    "JSON with escapes": '"\\u3042\\ud83d\\ude00\\n\\t\\"\\\\\\/"',
    "nested JSON": "[" * 500 + "]" * 500,
    "a script": "<script>alert('CANARY')</script>",
    "the end of the field": "</textarea><h1>外</h1><textarea>",
    "the end of the field, in capitals": "</TEXTAREA >\n</textarea/>",
    "the end of a script": "</script><!--<script>",
    "an image that fires": "<img src=x onerror=alert(1)>",
    "SVG": "<svg onload=alert(1)><math><mtext></mtext></math></svg>",
    "CDATA": "<![CDATA[ あ ]]>",
    "doctype": "<!doctype html><html><body>",
    "XML": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "half a tag": "<b\n<\n<>\n< b>\n</",
    "attribute ends": '" \' ` onfocus=alert(1) autofocus="',
    "Django": "{{ user.password }} {% csrf_token %} {# x #} {{",
    "Python formatting": "%s %(text)s {0} {text!r} {} ${x} %% %",
    "percent encoding": "%E3%81%82 %00 %0D%0A %u3042 + &text-1=x",
    "form fields": "text-1=a&csrfmiddlewaretoken=b;readers=group",
    "SQL": "'; DROP TABLE workbook_response; --",
    "LIKE": "100%_\\%\\_",
    "shell": "$(rm -rf /) `id` && ; | > < ${IFS}",
    "CSV": '=1+1\n+1\n-1\n@SUM(A1)\n\t=1\n＝1,"a""b"',
    "log lines": "GET / HTTP/1.1\r\nHost: evil\r\n\r\n",
    "mail headers": "件名\nBcc: a@example.com\n.\n\n",
    "multipart": '--X\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--X--',
    "paths": "../../etc/passwd C:\\Users\\名前\\ \\\\server\\share",
    "numbers": "0",
    "NaN": "NaN",
    "null": "null",
    "true": "true",
    "undefined": "undefined",
    "object": "[object Object]",
    "base64": "44G+44Go44KB==",
    "PostgreSQL arrays": '{NULL,"a",b}',
    "escape sequences": "\x1b[31m赤\x1b[0m \x07\x08\x7f",
    "ANSI title": "\x1b]0;題\x07",
    "UTF-7": "+ADw-script+AD4-",
    "overlong and Latin": "À¯ Ã© â€™ Ã£Â\x81\x82",
    "BOM and text": "\ufeffはじめ\n\ufeff次の行",
    "reversed BOM": "\ufffe",
    "UTF-16 look": "a\u3000b\u2000c",
    "ZIP head": "PK\x03\x04",
    "quotes": "'\"‘’“”«»„‚′″`´",
    "html quotes": "&quot;&apos;&#34;",
    "dashes": "-- --- — – ‒ ― -",
    "dots": "... … ‥ ・・・ ．．．",
}

LENGTHS = {
    "nothing": "",
    "one sign": "あ",
    "100,000 signs": "あ" * LIMIT,
    "100,000 ASCII": "a" * LIMIT,
    "100,000 signs of four bytes": "𠮷" * LIMIT,
    "100,000 quotes": '"' * LIMIT,
    "100,000 backslashes": "\\" * LIMIT,
    "100,000 ampersands": "&" * LIMIT,
    "100,000 full-width spaces": "\u3000" * LIMIT,
    "100,000 with CRLF": "あいうえ\r\n" * (LIMIT // 5),
    "a long line of words": "言葉 " * 30_000,
    "a long word": "longword" * 12_000,
    "65,535 signs": "い" * 65_535,
    "65,536 signs": "い" * 65_536,
    "21,845 signs": "う" * 21_845,
    "8,191 bytes": "x" * 8_191,
    "8,192 bytes": "x" * 8_192,
    "4,096 signs at a block's end": "x" * 4_095 + "🌱",
    "random signs": "".join(chr(0x3041 + (number * 7919) % 86) for number in range(20_000)),
    "all of the first plane": "".join(chr(code) for code in range(0x20, 0xD800, 7)),
    "all kana and marks": "".join(chr(code) for code in range(0x3000, 0x3100)),
}

CASES: dict[str, str] = {
    **dict(controls()),
    **{f"half: {name}": text for name, text in HALVES.items()},
    **dict(spaces()),
    **dict(invisible()),
    **{f"lines: {name}": text for name, text in LINES.items()},
    **{f"Japanese: {name}": text for name, text in JAPANESE.items()},
    **{f"emoji: {name}": text for name, text in EMOJI.items()},
    **{f"script: {name}": text for name, text in SCRIPTS.items()},
    **{f"Markdown: {name}": text for name, text in MARKDOWN.items()},
    **{f"looks like: {name}": text for name, text in LOOKALIKES.items()},
    **{f"length: {name}": text for name, text in LENGTHS.items()},
}
