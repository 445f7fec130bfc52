// Copies the text of an element. The button stays hidden where scripts or the clipboard are missing.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const source = document.getElementById(button.dataset.copy);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "copied";
  button.after(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = button.dataset.copied;
    } catch {
      // Refused by the browser: mark the text, so that the person can copy it.
      getSelection().selectAllChildren(source);
    }
  });
}
