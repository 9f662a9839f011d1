// Decompresses bzip2, which makes the texts of a month a fifth smaller than gzip does. The format has no standard; names
// are those of https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf. Checksums are not looked at: the
// browser gets the file whole or not at all. A classic script, as all of static/reader/.
"use strict";

const ReaderUnpack = (() => {
  const GROUP = 50; // symbols that are written with one Huffman code
  const BLOCK = 0x314159; // the first half of what begins a block

  /**
   * Returns the bytes that were compressed.
   * @param {Uint8Array} packed
   */
  function unpack(packed) {
    /** @type {number[]} */
    const out = [];
    let place = 32; // in bits, after the file's header

    /** @param {number} count at most 24 */
    function bits(count) {
      let value = 0;
      for (; count; count -= 1, place += 1) value = (value << 1) | ((packed[place >> 3] >> (7 - (place & 7))) & 1);
      return value;
    }

    /** Returns how many bits are 1 before the next that is 0. */
    function ones() {
      let count = 0;
      while (bits(1)) count += 1;
      return count;
    }

    /** Returns which of the next 16 bits are 1. */
    const flags = () => Array.from({ length: 16 }, (_, place) => (bits(1) ? [place] : [])).flat();

    /** Moves an element of a list to its front, and returns it. @param {Uint8Array} list @param {number} index */
    function toFront(list, index) {
      const moved = list[index];
      list.copyWithin(1, 0, index);
      list[0] = moved;
      return moved;
    }

    /** Returns the symbols of a Huffman code in the order of their words, by the length of these. @param {number} size */
    function readCode(size) {
      const symbols = /** @type {number[][]} */ (Array.from({ length: 21 }, () => []));
      let length = bits(5);
      for (let symbol = 0; symbol < size; symbol += 1) {
        while (bits(1)) length += bits(1) ? -1 : 1;
        symbols[length].push(symbol);
      }
      return symbols;
    }

    /** @param {number[][]} code */
    function readSymbol(code) {
      let word = bits(1);
      for (let length = 1; ; length += 1) {
        const symbols = code[length];
        if (word < symbols.length) return symbols[word];
        word = ((word - symbols.length) << 1) | bits(1);
      }
    }

    /** Returns the bytes of a block as the Burrows-Wheeler transform has left them. */
    function readColumn() {
      const bytes = Uint8Array.from(flags().flatMap((row) => flags().map((place) => row * 16 + place)));
      const codes = Uint8Array.from(Array(bits(3)).keys());
      const selectors = Array.from({ length: bits(15) }, () => toFront(codes, ones()));
      const tables = Array.from(codes, () => readCode(bytes.length + 2));
      const column = /** @type {number[]} */ ([]);
      const end = bytes.length + 1;
      for (let read = 0, weight = 1; ; read += 1) {
        const symbol = readSymbol(tables[selectors[Math.floor(read / GROUP)]]);
        if (symbol === end) return column;
        if (symbol > 1) {
          column.push(toFront(bytes, symbol - 1));
          weight = 1;
        } else {
          // The length of a run, in digits 1 and 2 of base 2, the lowest first.
          for (let count = weight << symbol; count; count -= 1) column.push(bytes[0]);
          weight <<= 1;
        }
      }
    }

    while (bits(24) === BLOCK) {
      place += 24 + 32 + 1; // the other half, a checksum, and a bit that is no longer used
      let row = bits(24);
      const column = readColumn();
      // Where each byte of the sorted column comes from.
      const starts = new Uint32Array(257);
      for (const byte of column) starts[byte + 1] += 1;
      for (let byte = 0; byte < 256; byte += 1) starts[byte + 1] += starts[byte];
      const next = new Uint32Array(column.length);
      column.forEach((byte, index) => void (next[starts[byte]++] = index));
      let run = 0;
      let last = -1;
      for (let rest = column.length; rest; rest -= 1) {
        row = next[row];
        const byte = column[row];
        if (run === 4) {
          // After four equal bytes there is how often they are repeated.
          for (let more = byte; more; more -= 1) out.push(last);
          run = 0;
        } else {
          run = byte === last ? run + 1 : 1;
          last = byte;
          out.push(byte);
        }
      }
    }
    return Uint8Array.from(out);
  }

  return unpack;
})();
