// Shows and hides a password. The button stays hidden where scripts do not run.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const reveal = (visible) => {
    input.type = visible ? "text" : "password";
    const { show, hide, showLabel, hideLabel } = button.dataset;
    button.textContent = visible ? hide : show;
    button.setAttribute("aria-label", visible ? hideLabel : showLabel);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    reveal(input.type === "password");
    input.focus();
  });
  // Hidden again before it leaves, so that no browser remembers it as ordinary text.
  input.form.addEventListener("submit", () => reveal(false));
}
