// A star to follow an author, a category or a saved search, and marks of what is new since the last visit. Follows and
// visits are kept in the browser: see storage.js, which comes before. A classic script.
"use strict";

const ReaderFollow = (() => {
  const PAUSE = 30 * 60e3; // milliseconds without a page, after which a visit is over
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const { get, root, set, subscribe } = ReaderStorage;
  const { change, make, now, whenRead } = ReaderPapers;
  /** The visit at hand, where storage is off. @type {Visit | undefined} */
  let visit;

  /** Returns a day, given as YYYY-MM-DD, as in lists: 7 Mar 2026. @param {string} day */
  function spoken(day) {
    const [year, month, date] = day.split("-").map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
  }

  /** Returns the day that a link to its page leads to, as YYYY-MM-DD, or an empty text. @param {string} address */
  const dayOf = (address) => address.match(/archive\/(\d{4}\/\d\d\/\d\d)\//)?.[1].replaceAll("/", "-") ?? "";

  /**
   * Notes that the reader sees the newest day of the archive, and returns the day after which all is new: the newest
   * day at the end of the visit before, or an empty text on the first visit.
   * @param {string} newest
   */
  function since(newest) {
    const old = visit ?? get("visit");
    const isOver = !(Math.abs(Date.now() - Date.parse(old.at)) < PAUSE);
    visit = {
      since: isOver ? old.seen : old.since,
      seen: newest > old.seen ? newest : old.seen,
      at: now(),
    };
    set("visit", visit);
    return visit.since;
  }

  /** Returns the address of this page from the site's root; of a list in parts or years, that of its beginning. */
  function ownAddress() {
    const path = location.pathname.slice(root.pathname.length).replace(/index\.html$/, "");
    return path.replace(/(page-\d+\/)$/, "").replace(/^(categories\/[^/]+\/)\d{4}\/$/, "$1");
  }

  /**
   * Returns a button that follows a page, or stops doing so.
   * @param {string} address from the site's root
   * @param {() => Follow} describe
   */
  function star(address, describe) {
    const made = button("", () => void change("follows", (follows) => {
      if (address in follows) delete follows[address];
      else follows[address] = describe();
    }));
    function show() {
      const follows = address in get("follows");
      made.textContent = follows ? "Following" : "Follow";
      made.setAttribute("aria-pressed", String(follows));
    }
    subscribe("follows", show);
    show();
    return made;
  }

  function offerStar() {
    const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-follow]"));
    if (!place) return;
    const feed = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[type='application/atom+xml']"));
    place.append(
      star(ownAddress(), () => ({
        kind: /** @type {Follow["kind"]} */ (place.dataset.follow),
        title: place.dataset.title ?? document.querySelector("h1")?.textContent ?? "",
        feed: feed ? feed.href.slice(root.href.length) : "",
        since: get("visit").seen,
      })),
    );
  }

  /** Says at a heading that what is below it is new. @param {Element | null} heading @param {string} text */
  function mark(heading, text) {
    heading?.append(" ", make("small", { className: "fresh" }, text));
  }

  /** Marks days that are new on the front page, and tells how much it is where its link to catch-up is. */
  function markHome() {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-newest]"));
    const last = link && since(link.dataset.newest ?? "");
    if (!last) return;
    let papers = 0;
    const days = [...document.querySelectorAll(".listing section")].filter((section) => {
      const day = dayOf(section.querySelector("h2 > a")?.getAttribute("href") ?? "");
      if (!day) return false;
      if (day <= last) return true;
      mark(section.querySelector("h2"), "new");
      papers += section.querySelectorAll(".list > li").length;
      papers += parseInt(section.querySelector(".more")?.textContent ?? "", 10) || 0;
      return false;
    });
    // If no day on the page is an old one, there is more that is new than what it shows.
    if (papers && days.length) link.textContent = `${papers} new since ${spoken(last)}: catch up`;
    else if (papers) link.textContent = `catch up since ${spoken(last)}`;
  }

  function markDay() {
    const last = get("visit").since;
    if (last && dayOf(location.pathname) > last) mark(document.querySelector(".lead"), "New to you.");
  }

  whenRead(() => {
    offerStar();
    markHome();
    markDay();
  });

  return { MONTHS, spoken, dayOf, since, mark, star };
})();
