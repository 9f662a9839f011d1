// QR codes (ISO/IEC 18004) of addresses: bytes, the lowest level of correction, the smallest size that has room. They
// are read from a screen, where there is little to correct. A classic script.
"use strict";

const ReaderQr = (() => {
  // By version, from 1: codewords of correction in a block, and blocks. Of the 40 versions there are those that a phone
  // reads from a screen: up to 1273 bytes, which are about 150 papers.
  const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26];
  const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];
  const LOW = 1; // the level, in the bits that tell the format
  // The field of 256 elements, by the polynomial 0x11d.
  const EXP = new Uint8Array(512);
  const LOG = new Uint8Array(256);
  for (let power = 0, value = 1; power < 255; power += 1) {
    EXP[power] = EXP[power + 255] = value;
    LOG[value] = power;
    value = (value << 1) ^ (value & 128 ? 0x11d : 0);
  }

  /** Returns how many codewords a version has. @param {number} version */
  function codewords(version) {
    let bits = (16 * version + 128) * version + 64;
    if (version > 1) {
      const marks = Math.floor(version / 7) + 2;
      bits -= (25 * marks - 10) * marks - 55;
      if (version > 6) bits -= 36;
    }
    return bits >> 3;
  }

  /** Returns the rows and columns of the small squares. @param {number} version */
  function alignment(version) {
    if (version === 1) return [];
    const marks = Math.floor(version / 7) + 2;
    const last = 4 * version + 10;
    const step = Math.ceil((last - 6) / (marks - 1) / 2) * 2;
    return [6, ...Array.from({ length: marks - 1 }, (_, place) => last - step * (marks - 2 - place))];
  }

  /** Returns the codewords that correct others. @param {number[]} data @param {number} count */
  function correction(data, count) {
    let generator = [1];
    for (let power = 0; power < count; power += 1) {
      const next = [...generator, 0];
      generator.forEach((factor, place) => {
        if (factor) next[place + 1] ^= EXP[LOG[factor] + power];
      });
      generator = next;
    }
    const rest = [...data, ...Array(count).fill(0)];
    data.forEach((_, place) => {
      const lead = rest[place];
      if (lead) generator.forEach((factor, offset) => void (rest[place + offset] ^= EXP[LOG[factor] + LOG[lead]]));
    });
    return rest.slice(data.length);
  }

  /** Returns all codewords of a text in the order in which they are drawn. @param {number[]} bytes @param {number} version */
  function message(bytes, version) {
    const blocks = BLOCKS[version - 1];
    const each = CORRECTION[version - 1];
    const total = codewords(version);
    const room = total - each * blocks;
    // The mode (4 bits), the length (8 or 16 bits), the bytes, and an end of 4 bits: all are moved by half a byte.
    const length = version > 9 ? [bytes.length >> 8, bytes.length & 255] : [bytes.length];
    const half = [4, ...[...length, ...bytes].flatMap((byte) => [byte >> 4, byte & 15]), 0];
    const data = [];
    for (let place = 0; place < half.length; place += 2) data.push((half[place] << 4) | (half[place + 1] ?? 0));
    for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
    // The last blocks may be longer by one.
    const short = Math.floor(room / blocks);
    const parts = [];
    for (let block = 0, start = 0; block < blocks; block += 1) {
      const end = start + short + (block >= blocks - (room % blocks) ? 1 : 0);
      parts.push(data.slice(start, end));
      start = end;
    }
    const checks = parts.map((part) => correction(part, each));
    const mixed = (/** @type {number[][]} */ lists, /** @type {number} */ longest) =>
      Array.from({ length: longest }, (_, place) => lists.map((list) => list[place])).flat();
    return [...mixed(parts, short + 1), ...mixed(checks, each)].filter((word) => word !== undefined);
  }

  /** Returns a number followed by the remainder of its division, as the format and the version are told. @param {number} value @param {number} bits @param {number} by */
  function checkedBits(value, bits, by) {
    let rest = value;
    for (let bit = 0; bit < bits; bit += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) & 1 ? by : 0);
    return (value << bits) | rest;
  }

  /**
   * Returns the code of a text, true for what is dark, by rows; null if it is too long.
   * @param {string} text
   * @returns {boolean[][] | null}
   */
  function encode(text) {
    const bytes = [...new TextEncoder().encode(text)];
    const version = CORRECTION.findIndex((each, place) => {
      const room = codewords(place + 1) - each * BLOCKS[place];
      return bytes.length + (place > 8 ? 3 : 2) <= room;
    }) + 1;
    if (!version) return null;
    const size = version * 4 + 17;
    /** Undefined where data go. @type {(boolean | undefined)[][]} */
    const fixed = Array.from({ length: size }, () => Array(size).fill(undefined));
    drawPatterns(fixed, version);
    return filled(fixed, message(bytes, version));
  }

  /** @param {(boolean | undefined)[][]} code @param {number} version */
  function drawPatterns(code, version) {
    const size = code.length;
    const square = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ reach, /** @type {number} */ light) => {
      for (let dy = -reach; dy <= reach; dy += 1) {
        for (let dx = -reach; dx <= reach; dx += 1) {
          const distance = Math.max(Math.abs(dy), Math.abs(dx));
          if (code[y + dy] && x + dx >= 0 && x + dx < size) code[y + dy][x + dx] = distance !== light && distance !== 4;
        }
      }
    };
    for (let place = 0; place < size; place += 1) code[6][place] = code[place][6] = place % 2 === 0;
    for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(y, x, 4, 2);
    const places = alignment(version);
    const last = places[places.length - 1];
    for (const y of places) {
      for (const x of places) {
        if (!((y === 6 && (x === 6 || x === last)) || (y === last && x === 6))) square(y, x, 2, 1);
      }
    }
    drawFormat(code);
    if (version > 6) {
      const bits = checkedBits(version, 12, 0x1f25);
      for (let bit = 0; bit < 18; bit += 1) {
        const [y, x] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
        code[y][x] = code[x][y] = ((bits >> bit) & 1) === 1;
      }
    }
  }

  /** Draws the level of correction and the mask. @param {(boolean | undefined)[][]} code */
  function drawFormat(code) {
    const size = code.length;
    const bits = checkedBits(LOW << 3, 10, 0x537) ^ 0x5412;
    for (let bit = 0; bit < 15; bit += 1) {
      const dark = ((bits >> bit) & 1) === 1;
      // Beside the square at the top left, where a line of the pattern is left out; and beside the two others.
      const along = bit < 6 ? bit : bit < 8 ? bit + 1 : 14 - bit + (bit === 8 ? 1 : 0);
      if (bit < 8) code[along][8] = dark;
      else code[8][along] = dark;
      if (bit < 8) code[8][size - 1 - bit] = dark;
      else code[size - 15 + bit][8] = dark;
    }
    code[size - 8][8] = true;
  }

  /**
   * Returns the code with its data, in columns of two from the right, up and down. Of the eight masks, which break up
   * plain areas, it has the one with number 0, a chessboard: compressed data have no areas.
   * @param {(boolean | undefined)[][]} fixed
   * @param {number[]} words
   * @returns {boolean[][]}
   */
  function filled(fixed, words) {
    const size = fixed.length;
    const code = fixed.map((row) => [...row]);
    let bit = 0;
    for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
      const isUp = ((right + 1) & 2) === 0;
      for (let step = 0; step < size; step += 1) {
        const y = isUp ? size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (fixed[y][x] !== undefined) continue;
          const dark = ((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
          code[y][x] = (dark === 1) !== ((y + x) % 2 === 0);
          bit += 1;
        }
      }
    }
    return /** @type {boolean[][]} */ (code);
  }

  /** Returns an SVG element of a code, with the light border that readers need. @param {boolean[][]} code */
  function draw(code) {
    const path = code.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
    const size = code.length + 8;
    return `<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the address" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
  }

  return { encode, draw };
})();
