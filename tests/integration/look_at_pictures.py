# SPDX-License-Identifier: Apache-2.0
"""look_at_pictures.py WORK light|dark SVG...: what is wrong with pictures as Chromium shows them, a line each.

Each SVG is parsed as XML and shown at its own width and at one and a half of it. Texts must lie inside the picture, not over
each other, be large enough, and stand out from the page. As an image alone, each must have the page's colour in its corner, and a bar
of the colour that bars have there.
"""
import json
import os
import re
import subprocess
import sys
import zlib

WIDTHS = (800, 1200)
PAGES = {"light": (255, 255, 255), "dark": (13, 17, 23)}
SCHEMES = {"dark": "0", "light": "1"}

LOOK = """
const wrong = [];
function luminance(colour) {
	const parts = colour.match(/[0-9.]+/g).slice(0, 3).map(part => {
		const value = part / 255;
		return value <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
	});
	return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}
function contrast(one, other) {
	const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}
function overlap(a, b) {
	return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
		Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
}
function look(name, width, svg) {
	const say = what => wrong.push(name + " at " + width + ": " + what);
	const frame = svg.getBoundingClientRect();
	const page = getComputedStyle(svg.querySelector(".page")).fill;
	const texts = [...svg.querySelectorAll("text")];
	const boxes = texts.map(text => text.getBoundingClientRect());
	if (frame.width != width)
		say("is " + frame.width + " wide");
	if (svg.querySelector("script, a, image, use, foreignObject"))
		say("has what it should not have");
	texts.forEach((text, i) => {
		const words = "'" + text.textContent.slice(0, 60) + "' ";
		const style = getComputedStyle(text);
		if (parseFloat(style.fontSize) < 11)
			say(words + "is " + style.fontSize);
		if (contrast(style.fill, page) < 4.5)
			say(words + "has a contrast of " + contrast(style.fill, page).toFixed(1));
		if (boxes[i].left < frame.left + 8 || boxes[i].right > frame.right - 8 || boxes[i].bottom > frame.bottom)
			say(words + "is not inside");
		for (let j = 0; j < i; j++)
			if (overlap(boxes[i], boxes[j]))
				say(words + "is over '" + texts[j].textContent.slice(0, 60) + "'");
	});
	if (texts.length < 5)
		say("has " + texts.length + " texts");
}
for (const [name, text] of Object.entries(pictures)) {
	const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
	if (parsed.querySelector("parsererror")) {
		wrong.push(name + " is not well-formed");
		continue;
	}
	for (const width of widths) {
		const svg = document.importNode(parsed.documentElement, true);
		svg.setAttribute("height", svg.getAttribute("height") * width / svg.getAttribute("width"));
		svg.setAttribute("width", width);
		document.body.appendChild(svg);
		look(name, width, svg);
		svg.remove();
	}
}
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify(wrong);
document.body.replaceChildren(result);
"""


def chromium(work, scheme, page, *options):
    return subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
         f"--user-data-dir={work}/chromium", f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
         *options, f"file://{page}"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True, env=dict(os.environ, HOME=work)).stdout


def look_at_texts(work, scheme, files):
    """What the page's own script finds."""
    pictures = {os.path.basename(file): open(file, encoding="utf-8").read() for file in files}
    page = f"{work}/texts.html"
    with open(page, "w", encoding="utf-8") as out:
        data = json.dumps(pictures).replace("<", "\\u003c")
        out.write(f"<!DOCTYPE html><meta charset='utf-8'><body><script>const widths = {list(WIDTHS)};\n"
                  f"const pictures = {data};\n{LOOK}</script>")
    dom = chromium(work, scheme, page, "--dump-dom").decode()
    found = re.search(r'<pre id="result">(.*?)</pre>', dom, re.S)
    if not found:
        return ["the browser has not looked"]
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return json.loads(text)


def pixels(path):
    """The rows of a PNG of 8 bits, as lists of (red, green, blue)."""
    data = open(path, "rb").read()
    at, packed, width, channels = 8, b"", 0, 0
    while at < len(data):
        length, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, channels = int.from_bytes(body[:4], "big"), {2: 3, 6: 4}[body[9]]
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw, size, above, rows = zlib.decompress(packed), width * channels, bytearray(width * channels), []
    for start in range(0, len(raw), size + 1):
        how, row = raw[start], bytearray(raw[start + 1:start + 1 + size])
        for i in range(size):
            left = row[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            near = left + above[i] - corner
            paeth = min((left, above[i], corner), key=lambda value: abs(near - value))
            row[i] = (row[i] + (0, left, above[i], (left + above[i]) // 2, paeth)[how]) & 255
        above = row
        rows.append([tuple(row[i:i + 3]) for i in range(0, size, channels)])
    return rows


def look_at_image(work, scheme, file, width):
    """What is wrong with it where it is an image of a page."""
    wrong, name = [], f"{os.path.basename(file)} as an image at {width}"
    text = open(file, encoding="utf-8").read()
    height = int(re.search(r'height="(\d+)"', text)[1]) * width // 800
    page, shot = f"{work}/image.html", f"{work}/shot.png"
    with open(page, "w", encoding="utf-8") as out:
        out.write(f"<!DOCTYPE html><body style='margin: 0'><img src='file://{os.path.abspath(file)}' width='{width}'>")
    chromium(work, scheme, page, f"--window-size={width},{height + 200}", f"--screenshot={shot}")
    rows = pixels(shot)
    if rows[3][3] != PAGES[scheme]:
        wrong.append(f"{name}: its page is {rows[3][3]}")
    # bars are at least 12 units high, and neither grey nor the page
    coloured = sum(max(pixel) - min(pixel) > 60 for row in rows for pixel in row)
    if coloured < 500:
        wrong.append(f"{name}: {coloured} pixels have a colour")
    return wrong


def main():
    work, scheme, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    wrong = look_at_texts(work, scheme, files)
    if len(files) > 1:
        for width in WIDTHS:
            wrong += look_at_image(work, scheme, next(file for file in files if file.endswith("/hooks.svg")), width)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
