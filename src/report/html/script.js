// The page is complete without this: a theme, copying, one client lit, unfolding for print.
(() => {
  const root = document.documentElement;
  const make = (name, text, parent, act) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (act) { element.type = 'button'; element.addEventListener('click', act); }
    parent.append(element);
    return element;
  };

  make('button', 'Light or dark', document.querySelector('header'), () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });

  if (navigator.clipboard) for (const pre of document.querySelectorAll('pre')) {
    const heading = pre.previousElementSibling;
    const copy = make('button', 'Copy', heading.tagName === 'H3' ? heading : pre.parentNode, async () => {
      await navigator.clipboard.writeText(pre.textContent);
      copy.textContent = 'Copied';
      setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
    });
  }

  // One client in its colour, the others faded, in every chart at once: by its row, by its marks in a chart, and by
  // the arrow keys on a focused chart.
  const rows = [...document.querySelectorAll('[data-client]')];
  const variables = [...new Set(rows.map(row => row.dataset.client))];
  const light = lit => {
    for (const variable of variables) {
      if (lit && variable !== lit) root.style.setProperty(variable, 'color-mix(in srgb, var(--chart-muted) 40%, var(--chart-paper))');
      else root.style.removeProperty(variable);
    }
    for (const row of rows) row.classList.toggle('lit', row.dataset.client === lit);
  };
  const worn = shape => {
    const coloured = shape.closest('[fill*="--chart-client"],[stroke*="--chart-client"]');
    const text = coloured && coloured.getAttribute('fill') + coloured.getAttribute('stroke');
    return variables.find(variable => text && text.includes(`(${variable})`));
  };
  for (const row of rows) {
    row.tabIndex = 0;
    for (const start of ['focus', 'pointerenter']) row.addEventListener(start, () => light(row.dataset.client));
    for (const end of ['blur', 'pointerleave']) row.addEventListener(end, () => light());
  }
  for (const figure of document.querySelectorAll('figure')) {
    const chart = figure.querySelector('.chart');
    let at = -1;
    chart.addEventListener('pointerover', event => light(worn(event.target)));
    chart.addEventListener('pointerleave', () => light());
    figure.addEventListener('blur', () => light());
    figure.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Escape: 0 }[event.key];
      if (step === undefined || event.target !== figure) return;
      event.preventDefault();
      at = step ? (at + step + variables.length) % variables.length : -1;
      light(variables[at]);
    });
  }

  addEventListener('beforeprint', () => { for (const details of document.querySelectorAll('details')) details.open = true; });
})();
