// QR codes (ISO/IEC 18004) of addresses: bytes, the lowest level of correction, the smallest size that has room. They
// are read from a screen, where there is little to correct. Of the eight masks, which break up plain areas, there is the
// one with number 0, a chessboard: compressed data have no areas. A classic script.
"use strict";

const ReaderQr = (() => {
  // By version, from 1: codewords of correction in a block, and blocks. Of the 40 versions there are those that a phone
  // reads from a screen: up to 1273 bytes, which are about 150 papers.
  const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26];
  const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];
  const FORMAT = 0x77c4; // level and mask with their own correction, the last bit first
  const FORMAT_PLACES = [0, 1, 2, 3, 4, 5, 7, 8, 7, 5, 4, 3, 2, 1, 0]; // of its bits, beside the square at the top left
  /** @typedef {(boolean | undefined)[][]} Code by rows, true for what is dark, undefined where data go */

  /** Returns a product in the field of 256 elements that the polynomial 0x11d makes. @param {number} one @param {number} other */
  function times(one, other) {
    let product = 0;
    for (; other; other >>= 1, one = (one << 1) ^ (one & 128 && 0x11d)) if (other & 1) product ^= one;
    return product;
  }

  /** Returns the codewords that correct others. @param {number[]} data @param {number} count */
  function correction(data, count) {
    let generator = [1];
    for (let zero = 1; generator.length <= count; zero = times(zero, 2)) {
      generator = [...generator, 0].map((factor, place) => factor ^ times(generator[place - 1], zero));
    }
    const rest = [...data, ...Array(count).fill(0)];
    data.forEach((_, place) => {
      const lead = rest[place];
      generator.forEach((factor, offset) => void (rest[place + offset] ^= times(factor, lead)));
    });
    return rest.slice(data.length);
  }

  /**
   * Returns all codewords in the order in which they are drawn.
   * @param {number[]} data
   * @param {number} blocks into which they are divided, of which the last may be longer by one
   * @param {number} each codewords of correction in a block
   */
  function message(data, blocks, each) {
    const parts = Array.from({ length: blocks }, (_, block) => {
      const start = (/** @type {number} */ place) => place * Math.floor(data.length / blocks) + Math.max(0, place - blocks + (data.length % blocks));
      return data.slice(start(block), start(block + 1));
    });
    return [parts, parts.map((part) => correction(part, each))].flatMap((lists) =>
      lists[blocks - 1].flatMap((_, place) => lists.flatMap((list) => list[place] ?? [])));
  }

  /**
   * Returns the code of a text; null if it is too long.
   * @param {string} text
   * @returns {Code | null}
   */
  function encode(text) {
    const bytes = [...new TextEncoder().encode(text)];
    for (const [place, each] of CORRECTION.entries()) {
      const code = patterns(place + 1);
      const room = (code.flat().filter((dark) => dark === undefined).length >> 3) - each * BLOCKS[place];
      // The mode (4 bits), the length (8 or 16 bits), the bytes, and an end of 4 bits: all are moved by half a byte.
      const length = place > 8 ? [bytes.length >> 8, bytes.length & 255] : [bytes.length];
      const sent = [...length, ...bytes, 0];
      const data = sent.map((byte, index) => ((index ? sent[index - 1] : 4) << 4 & 255) | (byte >> 4));
      if (data.length > room) continue;
      for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
      return filled(code, message(data, BLOCKS[place], each));
    }
    return null;
  }

  /** Returns a code without its data. @param {number} version @returns {Code} */
  function patterns(version) {
    const size = 4 * version + 17;
    /** @type {Code} */
    const code = Array.from({ length: size }, () => Array(size).fill(undefined));
    const square = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ reach, /** @type {number} */ light) => {
      for (let dy = -reach; dy <= reach; dy += 1) {
        for (let dx = -reach; dx <= reach; dx += 1) {
          const distance = Math.max(Math.abs(dy), Math.abs(dx));
          if (code[y + dy] && x + dx in code) code[y + dy][x + dx] = distance !== light && distance !== 4;
        }
      }
    };
    for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(y, x, 4, 2);
    const places = [6];
    const step = Math.ceil((size - 13) / Math.floor(version / 7 + 1) / 2) * 2;
    for (let at = size - 7; at > 14; at -= step) places.push(at);
    for (const y of places) for (const x of places) if (code[y][x] === undefined) square(y, x, 2, 1);
    for (let place = 0; place < size; place += 1) code[6][place] ??= code[place][6] ??= place % 2 === 0;
    FORMAT_PLACES.forEach((along, bit) => {
      const dark = ((FORMAT >> bit) & 1) === 1;
      if (bit < 8) code[along][8] = code[8][size - 1 - bit] = dark;
      else code[8][along] = code[size - 15 + bit][8] = dark;
    });
    code[size - 8][8] = true;
    if (version > 6) {
      let rest = version;
      for (let bit = 0; bit < 12; bit += 1) rest = (rest << 1) ^ (rest >> 11 && 0x1f25);
      for (let bit = 0; bit < 18; bit += 1) {
        const [y, x] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
        code[y][x] = code[x][y] = ((((version << 12) | rest) >> bit) & 1) === 1;
      }
    }
    return code;
  }

  /** Draws data into a code, in columns of two from the right, up and down; returns it. @param {Code} code @param {number[]} words */
  function filled(code, words) {
    let bit = 0;
    for (let right = code.length - 1; right > 0; right -= right === 8 ? 3 : 2) {
      code.forEach((_, step) => {
        const y = (right + 1) & 2 ? step : code.length - 1 - step;
        for (const x of [right, right - 1]) {
          if (code[y][x] !== undefined) continue;
          code[y][x] = ((words[bit >> 3] >> (7 - (bit & 7))) & 1) !== ((y + x + 1) & 1);
          bit += 1;
        }
      });
    }
    return code;
  }

  /** Returns an SVG element of a code, with the light border that readers need. @param {Code} code */
  function draw(code) {
    const path = code.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    const size = code.length + 8;
    return `<svg class="qr" viewBox="-4 -4 ${size} ${size}" role="img" aria-label="QR code of the address" shape-rendering="crispEdges"><path fill="#fff" d="M-4-4h${size}v${size}H-4z"/><path d="${path}"/></svg>`;
  }

  return { encode, draw };
})();
