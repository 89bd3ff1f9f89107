// The page is complete without this: a theme, a lit client, values under the pointer, copying, unfolding for print.
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

  // One client in its colour, the others faded, in every chart at once.
  const rows = [...document.querySelectorAll('[data-client]')];
  const light = lit => {
    const variables = new Set(rows.map(row => row.dataset.client));
    for (const variable of variables) root.style.removeProperty(variable);
    for (const row of rows) row.classList.toggle('lit', row === lit);
    if (!lit) return;
    variables.delete(lit.dataset.client);
    for (const variable of variables) root.style.setProperty(variable, 'var(--chart-grid)');
  };
  for (const row of rows) {
    row.tabIndex = 0;
    row.addEventListener('focus', () => light(row));
    row.addEventListener('pointerenter', () => light(row));
    row.addEventListener('blur', () => light());
    row.addEventListener('pointerleave', () => light());
  }

  // What a shape says of itself, at the pointer; the arrow keys step from shape to shape of a focused chart.
  const tip = make('div', '', document.body);
  tip.id = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-live', 'polite');
  const titled = figure => [...figure.querySelectorAll('svg title')].map(title => title.parentNode).filter(shape => shape.tagName !== 'svg');
  const say = (shape, x, y) => {
    tip.hidden = !shape;
    if (!shape) return;
    tip.textContent = shape.querySelector('title').textContent;
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
    tip.style.top = Math.max(8, y - tip.offsetHeight - 10) + 'px';
  };
  for (const figure of document.querySelectorAll('figure')) {
    const shapes = titled(figure);
    if (!shapes.length) continue;
    let at = -1;
    figure.addEventListener('pointermove', event => say(shapes.findLast(shape => shape.contains(event.target)), event.clientX, event.clientY));
    figure.addEventListener('pointerleave', () => say());
    figure.addEventListener('blur', () => say());
    figure.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step || event.target !== figure) return;
      event.preventDefault();
      at = (at + step + shapes.length) % shapes.length;
      const box = shapes[at].getBoundingClientRect();
      say(shapes[at], box.x + box.width / 2, box.y);
    });
  }

  addEventListener('beforeprint', () => { for (const details of document.querySelectorAll('details')) details.open = true; });
})();
