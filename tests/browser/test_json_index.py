"""The index behind the JSON tree, in a browser by itself: the same values as the browser's own parser has."""

from playwright.sync_api import Browser

from ipyasgi.panels.assets import read_static

_CHECK_JS = """([source, seed]) => {
    const [JsonIndex, read] = new Function(`${source}; return [JsonIndex, (text) => {
        const index = new JsonIndex(text);
        for (const _ of index.scan());
        return index;
    }];`)();
    let state = seed;
    const random = (below) => { state = (state * 1103515245 + 12345) % 2147483648; return state % below; };
    const leaves = [1.5, -3e9, 'a"b\\\\', "é\\u2028😀", true, null, "", {}, []];
    const make = (deep) => {
        const kind = deep > 0 ? random(4) : 0;
        if (kind < 2) return leaves[random(leaves.length)];
        const items = Array.from({ length: random(4) }, () => make(deep - 1));
        return kind === 2 ? items : Object.fromEntries(items.map((item, n) => [`k~/"${n}`, item]));
    };
    const at = (value, pointer) => pointer.split("/").slice(1)
        .reduce((found, part) => found[part.replaceAll("~1", "/").replaceAll("~0", "~")], value);
    const wrong = [];
    for (let round = 0; round < 1000; round += 1) {
        const value = make(6);
        const text = JSON.stringify(value, null, round % 3);
        const index = read(text);
        for (let node = 0; node < index.size; node += 1) {
            const found = JSON.parse(text.slice(index.starts[node], index.ends[node]));
            if (JSON.stringify(at(value, index.pointer(node))) !== JSON.stringify(found)) wrong.push(text);
        }
    }
    const refused = ["", "{", "[1,]", '{"a"}', "[1 2]", "nul", '"abc', "{a:1}", "[1}", "1 2", '{"a":1,}']
        .filter((text) => { try { read(text); return false; } catch { return true; } });
    const deep = read("[".repeat(100000) + "]".repeat(100000)).size;
    const odd = read('{"a": 1.10, "a": 12345678901234567890, "x\\\\u00e9": NaN}');
    const values = [1, 2, 3].map((node) => [odd.key(node), odd.value(node)]);
    const finds = ["XÉ", "45678", "nan", '":'].map((words) => odd.find(words));
    return { wrong: wrong.slice(0, 3), refused: refused.length, deep, values, finds };
}"""


def test_it_reads_what_the_browser_reads(chromium: Browser) -> None:
    """Random documents, broken ones, very deep ones; numbers and repeated names stay as sent, escapes are found."""
    page = chromium.new_page()
    try:
        found = page.evaluate(_CHECK_JS, [read_static("panels/json_index.js"), 7])
    finally:
        page.close()
    assert found == {
        "wrong": [],
        "refused": 11,
        "deep": 100_000,
        "values": [["a", "1.10"], ["a", "12345678901234567890"], ["xé", "NaN"]],
        "finds": [[3], [2], [3], []],
    }
