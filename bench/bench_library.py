"""The library's search beside FTS5's own trigram tokenizer, and the offer of similar clauses, in one run.

python bench/bench_library.py [--items 3000] [--clauses 10000]
"""

import argparse
import random
import sqlite3
import time
from datetime import date

from flows.steps.library.answers import Answered, Answers
from flows.steps.library.item import Item
from flows.steps.library.search import Index
from flows.steps.tender import Clause

WORDS = """
质量 管理 体系 认证 证书 安全 生产 许可 自动化 立体库 堆垛机 输送线 调度 系统 软件 锂电池 充电 激光 导航 载重 速度 精度
货叉 托盘 温度 湿度 冷库 血液 医药 物流 业绩 合同 检测 报告 财务 审计 年度 收入 利润 项目经理 建造师 授权 制造商 方案
"""
ASKED = {1: ("质", "锂", "叉"), 2: ("证书", "冷库", "业绩"), 3: ("立体库", "堆垛机", "锂电池")}


def words(chance: random.Random, count: int) -> str:
    """Return a text of so many words."""
    return "".join(chance.choices(WORDS.split(), k=count))


def items(count: int) -> list[Item]:
    """Return items with a name of 6 words, a text of 40 and a file of 200: about 500 characters each."""
    chance, day = random.Random(1), date(2026, 1, 1)
    return [
        Item(id=f"X-{n}", kind="certificate", name=words(chance, 6), owner="zhao.min", number=f"GB-{n}", reviewed=day,
             reviewed_by="zhao.min", text=words(chance, 40), words=words(chance, 200))
        for n in range(count)
    ]  # fmt: skip


class Trigram:
    """The same items under FTS5's trigram tokenizer."""

    def __init__(self, known: list[Item]) -> None:
        self.engine = sqlite3.connect(":memory:")
        self.engine.execute("CREATE VIRTUAL TABLE found USING fts5(name, text, words, tokenize = 'trigram')")
        rows = [(item.name, item.text, item.words) for item in known]
        self.engine.executemany("INSERT INTO found VALUES (?, ?, ?)", rows)

    def find(self, word: str, most: int) -> list[tuple[int]]:
        """Return what it finds."""
        query = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT ?"
        return self.engine.execute(query, (f'"{word}"', most)).fetchall()


def search(known: list[Item]) -> None:
    """Print time to build, time of a query, and how many words of each length are found."""
    for name, kind in (("ours", Index), ("trigram", Trigram)):
        begun = time.process_time()
        index = kind(known)
        built = time.process_time() - begun
        print(f"{name:8} {len(known)} items: built in {built:.2f} s of CPU", end="")
        for length, asked in ASKED.items():
            begun = time.process_time()
            found = sum(bool(index.find(word, 20)) for word in asked)
            spent = (time.process_time() - begun) / len(asked) * 1000
            print(f"; {length} character{'s' * (length > 1)}: {found}/{len(asked)} found, {spent:.1f} ms", end="")
        print()


def similar(count: int) -> None:
    """Print how long it takes to offer answers to one clause."""
    chance = random.Random(2)
    known = [
        Answered("agv", "", "1", Clause(clause=str(n), requirement=words(chance, 20), response="满足"), "won")
        for n in range(count)
    ]
    begun = time.process_time()
    answers = Answers(known)
    built = time.process_time()
    answers.similar(words(chance, 20))
    print(f"answers  {count} clauses: {built - begun:.2f} s of CPU, then {time.process_time() - built:.2f} s a clause")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=3000)
    parser.add_argument("--clauses", type=int, default=10_000)
    chosen = parser.parse_args()
    search(items(chosen.items))
    similar(chosen.clauses)


if __name__ == "__main__":
    main()
