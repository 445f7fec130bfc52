// Lets ages and ends tick. What the session is good for, and new tokens in time, are the business of /auth/session.js.

let ahead = 0; // how far the server's clock is ahead of ours, in seconds

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

// Puts the fresh page's facts in place of the old ones; forms stay as they are, and so does what was folded or focused.
async function redraw() {
  const answer = await fetch("/", { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.getElementById("session")) return;
  const folded = [...document.querySelectorAll("details:not([open])")].map((each) => each.id);
  const focused = document.activeElement?.id;
  for (const each of document.querySelectorAll("[data-redraw]")) {
    const other = fresh.getElementById(each.id);
    if (other) each.replaceWith(other);
  }
  for (const id of folded) document.getElementById(id)?.removeAttribute("open");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  tellLocalTimes();
  tick();
  document.getElementById("announcement").textContent = "Your tokens were renewed.";
}

// What the stream says, in the two cards.
function drawSession(card, status) {
  if (!card || !status?.standing) return;
  card.querySelector("[data-session-word]").textContent = status.standing;
  for (const each of card.querySelectorAll("[data-session-end]")) {
    const at = status[each.dataset.sessionEnd];
    const strong = document.createElement("strong");
    if (at) strong.dataset.distance = at;
    else strong.textContent = "never ends";
    each.replaceChildren(...(at ? ["ends ", strong] : [strong]));
  }
}

if (session()) {
  begin();
  setInterval(tick, 1000);
  document.addEventListener("abide:renewed", redraw);
  document.addEventListener("abide:session", ({ detail }) => {
    ahead = detail.ahead;
    drawSession(document.getElementById("application-session"), detail);
    drawSession(document.getElementById("sso-session"), detail.provider);
    tick();
  });
}
