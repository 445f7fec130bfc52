// After a sign-out: follows how far the apps are told, gives the frames their time, and goes on to the app that asked.
const FRAMES = 5000;
const LOOK_AGAIN = 1000;
const LOOKS = 30;

const frames = [...document.querySelectorAll("iframe.farewell")];
const loaded = frames.map((frame) => new Promise((done) => {
  frame.addEventListener("load", done, { once: true });
  frame.addEventListener("error", done, { once: true });
}));
const time = new Promise((done) => setTimeout(done, FRAMES));

async function goOn() {
  await Promise.race([Promise.all(loaded), time]);
  for (const frame of frames) frame.remove();
  const next = document.getElementById("continue");
  if (next) location.replace(next.href);
}

async function follow() {
  for (let look = 0; look < LOOKS; look += 1) {
    if (!document.querySelector("[data-told=underway]")) return;
    await new Promise((done) => setTimeout(done, LOOK_AGAIN));
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [old, fresh] = [document.getElementById("told"), page.getElementById("told")];
      if (!old || !fresh) return;
      // Only what changed is touched, so that screen readers say that alone.
      [...fresh.children].forEach((line, place) => {
        const shown = old.children[place];
        if (shown && shown.textContent !== line.textContent) shown.replaceWith(line);
      });
    } catch {
      return;
    }
  }
}

goOn();
follow();
