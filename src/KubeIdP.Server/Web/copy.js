// Adds a button to each command that can be copied. Without this script one click selects the whole command.
for (const command of document.querySelectorAll("pre[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "compact secondary copy";
  button.textContent = command.dataset.copy;
  const first = command.textContent.trim().split("\n")[0].slice(0, 60);
  button.setAttribute("aria-label", `${command.dataset.copy}: ${first}`);

  const status = document.createElement("span");
  status.className = "unseen";
  status.setAttribute("role", "status");

  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = status.textContent = command.dataset.copied;
    } catch {
      getSelection().selectAllChildren(command);
      button.textContent = status.textContent = command.dataset.selected;
    }
    setTimeout(() => {
      button.textContent = command.dataset.copy;
      status.textContent = "";
    }, 2000);
  });
  command.before(button, status);
}
