// A list as an address, to show to others or to move to another device. All of it is in the fragment, which browsers
// send to no server. A classic script, after formats.js.
"use strict";

const ReaderShare = (() => {
  const { checked, isId } = ReaderFormats;
  const MOST = 2000;

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {CompressionStream | DecompressionStream} stream
   */
  async function through(bytes, stream) {
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
  }

  /**
   * Returns a fragment, without #, from which `read` makes the list again. Titles are not in it: the site has them.
   * @param {Saved[]} list
   * @param {boolean} isWhole whether it tells what is read, and the reader's notes
   */
  async function write(list, isWhole) {
    // Equal tags next to each other, and values that are left out, make it shorter.
    const lines = list.map(({ id, paper: { tags, read, note } }) => {
      const line = isWhole ? [id, tags, read ? 1 : 0, note] : [id, tags];
      while (line.length > 1 && !String(line[line.length - 1] || "").length) line.pop();
      return line.length > 1 ? line : id;
    });
    const bytes = await through(new TextEncoder().encode(JSON.stringify(lines)), new CompressionStream("deflate-raw"));
    const letters = btoa(String.fromCharCode(...bytes));
    return `list=${letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  }

  /**
   * Returns the list that a fragment holds; null if it holds none, and an error if it is damaged.
   * @param {string} fragment
   * @returns {Promise<Saved[] | null>}
   */
  async function read(fragment) {
    const found = /^#?list=([\w-]+)$/.exec(fragment);
    if (!found) return null;
    const letters = atob(found[1].replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = await through(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)), new DecompressionStream("deflate-raw"));
    /** @type {any[]} */
    const lines = JSON.parse(new TextDecoder().decode(bytes));
    return lines.slice(0, MOST).flatMap((line) => {
      const [id, tags, isRead, note] = Array.isArray(line) ? line : [line];
      return isId(String(id)) ? [{ id, paper: checked({ tags, read: isRead === 1, note }) }] : [];
    });
  }

  return { write, read };
})();
