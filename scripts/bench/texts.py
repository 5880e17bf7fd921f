"""Invented words of people who were never there: as long, as varied and as Markdown as members' own.

Every sentence is put together from many small words, so that a page of them compresses nearly as badly as real
Japanese (one text to 60 per cent, five to 35, twenty to 25); with ready-made sentences the weights would look too good.
"""

from random import Random

LIST_SHARE, BOLD_SHARE = 0.45, 0.15


def words(text: str) -> list[str]:
    return text.split()


THINGS = words("""
議事録 請求書 見積書 予定表 提案書 納品物 返信 写真 動画 投稿 告知 感想 近況 相談 面談 契約 更新
紹介 名刺 道具 表計算 台本 原稿 資料 画像 記事 講座 教材 受付 問い合わせ 領収書 名簿 案内文
招待状 録画 字幕 下書き 件名 署名 手順書 雛形 一覧表 順番 時間割 休み 雑談 質問 返事 挨拶 お礼
約束 締め切り 優先順位 失敗談 得意なこと 苦手な作業 数字 売上 単価 予算 経費 目標 振り返り 日報
週報 進み具合 期待 不安 誤解 信頼 安心 余白 習慣 睡眠 家計簿 献立 洗濯 買い物 散歩 読書 習い事
体調 引っ越し 旅行 運動会 発表会 口癖 表情 声の調子 間の取り方 聞き方 断り方 頼み方 待ち方 伝え方
まとめ方 始め方 終わり方 色使い 余談 ひとこと 付箋 手帳 鉛筆 地図 合図 目印 引き継ぎ 分担 役割
肩書き
""")
PEOPLE = [
    one + other + called
    for one in "山川田村森林石松竹梅北南東西大小高長青白古新上中下"
    for other in "田川本村口野原島沢井崎木谷岡坂橋"
    for called in ("さん", "先生")
]
WHEN = words("""
先週 昨日 月曜の朝 夕方 夜中 納品の翌日 打ち合わせの前 面談のあと 年度末 連休明け 雨の日 移動中
お昼休み 締め切り前 契約の初日 更新の時期 最終日 久しぶりの電話で 朝いちばんに 週の半ば 去年の秋 春先
半年前 独立した頃 育休中 入院した時 引っ越しの前後 繁忙期 初回の挨拶 三か月目
""")
WHEN += [f"{month}月{day}日" for month in range(1, 13) for day in range(1, 29, 5)]
HOW = words("""
先に 静かに 一行だけ 正直に 早めに こまめに まとめて 丁寧に 軽く 思いきって 何度も ひとつずつ
笑いながら 迷いながら 相手の言葉で 絵にして 箇条書きで 短く 同じ順番で 図に直して 表にして 前置きなしで
名前を呼んで 期限を添えて 理由から 結論から 画面を見せて 声に出して 翌朝まで待って 二人で
""")
DID = words("""
送った 直した 並べた 比べた 聞いた 話した 断った 待った 数えた 書いた 消した 分けた 借りた 返した
届けた 試した 見直した 思い出した 選んだ 任せた 手伝った 残した 配った 言いかえた 写した 覚えた
褒めた 確かめた 受け取った 持ち帰った 広めた 縮めた 重ねた 譲った 止めた 始めた 整えた 預けた 磨いた
探した
""")
FELT = words("""
うれしかった ほっとした 驚いた 悔しかった 楽になった 恥ずかしかった 助かった 心強かった 物足りなかった
気が引けた 温かかった 新鮮だった 照れくさかった 納得できた 勇気が出た 少し怖かった 自信がついた
肩の力が抜けた 眠れなかった 笑ってしまった
""")
PATTERNS = [
    "{when}、{people}に{things}を{how}{did}。",
    "{people}の{things}を{how}{did}ら、{things}まで{did}ので{felt}。",
    "{things}より{things}が大事だと{people}に言われて、{felt}。",
    "{when}に{things}と{things}を{did}のは、{people}が{things}で困っていたから。",
    "次は{when}のうちに、{things}を{how}{did}ほうがいい。",
    "「{things}は{how}{did}？」と{people}に聞かれて{felt}。",
    "{things}や{things}の話を{people}が覚えていて、{felt}。",
]
NOUNS = [*THINGS, *(f"{one}の{other}" for one in THINGS for other in THINGS[::11] if one != other)]
WORDS = {"things": NOUNS, "people": PEOPLE, "when": WHEN, "how": HOW, "did": DID, "felt": FELT}
MARKS = ["- ", "- ", "・", "1. ", "* "]
FIRST = words("""
あおい ひなた もも さくら りん ゆず こはる みお つむぎ かえで すず なつめ しおり ちとせ まつり
いろは ことり ふうか みかん あんず
""")


def nickname(number: int) -> str:
    return FIRST[number % len(FIRST)] + ("" if number < len(FIRST) else str(number // len(FIRST) + 1))


def sentence(chance: Random) -> str:
    """One thing that somebody did, noticed or wants to do; grammatical, but not always wise."""
    text = chance.choice(PATTERNS)
    for name, choices in WORDS.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", chance.choice(choices), 1)
    return text


def block(chance: Random) -> str:
    """A paragraph, or a list as people type it."""
    if chance.random() < LIST_SHARE:
        mark = chance.choice(MARKS)
        return "\n".join(mark + sentence(chance).rstrip("。") for _ in range(chance.randint(2, 4)))
    paragraph = "".join(sentence(chance) for _ in range(chance.randint(1, 3)))
    return f"**{chance.choice(THINGS)}**\n{paragraph}" if chance.random() < BOLD_SHARE else paragraph


def own_words(chance: Random) -> str:
    """60 to 600 characters."""
    length = chance.triangular(60, 560, 140)
    blocks = [sentence(chance), sentence(chance)]
    while sum(map(len, blocks)) < length:
        blocks.append(block(chance))
    return "\n\n".join(blocks)[:600]


def comment(chance: Random) -> str:
    """What a facilitator answers: short, sometimes with a list or an address."""
    text = f"読ませていただきました。**{chance.choice(THINGS)}**のところがすてきです。{sentence(chance)}"
    ending = chance.randrange(4)
    if ending == 0:
        return f"{text}\n\n- {chance.choice(THINGS)}をいつにするか\n- 最初の一人はだれか"
    return f"{text}\nhttps://example.com/notes/{chance.randrange(1000)}/" if ending == 1 else text
