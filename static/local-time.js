// Times arrive in UTC; here they become the reader's own. UTC stays as the tooltip.
const { lang } = document.documentElement;
// "23 Nov 2026", as the server writes it: plain `en` would mean American order.
const form = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});
for (const time of document.querySelectorAll("time[datetime]")) {
  const instant = new Date(time.dateTime);
  if (Number.isNaN(instant.getTime())) continue;
  time.title = time.textContent;
  time.textContent = form.format(instant);
}
