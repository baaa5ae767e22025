# SPDX-License-Identifier: GPL-3.0-or-later
"""Says whether a picture of the dashboard shows one: text, surfaces, and lines of a chart. usage: pixels.py FILE.png

Reads 8-bit RGB and RGBA PNG files by itself, so that nothing needs to be installed.
"""
import collections
import struct
import sys
import zlib


def read_png(path):
    data = open(path, "rb").read()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        sys.exit("not a PNG file")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[at + 8 : at + 8 + 13])
        elif kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += 12 + size
    if depth != 8 or colour not in (2, 6) or interlace:
        sys.exit(f"an unexpected kind of PNG: depth {depth}, colour {colour}")
    return width, height, 3 if colour == 2 else 4, zlib.decompress(packed)


def unfilter(kind, line, above, step):
    if kind == 2:
        return bytearray((a + b) & 255 for a, b in zip(line, above))
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[i] = (line[i] + nearest) & 255
    return line


def colours(path):
    width, height, step, raw = read_png(path)
    above = bytearray(width * step)
    counts, lines = collections.Counter(), 0
    for y in range(height):
        start = y * (width * step + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * step])
        above = unfilter(raw[start], line, above, step) if raw[start] else line
        row = list(zip(above[0::step], above[1::step], above[2::step]))
        counts.update(row)
        if y > height // 3:
            lines += sum(map(is_vivid, row[width // 4 :]))
    return width, height, counts, lines


def is_vivid(colour):
    return max(colour) - min(colour) >= 80


def main():
    # Charts lie right of the navigation and below the tiles; their lines are the only strong colours there.
    width, height, counts, lines = colours(sys.argv[1])
    pixels = width * height
    commonest, most = counts.most_common(1)[0]
    print(f"{width}x{height}, {len(counts)} colours, commonest {commonest} on {most / pixels:.0%}, {lines} pixels of lines")
    if width < 800 or height < 500:
        sys.exit("too small for the window")
    if len(counts) < 100 or most > 0.97 * pixels:
        sys.exit("blank: no text, no surfaces")
    if lines < 300:
        sys.exit("no chart: hardly a pixel in a strong colour")


main()
