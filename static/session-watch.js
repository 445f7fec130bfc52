// Warns before the session ends, and takes the page away once it has. The server decides: everything here asks
// `GET /session`, counts down to the instants it names, and asks again when they come. Messages of other tabs and events
// of the server only say that it is time to ask. Pages of the console ask for the console's own part (`at=console`), which
// can only be the stricter one, and go by it.
const warning = document.getElementById("session-watch");
const farewell = document.getElementById("session-over");
const closed = document.getElementById("console-over");
const at = closed ? "?at=console" : "";
const { lang } = document.documentElement;
// WCAG 2.2.1: at least 20 seconds to answer.
const AT_LEAST = 20;
// Said aloud at these seconds, and not each second.
const STEPS = [120, 60, 30, 20, 10];
// The latest look while nothing else tells of a change.
const LOOK_AGAIN = 60;
// A machine that sleeps stops timers and lets them go on where they were, and not every one tells its pages that it woke
// up. So no timer is set for longer than this, and one that comes late by more than that is a sign.
const PULSE = 2;
const seconds = new Intl.NumberFormat(lang, { style: "unit", unit: "second", unitDisplay: "long" });

let status = null;
// Is it the console alone that ends next?
let own = false;
let sid = null;
// The server's clock minus ours, in milliseconds.
let skew = 0;
let timer = 0;
let lookedAt = 0;
let over = false;
let dialog = null;
let said = Infinity;

const channel = "BroadcastChannel" in self ? new BroadcastChannel("abide-session") : null;
const now = () => (Date.now() + skew) / 1000;

async function look(method = "GET") {
  if (over) return;
  lookedAt = Date.now();
  let answer;
  try {
    const path = method === "POST" ? "/session/activity" : "/session";
    answer = await fetch(path + at, { method, cache: "no-store" });
    const date = Date.parse(answer.headers.get("date"));
    if (date) skew = date - (lookedAt + Date.now()) / 2;
    if (answer.status === 401) return end(null);
    if (answer.ok) return take(await answer.json());
  } catch {
    // No connection. What is known stays known, and a deadline that passes meanwhile has passed.
  }
  if (status?.until && now() >= status.until) return end(status.limit, own ? closed : farewell);
  wait(5);
}

function take(next) {
  if (over) return;
  // Another session: somebody else may be signed in by now, and this page is not theirs.
  if (!lives(next) || (sid && next.sid !== sid)) return end(lives(next) ? null : next.reason);
  const part = next.application ?? next;
  if (!lives(part)) return end(part.reason, closed);
  own = part.until !== next.until;
  status = part;
  sid = next.sid;
  tick();
}

function lives(one) {
  return one.standing === "live" || one.standing === "warn";
}

// Compares instants, so that it is right whenever it runs: on time, late, or after the machine slept.
function tick() {
  if (over) return;
  if (!status) return Date.now() - lookedAt < 5000 ? wait(5) : void look();
  const left = status.until === null ? Infinity : status.until - now();
  // The server may see it a moment later than this clock.
  if (left <= 0) return Date.now() - lookedAt < 1000 ? wait(1) : void look();
  const warnAt = Math.min(status.warn_at ?? Infinity, (status.until ?? Infinity) - AT_LEAST);
  if (now() < warnAt) {
    dismiss();
    return wait(warnAt - now());
  }
  show(Math.ceil(left));
  wait(left % 1 || 1);
}

function wait(span) {
  clearTimeout(timer);
  const since = Date.now();
  timer = setTimeout(() => {
    const slept = Date.now() - since > 2 * PULSE * 1000;
    const due = Date.now() - lookedAt >= LOOK_AGAIN * 1000;
    return !document.hidden && (slept || due) ? look() : tick();
  }, Math.min(span, PULSE) * 1000);
}

function show(left) {
  if (!dialog) {
    dialog = warning.content.querySelector("dialog").cloneNode(true);
    // The Escape key answers nothing.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.querySelector("button[data-limit=idle]").addEventListener("click", stay);
    document.body.append(dialog);
  }
  const whose = own ? "console" : "session";
  for (const one of dialog.querySelectorAll("[data-limit]")) {
    one.hidden = one.dataset.limit !== status.limit || (one.dataset.whose ?? whose) !== whose;
  }
  const countdown = dialog.querySelector("[data-countdown]");
  const words = own ? countdown.dataset.console : countdown.dataset.countdown;
  const say = (time) => words.replace("{time}", time);
  countdown.textContent = say(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
  takeNames();
  if (!dialog.open) {
    said = left;
    dialog.showModal();
  }
  const step = STEPS.find((one) => one < said && left <= one && left > one - 5);
  if (step) {
    said = step;
    dialog.querySelector("[data-announcement]").textContent = say(seconds.format(step));
  }
}

function dismiss() {
  if (!dialog) return;
  // Closed first: that gives the focus back to where it was.
  dialog.close();
  dialog.remove();
  dialog = null;
  for (const one of document.querySelectorAll("[data-lent]")) {
    one.id = one.dataset.lent;
    delete one.dataset.lent;
  }
}

// A page may have a button "Sign out" of its own. While the dialog is open that one cannot be reached, and the name is
// lent to the dialog's.
function takeNames() {
  for (const one of dialog.querySelectorAll("[data-id]")) {
    const { id } = one.dataset;
    const other = document.getElementById(id);
    if (one.closest("[hidden]")) one.removeAttribute("id");
    else if (other !== one) {
      if (other) other.dataset.lent = id;
      other?.removeAttribute("id");
      one.id = id;
    }
  }
}

async function stay() {
  await look("POST");
  channel?.postMessage("look");
}

// Nothing of the person stays on the screen.
function end(reason, template = farewell) {
  if (over) return;
  over = true;
  clearTimeout(timer);
  leaving.abort();
  dismiss();
  const view = template.content.cloneNode(true);
  const reasons = [...view.querySelectorAll("[data-reason]")];
  const known = reasons.some((one) => one.dataset.reason === reason);
  for (const one of reasons) one.hidden = one.dataset.reason !== (known ? reason : "");
  document.title = template.dataset.title;
  document.body.className = "entrance";
  document.body.replaceChildren(view);
  document.querySelector("[role=heading]").focus();
}

// The server tells of changes while a stream is open. One tab holds it for all (one of the console's for all of those,
// which are told more): a browser keeps few connections to one place. Where there is no stream, or it was refused, everybody looks by the deadlines and once a minute.
const leaving = new AbortController();
function follow() {
  if (over || !navigator.locks || !self.EventSource) return;
  const hold = () =>
    new Promise((done) => {
      if (over) return done();
      const events = new EventSource("/session/events" + at);
      const tell = () => {
        look();
        channel?.postMessage("look");
      };
      events.addEventListener("standing", tell);
      events.addEventListener("end", tell);
      events.addEventListener("error", () => {
        if (events.readyState !== EventSource.CLOSED) return;
        done();
        setTimeout(follow, LOOK_AGAIN * 1000);
      });
      leaving.signal.addEventListener("abort", () => {
        events.close();
        done();
      });
    });
  navigator.locks.request("abide-session-events" + at, { signal: leaving.signal }, hold).catch(() => {});
}

channel?.addEventListener("message", () => look());
addEventListener("pageshow", () => look());
addEventListener("online", () => look());
// A page that the browser froze goes on.
document.addEventListener("resume", () => look());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
follow();
// A page that has just come tells the others: somebody may have signed in on the way here.
channel?.postMessage("look");
