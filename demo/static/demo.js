// Lets ages tick, and has the app renew its tokens in time. It never sees a token: the app's server holds them.

const RETRY_AFTER = 10;

let ahead = 0; // how far the server's clock is ahead of ours, in seconds
let waitUntil = 0;

const session = () => document.getElementById("session");
const now = () => Math.floor(Date.now() / 1000 + ahead);

// The same wording as src/relying_app/telling.rs.
function span(seconds) {
  const s = Math.max(0, seconds);
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(s / unit));
  if (days) return `${days} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  if (minutes) return `${minutes} min ${s % 60} s`;
  return `${s} s`;
}

const distance = (at, present) => (at > present ? `in ${span(at - present)}` : `${span(present - at)} ago`);

function tick() {
  const present = now();
  for (const each of document.querySelectorAll("[data-distance]")) {
    each.textContent = distance(Number(each.dataset.distance), present);
  }
  for (const each of document.querySelectorAll("[data-span-since]")) {
    each.textContent = span(present - Number(each.dataset.spanSince));
  }
  for (const each of document.querySelectorAll("progress[data-since]")) {
    each.value = present - Number(each.dataset.since);
  }
}

function tellLocalTimes() {
  for (const each of document.querySelectorAll("time")) {
    const at = new Date(each.dateTime);
    each.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }
}

function begin() {
  ahead = Number(session().dataset.now) - Date.now() / 1000;
  tellLocalTimes();
  tick();
}

// Puts the fresh page's session in place of the old one; what was folded or focused stays so.
async function redraw() {
  const answer = await fetch("/", { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("session");
  if (!fresh) return location.assign("/");
  const folded = [...document.querySelectorAll("details:not([open])")].map((each) => each.id);
  const focused = document.activeElement?.id;
  session().replaceWith(fresh);
  for (const id of folded) document.getElementById(id)?.removeAttribute("open");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  begin();
  document.getElementById("announcement").textContent = "Your tokens were renewed.";
}

async function renewIfDue() {
  const present = now();
  if (document.hidden || present < Number(session().dataset.renewAt) || present < waitUntil) return;
  waitUntil = present + RETRY_AFTER; // one question at a time, and patience when nobody answers
  try {
    const answer = await fetch("/renew", { method: "POST", headers: { accept: "application/json" } });
    const { session: standing } = await answer.json();
    if (standing === "over") location.assign("/");
    if (standing === "good") {
      await redraw();
      waitUntil = now() + 2;
    }
  } catch {
    // The app does not answer: look again later.
  }
}

if (session()) {
  begin();
  setInterval(() => {
    tick();
    renewIfDue();
  }, 1000);
  document.addEventListener("visibilitychange", renewIfDue);
}
