// Prints the page. The button stays hidden where scripts are missing: the browser's own menu does it as well.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
