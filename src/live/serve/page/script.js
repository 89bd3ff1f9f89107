// Without this the pages are complete, and a list grows when its page is loaded again.
(() => {
  const log = document.getElementById('log');
  if (log) {
    const live = new EventSource('/page/live?of=' + encodeURIComponent(log.dataset.of));
    live.addEventListener('attempt', event => {
      const table = document.createElement('table');
      table.innerHTML = event.data;
      const row = table.querySelector('tr');
      if (!row) return;
      const known = document.getElementById(row.id);
      if (known) known.replaceWith(row);
      else { row.className = 'new'; log.prepend(row); }
      document.getElementById('waiting').hidden = true;
      while (log.rows.length > 100) log.lastElementChild.remove();
    });
    live.addEventListener('missed', () => location.reload());
  }
  // The page of one event is loaded again with each attempt, for it shows all of them whole.
  const watch = document.getElementById('watch');
  if (watch) {
    const live = new EventSource('/page/live?of=' + encodeURIComponent(watch.dataset.of));
    live.addEventListener('attempt', event => {
      if (event.data.includes('/' + watch.dataset.event + '#')) location.reload();
    });
  }
  if (navigator.clipboard) for (const command of document.querySelectorAll('pre.command')) {
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.textContent = 'Copy the command';
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(command.textContent);
      copy.textContent = 'Copied';
    });
    command.after(copy);
  }
})();
