for (const row of document.querySelectorAll("tbody tr")) {
  const [path, said] = row.cells;
  fetch(path.textContent, { method: "HEAD" }).then((answer) => {
    said.textContent = answer.headers.get("cache-control") ?? "nothing";
  });
}
